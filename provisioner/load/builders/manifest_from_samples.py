"""Sample records → the first manifest for them: columns inferred, a transform that flattens, a test that holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from provisioner.package_data import load_facts

DEEPEST = 3
"""Levels of objects that are flattened; what nests deeper stays dynamic."""
MOST_COLUMNS = 500
"""Columns a custom table may have. Source: schemas/limits.yaml"""
LONGEST_TRANSFORM = 15_360
"""Characters a transform may have. Source: schemas/limits.yaml"""
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TIMES = ("timegenerated", "timestamp", "@timestamp", "time", "eventtime", "event_time", "created", "createdat", "date")
_CASTS = {
    "string": "tostring",
    "long": "tolong",
    "real": "toreal",
    "boolean": "tobool",
    "datetime": "todatetime",
    "guid": "toguid",
}
_MANIFEST = {"bool": "boolean", "int": "long", "timespan": "string"}
"""KQL's words in the manifest's; a sample cannot promise that a whole number stays small."""


class Leaf(NamedTuple):
    """One value of a record: the way to it, the column it becomes, that column's type."""

    way: tuple[str, ...]
    column: str
    type: str


def sketch(records: Sequence[Mapping[str, Any]], table: str, stream: str) -> dict[str, Any]:
    """The `tables` and `streams` of a manifest that takes such records; raises ValueError where none can be made."""
    known = _types(records)
    if not known:
        raise ValueError("the samples have no fields")
    leaves = _timed(list(_leaves(records, (), known)))[: MOST_COLUMNS - 1]
    while len(transform := _transform(leaves, known)) > LONGEST_TRANSFORM:
        leaves = leaves[: len(leaves) * 9 // 10]
    incoming = {name: "string" if type_ == "guid" else type_ for name, type_ in known.items()}
    columns = {leaf.column: leaf.type for leaf in leaves}
    return {
        "tables": {table: {"columns": {"TimeGenerated": "datetime"} | columns}},
        "streams": {
            stream: {
                "columns": incoming,
                "table": table,
                "transform": transform,
                "tests": [_test(records[0], transform, incoming)],
            }
        },
    }


def _types(records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    from provisioner.kql import infer

    return {name: _MANIFEST.get(type_, type_) for name, type_ in infer(records).items()}


def _leaves(
    records: Sequence[Mapping[str, Any]], way: tuple[str, ...], known: Mapping[str, str], taken: set[str] | None = None
) -> Iterator[Leaf]:
    """The values that become columns, objects opened up."""
    taken = {"timegenerated"} if taken is None else taken
    for name, type_ in known.items():
        inner = [each[name] for each in records if each.get(name) is not None]
        if any(inner) and len(way) < DEEPEST and all(isinstance(each, dict) for each in inner):
            yield from _leaves(inner, (*way, name), _types(inner), taken)
        else:
            yield Leaf((*way, name), _column((*way, name), taken), type_)


def _column(way: tuple[str, ...], taken: set[str]) -> str:
    """A legal name for the column, unlike all others."""
    rules = load_facts("names.yaml")["column"]
    shortest, longest = rules["length"]
    name = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(way)).strip("_")
    name = name if name[:1].isalpha() else f"field_{name}"
    name = name[: longest - 3].ljust(shortest, "_")
    reserved = {each.lower() for each in (*rules["reserved"], *rules["seen_reserved"])}
    base, number = f"{name}_" if name.lower() in reserved else name, 1
    name = base
    while name.lower() in taken:
        number += 1
        name = f"{base}{number}"
    taken.add(name.lower())
    return name


def _timed(leaves: list[Leaf]) -> list[Leaf]:
    """The likeliest time becomes TimeGenerated, and stands first."""
    times = [leaf for leaf in leaves if leaf.type == "datetime"]
    if not times:
        return leaves
    best = min(times, key=lambda leaf: (_rank(leaf.way[-1]), len(leaf.way)))
    return [best._replace(column="TimeGenerated"), *(leaf for leaf in leaves if leaf is not best)]


def _rank(name: str) -> int:
    return _TIMES.index(name.lower()) if name.lower() in _TIMES else len(_TIMES)


def _transform(leaves: Sequence[Leaf], known: Mapping[str, str]) -> str:
    values = [(leaf.column, _value(leaf, known)) for leaf in leaves]
    lines = [column if column == value else f"{column} = {value}" for column, value in values]
    if leaves[0].column != "TimeGenerated":
        lines.insert(0, "TimeGenerated = now()")
    return "source\n| project\n    " + ",\n    ".join(lines) + "\n"


def _value(leaf: Leaf, known: Mapping[str, str]) -> str:
    first, *rest = leaf.way
    text = first if _IDENTIFIER.fullmatch(first) and first.lower() not in _WORDS else f"[{_quoted(first)}]"
    for part in rest:
        text += f".{part}" if _IDENTIFIER.fullmatch(part) and part.lower() not in _WORDS else f"[{_quoted(part)}]"
    if leaf.type == "dynamic" or (not rest and known[first] == leaf.type and leaf.type != "guid"):
        return text
    return f"{_CASTS[leaf.type]}({text})"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


# Words that the language reads otherwise where a name stands.
_WORDS = frozenset(
    "and or in has contains between by where extend project source let true false null datetime dynamic type".split()  # noqa: SIM905
)


def _test(record: Mapping[str, Any], transform: str, incoming: Mapping[str, str]) -> dict[str, Any]:
    """The first sample, and what the transform makes of it today; a time that is the clock's is left out."""
    from provisioner import kql

    query, wrong = kql.bind(transform, dict(incoming))
    if query is None:
        raise ValueError(f"no transform can be made for these samples: {wrong[0].message}")
    rows = [
        {
            name: _shown(value, query.columns[name])
            for name, value in row.items()
            if value not in (None, "") and name not in query.volatile
        }
        for row in kql.evaluate(query, [record], form="json")
    ]
    return {"name": "the first sample arrives as a row", "given": [dict(record)], "expect": rows}


def _shown(value: Any, type_: str) -> Any:
    return re.sub(r"\.?0+Z$", "Z", value) if type_ == "datetime" and "." in value else value
