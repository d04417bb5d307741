"""A classic table of a live workspace → how its payload is carried over, read from the suffixes of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.adopt.classic_fields import ClassicField, stored_value, suffix_type
from provisioner.adopt.classic_table import TIME_COLUMN, ClassicRemark, ClassicTable
from provisioner.adopt.dcr_import import column_types
from provisioner.live.alert_queries import alerts_reading
from provisioner.load.new_project import EXAMPLE_VALUES
from provisioner.package_data import load_facts
from provisioner.resources import Body, table_resource


def table_of_body(name: str, body: Body, alerts: Iterable[Body], *, time_field: str | None = None) -> ClassicTable:
    """The classic table of a live body; `alerts` are the query alerts that may read it.

    `time_field` counts where the table has such a field. A column without a suffix of the API keeps its rows and is
    filled by nothing any more, which is told.
    """
    flat = table_resource.flatten(body, name)
    settings = {key: value for key, value in flat.fields.items() if key != "columns"}
    remarks = [ClassicRemark(remark.why) for remark in flat.remarks if remark.effect == "changed"]
    suffixes: dict[str, dict[str, str]] = {}
    spelled: dict[str, str] = {}
    unfilled: list[str] = []
    for column, type_ in column_types(flat.fields.get("columns") or {}).items():
        if column == TIME_COLUMN:
            continue
        stem, suffix = _parts(column, type_)
        if suffix is None:
            unfilled.append(column)
        elif spelled.setdefault(stem.lower(), stem) != stem:
            why = f"without its suffix it differs from {spelled[stem.lower()]} by case alone"
            remarks.append(ClassicRemark(f"the column {column} stays and is not filled: {why}", lost=True))
        else:
            suffixes.setdefault(stem, {})[suffix] = type_
    if unfilled:
        why = "no suffix of the API, or another type than the suffix says"
        remarks.append(ClassicRemark(f"stay as they are and are not filled: {', '.join(unfilled)} ({why})", lost=True))
    fields = [ClassicField(stem, _stream_type(types), types) for stem, types in suffixes.items()]
    remarks += [
        ClassicRemark(f"without suffixes {', '.join(one.columns)} are one field, {one.name}", next(iter(one.columns)))
        for one in fields
        if len(one.types) > 1
    ]
    sample = {one.name: _example(one) for one in fields}
    return ClassicTable(
        name,
        fields,
        settings,
        time_field=time_field if time_field in suffixes else None,
        samples=[sample],
        tests=[_test_of(sample, fields)] if fields else [],
        remarks=[*remarks, *_alert_remarks(name, alerts)],
        are_samples_made_up=True,
    )


def _parts(column: str, type_: str) -> tuple[str, str | None]:
    """A column's name without its suffix, and the suffix; None where it is none of the API's or not of its type."""
    stem, _, suffix = column.rpartition("_")
    if not stem or suffix not in load_facts("data_collector.yaml")["suffixes"]:
        return column, None
    # A guid was stored as text for a time.
    takes = type_ == suffix_type(suffix) or (suffix, type_) == ("g", "string")
    return stem, suffix if takes else None


def _stream_type(types: Mapping[str, str]) -> str:
    # The API took numbers and booleans as text too, for columns that were there: only dynamic holds both.
    return "dynamic" if {"d", "b"} & set(types) else "string"


def _test_of(sample: Mapping[str, Any], fields: Iterable[ClassicField]) -> dict[str, Any]:
    stored = (stored_value(one, sample[one.name]) for one in fields)
    row = dict(column for column in stored if column is not None)
    return {"name": "a record fills the columns of its fields", "given": [dict(sample)], "expect": [row]}


def _example(one: ClassicField) -> Any:
    return EXAMPLE_VALUES[suffix_type(next(iter(one.types)))]


def _alert_remarks(table: str, alerts: Iterable[Body]) -> list[ClassicRemark]:
    return [
        ClassicRemark(f"the alert {name} reads it: see that it needs no feature of classic tables")
        for name in alerts_reading(table, alerts)
    ]
