"""Sample records → a first manifest for them: inferred columns, a transform that flattens, a test that passes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from provisioner.model.reserved_columns import reserved_columns
from provisioner.package_data import load_facts
from provisioner.suggest import unused_name

MAX_FLATTENED_LEVELS = 3
"""Levels of objects that are flattened; what nests deeper stays dynamic."""
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Common names of event times, the likeliest first.
_TIME_COLUMN_NAMES = (
    "timegenerated",
    "timestamp",
    "@timestamp",
    "time",
    "eventtime",
    "event_time",
    "created",
    "createdat",
    "date",
)
_CASTS = {
    "string": "tostring",
    "long": "tolong",
    "real": "toreal",
    "boolean": "tobool",
    "datetime": "todatetime",
    "guid": "toguid",
}
_MANIFEST_TYPES = {"bool": "boolean", "int": "long", "timespan": "string"}
"""KQL's types as the manifest's. An int becomes long: samples cannot promise that a whole number stays small."""


class LeafValue(NamedTuple):
    """One value of a record: its path in the record, the column that it becomes, that column's type."""

    json_path: tuple[str, ...]
    column: str
    type: str


def draft_manifest(records: Sequence[Mapping[str, Any]], table: str, stream: str) -> dict[str, Any]:
    """The `tables` and `streams` of a manifest that takes such records into the table `table`.

    Raises ValueError where the records have no fields or no transform can take them.
    """
    limits = load_facts("limits.yaml")
    types = _inferred_types(records)
    if not types:
        raise ValueError("the samples have no fields")
    # One column is TimeGenerated, which a table needs even where no value becomes it.
    most_leaves = limits["table"]["columns"]["most"] - 1
    leaves = _with_time_generated(list(_leaf_values(records, (), types)))[:most_leaves]
    while len(transform := _transform(leaves, types)) > limits["dcr"]["transform"]["most"]:
        leaves = leaves[: len(leaves) * 9 // 10]
    stream_columns = {name: "string" if type_ == "guid" else type_ for name, type_ in types.items()}
    columns = {leaf.column: leaf.type for leaf in leaves}
    return {
        "tables": {table: {"columns": {"TimeGenerated": "datetime"} | columns}},
        "streams": {
            stream: {
                "columns": stream_columns,
                "table": table,
                "transform": transform,
                "tests": [_first_sample_test(records[0], transform, stream_columns)],
            }
        },
    }


def _inferred_types(records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    from provisioner.kql import infer

    return {name: _MANIFEST_TYPES.get(type_, type_) for name, type_ in infer(records).items()}


def _leaf_values(
    records: Sequence[Mapping[str, Any]],
    parent: tuple[str, ...],
    types: Mapping[str, str],
    taken: set[str] | None = None,
) -> Iterator[LeafValue]:
    """The values that become columns; the members of an object, up to a depth, are columns of their own."""
    taken = {"timegenerated"} if taken is None else taken
    for name, type_ in types.items():
        json_path = (*parent, name)
        values = [record[name] for record in records if record.get(name) is not None]
        if any(values) and len(parent) < MAX_FLATTENED_LEVELS and all(isinstance(value, dict) for value in values):
            yield from _leaf_values(values, json_path, _inferred_types(values), taken)
        else:
            yield LeafValue(json_path, _column_name(json_path, taken), type_)


def _column_name(json_path: tuple[str, ...], taken: set[str]) -> str:
    """A legal name for the column of a value; it is added to `taken`, which holds all names in lower case."""
    rules = load_facts("names.yaml")["column"]
    shortest, longest = rules["length"]
    name = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(json_path)).strip("_")
    name = name if name[:1].isalpha() else f"field_{name}"
    # Three characters are left for the number that a repeated name gets.
    name = name[: longest - 3].ljust(shortest, "_")
    reserved = {name.lower() for name in reserved_columns()}
    base = f"{name}_" if name.lower() in reserved else name
    # The lower-case form decides: Azure tells no column from another by case alone.
    key = unused_name(base.lower(), taken, start=2)
    taken.add(key)
    return base + key[len(base) :]


def _with_time_generated(leaves: list[LeafValue]) -> list[LeafValue]:
    """The likeliest event time becomes TimeGenerated, the first column."""
    times = [leaf for leaf in leaves if leaf.type == "datetime"]
    if not times:
        return leaves
    best = min(times, key=lambda leaf: (_time_rank(leaf.json_path[-1]), len(leaf.json_path)))
    return [best._replace(column="TimeGenerated"), *(leaf for leaf in leaves if leaf is not best)]


def _time_rank(name: str) -> int:
    return _TIME_COLUMN_NAMES.index(name.lower()) if name.lower() in _TIME_COLUMN_NAMES else len(_TIME_COLUMN_NAMES)


def _transform(leaves: Sequence[LeafValue], types: Mapping[str, str]) -> str:
    assignments = [(leaf.column, _leaf_expression(leaf, types)) for leaf in leaves]
    lines = [column if column == value else f"{column} = {value}" for column, value in assignments]
    # A custom table needs TimeGenerated; rows without an event time get the time of their ingestion.
    if leaves[0].column != "TimeGenerated":
        lines.insert(0, "TimeGenerated = now()")
    return "source\n| project\n    " + ",\n    ".join(lines) + "\n"


def _leaf_expression(leaf: LeafValue, types: Mapping[str, str]) -> str:
    first, *rest = leaf.json_path
    text = column_reference(first)
    for part in rest:
        text += f".{part}" if _IDENTIFIER.fullmatch(part) and part.lower() not in _KEYWORDS else f"[{_quoted(part)}]"
    # A stream's own columns have their type; what is inside a dynamic value needs a cast, and a guid always does.
    if leaf.type == "dynamic" or (not rest and types[first] == leaf.type and leaf.type != "guid"):
        return text
    return f"{_CASTS[leaf.type]}({text})"


def column_reference(name: str) -> str:
    """A column's name as KQL reads it: in brackets and quotes where it is no plain name, or a keyword."""
    return name if _IDENTIFIER.fullmatch(name) and name.lower() not in _KEYWORDS else f"[{_quoted(name)}]"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


# Words of KQL that need brackets and quotes as a column's name, or may need them: these never harm.
# Source: https://learn.microsoft.com/kusto/query/schema-entities/entity-names
_KEYWORDS = frozenset(
    "and or in has contains between by where extend project source let true false null type "  # noqa: SIM905
    "bool boolean date datetime decimal double dynamic guid int long real string time timespan "
    "as asc count desc distinct find fork from join kind limit lookup materialize not nulls of on parse pattern print "
    "range render sample scan search serialize set sort summarize take to top union with".split()
)


def _first_sample_test(record: Mapping[str, Any], transform: str, stream_columns: Mapping[str, str]) -> dict[str, Any]:
    """A test that expects what the transform makes of the first sample; columns fed by now() are left out."""
    from provisioner import kql

    query, diagnostics = kql.bind(transform, dict(stream_columns))
    if query is None:
        raise ValueError(f"no transform can be made for these samples: {diagnostics[0].message}")
    rows = [
        {
            name: _without_trailing_zeros(value, query.columns[name])
            for name, value in row.items()
            if value not in (None, "") and name not in query.volatile
        }
        for row in kql.evaluate(query, [record], form="json")
    ]
    return {"name": "the first sample arrives as a row", "given": [dict(record)], "expect": rows}


def _without_trailing_zeros(value: Any, type_: str) -> Any:
    return re.sub(r"\.?0+Z$", "Z", value) if type_ == "datetime" and "." in value else value
