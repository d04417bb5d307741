"""A classic table as it is carried over: a stream that takes its old payload, the transform, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.adopt.classic_fields import ClassicField
from provisioner.adopt.codes import CLASSIC_CHANGE, CLASSIC_LOSS
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.load.builders.manifest_from_samples import column_reference
from provisioner.model import CUSTOM_SUFFIX
from provisioner.package_data import load_facts

TIME_COLUMN = "TimeGenerated"


@dataclass(frozen=True, slots=True)
class ClassicRemark:
    """What changes for a table, or cannot be carried over; `column` is the one that it is about."""

    message: str
    column: str | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class ClassicTable:
    """A table that the HTTP Data Collector API filled.

    `settings` are keys of the manifest's table beside its columns. `columns` are columns that no field fills.
    `time_field` is the field whose value becomes TimeGenerated; None for the time of arrival.
    """

    name: str
    fields: Sequence[ClassicField]
    settings: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    time_field: str | None = None
    samples: Sequence[Mapping[str, Any]] = ()
    tests: Sequence[Mapping[str, Any]] = ()
    remarks: Sequence[ClassicRemark] = ()
    are_samples_made_up: bool = False

    @property
    def stream(self) -> str:
        """The name of its stream, no longer than senders are known to take."""
        facts = load_facts("names.yaml")["stream"]
        name = self.name.removesuffix(CUSTOM_SUFFIX)
        return f"{facts['prefix']}{name}"[: facts["usual_length"]]

    def transform(self) -> str:
        """The query that fills every column as the API did."""
        # Of a record whose field is no time, Azure takes the time of arrival: a null TimeGenerated becomes that.
        time = next((f"todatetime({one.text})" for one in self.fields if one.name == self.time_field), "now()")
        assignments = [f"{TIME_COLUMN} = {time}", *(text for one in self.fields for text in one.assignments())]
        return "source\n| project\n    " + ",\n    ".join(assignments) + "\n"


def add_classic_tables(draft: ManifestDraft, tables: Iterable[ClassicTable]) -> None:
    """Write the tables with `migrate: true`, their streams and, where the manifest lists its rules, rules for these."""
    keys = []
    for table in tables:
        columns = {TIME_COLUMN: "datetime", **table.columns}
        for one in table.fields:
            columns |= one.columns
        draft.section("tables")[table.name] = {"migrate": True, **table.settings, "columns": columns}
        keys.append(_add_stream(draft, table))
        _add_remarks(draft, table)
    if keys and draft.live:
        _add_rules(draft, keys)


def _add_stream(draft: ManifestDraft, table: ClassicTable) -> str:
    """Write a table's stream and return its key."""
    stream: dict[str, Any] = {
        "columns": {one.name: one.stream_type for one in table.fields},
        "table": table.name,
        "transform": table.transform(),
        "samples": [dict(sample) for sample in table.samples],
    }
    if table.tests:
        stream["tests"] = [dict(test) for test in table.tests]
    streams = draft.section("streams")
    key = table.stream
    if key in streams:
        # A rule of the source takes a stream of that name for another table.
        stream, key = {"stream": key, **stream}, f"{key}-classic"
    streams[key] = stream
    if table.are_samples_made_up:
        draft.add_comment(
            ("streams", key, "samples"), "Made up from the types: put a record of your sender in its place"
        )
    return key


def _add_remarks(draft: ManifestDraft, table: ClassicTable) -> None:
    for remark in (*_common_remarks(table), *table.remarks, *_guid_remarks(table)):
        path = ("tables", table.name) if remark.column is None else ("tables", table.name, "columns", remark.column)
        draft.add_comment(path, remark.message[:1].upper() + remark.message[1:])
        message = f"table {table.name}: {remark.message}"
        if remark.lost:
            draft.add_diagnostic(CLASSIC_LOSS, "warning", message)
        else:
            draft.add_diagnostic(CLASSIC_CHANGE, "info", message)


def _common_remarks(table: ClassicTable) -> list[ClassicRemark]:
    remarks = [
        ClassicRemark(
            "migrated once and for good; senders that sign with the workspace's key end, new ones sign in with Entra "
            "and need a grant"
        ),
        ClassicRemark(
            "rows posted with the header x-ms-AzureResourceId have that resource in _ResourceId, which no rule fills; "
            "to keep it add a column of your own and send it as a field"
        ),
    ]
    if table.time_field is None:
        remarks.append(
            ClassicRemark(
                "TimeGenerated is the time of arrival; where the sender named a field in the header "
                "time-generated-field, give it with --time-field",
                TIME_COLUMN,
            )
        )
    return remarks


def _guid_remarks(table: ClassicTable) -> list[ClassicRemark]:
    """For each guid that the API read from text, the column beside it that keeps every text."""
    names = {column.lower() for one in table.fields for column in one.columns}
    remarks = []
    for one in table.fields:
        # A field with a text column loses nothing: what is no guid goes there.
        if one.types.get("g") != "guid" or f"{one.name}_s".lower() in names:
            continue
        column = f"{one.name}_g"
        message = (
            f"the API made {column} a guid of text: text that is none arrives as null, and a guid column never becomes "
            f"text in place. To keep all text add the column {one.name}_s: string beside it and, in the transform's "
            f"project, {one.name}_s = {column_reference(one.name)}"
        )
        remarks.append(ClassicRemark(message, column))
    return remarks


def _add_rules(draft: ManifestDraft, keys: Sequence[str]) -> None:
    """Rules for the streams, no more streams in one than Azure takes, beside those that the manifest has."""
    most = load_facts("limits.yaml")["dcr"]["flows"]["most"]
    suffix = "-classic"
    # A number of two digits may follow.
    longest = load_facts("names.yaml")["dcr"]["direct_length"] - len(suffix) - 3
    base = f"dcr-{draft.fields['name']}"[:longest].rstrip("-")
    for number, start in enumerate(range(0, len(keys), most), start=1):
        name = f"{base}{suffix}" if number == 1 else f"{base}{suffix}-{number}"
        draft.section("dcrs")[name] = {"streams": [*keys[start : start + most]]}
