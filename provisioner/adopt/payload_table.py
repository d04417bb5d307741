"""A payload as it was posted to the HTTP Data Collector API → the table that the API made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provisioner.adopt.classic_fields import ClassicField, field_of, stored_time, stored_value
from provisioner.adopt.classic_table import TIME_COLUMN, ClassicRemark, ClassicTable
from provisioner.errors import BadRequestFile
from provisioner.model import CUSTOM_SUFFIX
from provisioner.package_data import load_facts
from provisioner.validate.name_matching import matches_pattern

_MAX_SAMPLES = 20


def table_of_payload(
    records: Sequence[Mapping[str, Any]], log_type: str, *, time_field: str | None = None, source: str = "the sample"
) -> ClassicTable:
    """The table of the header Log-Type `log_type`, with tests that expect what the API stored of the records.

    `time_field` is what the header time-generated-field named. Raises BadRequestFile for a log type that the API or
    the tables of today refuse, for an unknown time field, and where no field can be carried over.
    """
    name = _table_name(log_type)
    posted = dict.fromkeys(key for record in records for key in record)
    if time_field is not None and time_field not in posted:
        raise BadRequestFile(f"{source}: no record has the field {time_field}", hint=f"it has: {', '.join(posted)}")
    remarks: list[ClassicRemark] = []
    fields = [*_fields(records, [*posted], remarks)]
    table = _within_limits(ClassicTable(name, fields, time_field=time_field), remarks)
    if time_field is not None and time_field not in {one.name for one in table.fields}:
        hint = next(remark.message for remark in remarks if repr(time_field) in remark.message)
        raise BadRequestFile(f"{source}: the field {time_field} cannot be carried over", hint=hint)
    if not table.fields:
        hint = remarks[0].message if remarks else "give records with fields: [{…}, {…}]"
        raise BadRequestFile(f"{source}: no field of it can be carried over", hint=hint)
    chosen = _telling_records(records, table.fields)
    tests = [
        {
            "name": f"record {number} arrives as the old API stored it",
            "given": [dict(record)],
            "expect": [_stored_time(record, time_field) | _stored_row(record, table.fields)],
        }
        for number, record in chosen
    ]
    return replace(table, samples=[record for _, record in chosen], tests=tests, remarks=remarks)


def _table_name(log_type: str) -> str:
    facts = load_facts("data_collector.yaml")["log_type"]
    hint = "give what the sender wrote into the header Log-Type"
    if log_type.endswith(CUSTOM_SUFFIX):
        raise BadRequestFile(f"the log type {log_type} ends in {CUSTOM_SUFFIX}, which the API appended", hint=hint)
    if len(log_type) > facts["most"] or not matches_pattern(log_type, facts["pattern"]):
        message = f"{log_type!r} is no log type: letters of ASCII, digits and '_', at most {facts['most']}"
        raise BadRequestFile(message, hint=hint)
    longest = load_facts("names.yaml")["table"]["length"][1]
    if len(name := f"{log_type}{CUSTOM_SUFFIX}") > longest:
        raise BadRequestFile(
            f"the table {name} has {len(name)} characters, and today's tables have {longest} at most",
            hint="send to a new table of another name",
        )
    return name


def _fields(
    records: Sequence[Mapping[str, Any]], names: Sequence[str], remarks: list[ClassicRemark]
) -> Iterator[ClassicField]:
    """The fields that can be carried over; the others are told."""
    taken: dict[str, str] = {}
    for name in names:
        if why := _reason_to_leave_out(name, taken):
            remarks.append(ClassicRemark(f"the field {name!r} is left out: {why}", lost=True))
            continue
        one = field_of(name, (record.get(name) for record in records))
        if one is None:
            remarks.append(ClassicRemark(f"the field {name!r} is left out, as the API did: it is null in every record"))
            continue
        if len(one.types) > 1:
            columns = ", ".join(one.columns)
            message = f"the field {name} has values of several types, which go to {columns}"
            remarks.append(ClassicRemark(message, next(iter(one.columns))))
        yield one


def _reason_to_leave_out(name: str, taken: dict[str, str]) -> str | None:
    """Why a field cannot be carried over, as a clause; None where it can, which `taken` remembers."""
    facts, column = load_facts("data_collector.yaml")["property"], load_facts("names.yaml")["column"]
    if not matches_pattern(name, facts["pattern"]):
        return "the API took letters of ASCII, digits and '_' alone"
    if name.lower() in {refused.lower() for refused in facts["refused"]}:
        return "the API refused a field of that name"
    if not matches_pattern(name, column["pattern"]):
        return "today's columns begin with a letter"
    if len(f"{name}_s") > column["length"][1]:
        return f"with its suffix it has more than {column['length'][1]} characters"
    first_spelling = taken.setdefault(name.lower(), name)
    return None if first_spelling == name else f"it differs from {first_spelling} by case alone"


def _within_limits(table: ClassicTable, remarks: list[ClassicRemark]) -> ClassicTable:
    """The table without the last fields that make too many columns or too long a transform; they are told."""
    limits = load_facts("limits.yaml")
    most_columns, longest = limits["table"]["columns"]["most"], limits["dcr"]["transform"]["most"]
    kept = [*table.fields]
    while len(table.transform()) > longest or sum(len(one.types) for one in kept) >= most_columns:
        dropped = kept.pop()
        table = replace(table, fields=[*kept])
        why = f"a table has {most_columns} columns and a transform {longest} characters at most"
        remarks.append(ClassicRemark(f"the field {dropped.name!r} is left out: {why}", lost=True))
    return table


def _telling_records(
    records: Sequence[Mapping[str, Any]], fields: Sequence[ClassicField]
) -> list[tuple[int, dict[str, Any]]]:
    """The records that fill a column which none before them fills, with their numbers, reduced to the fields."""
    names = {one.name for one in fields}
    seen: set[str] = set()
    chosen: list[tuple[int, dict[str, Any]]] = []
    for number, record in enumerate(records, start=1):
        columns = set(_stored_row(record, fields))
        if not columns <= seen and len(chosen) < _MAX_SAMPLES:
            seen |= columns
            chosen.append((number, {key: value for key, value in record.items() if key in names}))
    return chosen


def _stored_time(record: Mapping[str, Any], time_field: str | None) -> dict[str, Any]:
    time = stored_time(record.get(time_field)) if time_field is not None else None
    return {} if time is None else {TIME_COLUMN: time}


def _stored_row(record: Mapping[str, Any], fields: Sequence[ClassicField]) -> dict[str, Any]:
    """What the API stored of a record: column → value; null made no column."""
    return dict(stored for one in fields if (stored := stored_value(one, record.get(one.name))) is not None)
