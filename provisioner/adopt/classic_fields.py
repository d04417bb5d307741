"""Fields of the HTTP Data Collector API: which suffixed columns their values went to, and the KQL that fills these."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.kql.values import dynamic_to_text, format_datetime, parse_datetime, parse_guid, parse_real
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS
from provisioner.load.builders.manifest_from_samples import column_reference
from provisioner.model import TYPES
from provisioner.package_data import load_facts
from provisioner.validate.name_matching import matches_pattern

_TEXT_TYPES = ("t", "g")
"""Suffixes of what is sent as text and is stored as something else."""


@dataclass(frozen=True, slots=True)
class ClassicField:
    """A field of the payload: its name, the type of its stream column, and the type of the column of each suffix."""

    name: str
    stream_type: str
    types: Mapping[str, str]

    @property
    def columns(self) -> dict[str, str]:
        """The columns that it fills, with their types."""
        return {f"{self.name}_{suffix}": type_ for suffix, type_ in self.types.items()}

    @property
    def text(self) -> str:
        """The KQL that gives a value as text."""
        field = column_reference(self.name)
        return field if self.stream_type == "string" else f"tostring({field})"

    def assignments(self) -> list[str]:
        """The KQL that fills each column as the API did, as `Column = expression`."""
        return [f"{self.name}_{suffix} = {self._expression(suffix)}" for suffix in self.types]

    def _expression(self, suffix: str) -> str:
        field = column_reference(self.name)
        text = self.text
        mixed = self.stream_type == "dynamic"
        has_text = "s" in self.types
        if suffix in _TEXT_TYPES:
            cast = _parsed_text(suffix, text)
            guarded = _only_if([f'gettype({field}) == "string"'] if mixed and len(self.types) > 1 else [], cast, suffix)
            # A live table may hold guids as text; the API stored them in one spelling all the same.
            return f"tostring({guarded})" if self.types[suffix] == "string" else guarded
        if suffix == "s":
            return _only_if(self._text_conditions(field, text), text, suffix)
        if not mixed:
            return field
        if suffix == "b":
            is_bool = f'gettype({field}) == "bool"' if has_text else f'tolower({text}) in ("true", "false")'
            return _only_if([is_bool], f"tobool({text})", suffix)
        if has_text:
            return _only_if([f'gettype({field}) in ("int", "long", "double", "real")'], f"todouble({text})", suffix)
        return _only_if(self._unparsed(text), f"todouble({text})", suffix)

    def _text_conditions(self, field: str, text: str) -> list[str]:
        """What holds of a value that no column but the text one takes."""
        kinds = {"d": '"int", "long", "double", "real"', "b": '"bool"'}
        others = [kinds[suffix] for suffix in self.types if suffix in kinds]
        return [*([f"gettype({field}) !in ({', '.join(others)})"] if others else []), *self._unparsed(text)]

    def _unparsed(self, text: str) -> list[str]:
        return [f"isnull({_parsed_text(suffix, text)})" for suffix in self.types if suffix in _TEXT_TYPES]


def _parsed_text(suffix: str, text: str) -> str:
    return f"{CAST_FUNCTIONS[TYPES[suffix_type(suffix)].kql]}({text})"


def _only_if(conditions: list[str], value: str, suffix: str) -> str:
    if not conditions:
        return value
    type_ = TYPES[suffix_type(suffix)].kql
    otherwise = '""' if type_ == "string" else f"{type_}(null)"
    return f"iff({' and '.join(conditions)}, {value}, {otherwise})"


def suffix_type(suffix: str) -> str:
    """The type of the columns of a suffix, in the manifest's words."""
    type_: str = load_facts("data_collector.yaml")["suffixes"][suffix]["type"]
    return type_


def field_of(name: str, values: Iterable[Any]) -> ClassicField | None:
    """The field whose values, in the order in which they were posted, are these; None where all of them are null."""
    suffixes: list[str] = []
    kinds = set()
    for value in values:
        if value is None:
            continue
        kinds.add(_kind(value))
        if _route(value, suffixes) is None:
            suffixes.append(_own_suffix(value))
    if not suffixes:
        return None
    stream_type = "dynamic"
    if kinds == {"s"}:
        stream_type = "string"
    elif len(kinds) == 1 and suffixes[0] in "db":
        stream_type = suffix_type(suffixes[0])
    return ClassicField(name, stream_type, {suffix: suffix_type(suffix) for suffix in suffixes})


def stored_value(field: ClassicField, value: Any) -> tuple[str, Any] | None:
    """The column in which the API stored a value of the field, and the value as JSON; None where nothing is stored."""
    suffix = None if value is None else _route(value, [*field.types])
    if suffix is None:
        return None
    stored = _stored(suffix, value)
    return None if stored in (None, "") else (f"{field.name}_{suffix}", stored)


def stored_time(value: Any) -> Any:
    """The TimeGenerated of a value of the time field, as JSON; None where it is no time."""
    return None if value is None else _stored("t", dynamic_to_text(value))


def _kind(value: Any) -> str:
    """The suffix of a value's kind in JSON; `nested` for objects and lists."""
    if isinstance(value, bool):
        return "b"
    if isinstance(value, int | float):
        return "d"
    return "s" if isinstance(value, str) else "nested"


def _own_suffix(value: Any) -> str:
    """The suffix that a value gets where no column for it is there."""
    kind = _kind(value)
    if kind != "s":
        return "s" if kind == "nested" else kind
    facts = load_facts("data_collector.yaml")["suffixes"]
    fitting = (suffix for suffix in _TEXT_TYPES if matches_pattern(value, facts[suffix]["text"]))
    # A text of the form of a date need not be one: 2026-13-45.
    return next((suffix for suffix in fitting if _stored(suffix, value) is not None), "s")


def _route(value: Any, suffixes: list[str]) -> str | None:
    """Which of the columns that are there takes a value; None where none does. Only text converts."""
    kind = _kind(value)
    if kind != "s":
        own = "s" if kind == "nested" else kind
        return own if own in suffixes else None
    parsing = [suffix for suffix in suffixes if suffix in _TEXT_TYPES]
    others = ["s"] if "s" in suffixes else [suffix for suffix in suffixes if suffix not in _TEXT_TYPES]
    return next((suffix for suffix in (*parsing, *others) if _stored(suffix, value) is not None), None)


def _stored(suffix: str, value: Any) -> Any:
    """A value in a column of a suffix, as JSON; None where the column cannot hold it."""
    if suffix == "s":
        return dynamic_to_text(value)
    if suffix == "b":
        return {"true": True, "false": False}.get(str(value).lower())
    if suffix == "d":
        number = parse_real(value) if isinstance(value, str) else float(value)
        return number if number is not None and math.isfinite(number) else None
    if suffix == "g":
        guid = parse_guid(value)
        return None if guid is None else str(guid)
    ticks = parse_datetime(value)
    return None if ticks is None else format_datetime(ticks).rstrip("Z").rstrip("0").rstrip(".") + "Z"
