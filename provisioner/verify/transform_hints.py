"""Guesses which values pass a transform, from the constants, casts and members in its text."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.probes.bound_flow import BoundFlow
from provisioner.verify.record_builder import matching_texts
from provisioner.verify.synthetic_records import json_column_type, synthetic_record

Record = dict[str, Any]

# The transform's text is searched, not its tree: it is enough to guess values that are then tried.
_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"' + r"|'((?:[^'\\\n]|\\.)*)'")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_CALL = re.compile(r"(?:(?<!\w)(\w+)\s*=\s*)?(?<!\w)(\w+)\(\s*(\w+)\s*\)")
_COMPARISON = re.compile(
    r"(?<![\w.])(\w+)\s*(==|=~|>=|<=|>|<|\b(?:in~?|has|has_cs|contains|contains_cs|startswith|startswith_cs|endswith"
    r"|endswith_cs)\b)\s*\(?\s*(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|-?\d+(?:\.\d+)?|true|false)"
)
_MEMBER_STEP = r"(?:\.[A-Za-z_]\w*|\[\s*(?:'[^']*'|\"[^\"]*\")\s*\])"
_MEMBER_NAME = re.compile(r"\.(\w+)|\[\s*'([^']*)'|\[\s*\"([^\"]*)\"")
_PARSE = re.compile(
    r"\bparse(?:-where)?\s+(?:kind\s*=\s*(\w+)\s+(?:flags\s*=\s*\w+\s+)?)?(\w+)\s+with\s+"
    r"((?:\"[^\"]*\"|'[^']*'|\*|\w+(?:\s*:\s*\w+)?|\s)+)"
)
_PARSE_PIECE = re.compile(r"\"([^\"]*)\"|'([^']*)'|(\w+)(?:\s*:\s*(\w+))?")
_VALUE_BY_CAST = {
    "toint": 17, "tolong": 17, "toreal": 9.5, "todouble": 9.5, "todecimal": 9.5, "tobool": True,
    "toguid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "todatetime": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TransformHints:
    """What the texts of some flows' transforms tell of the values that they want; times are around `now`."""

    flows: Sequence[BoundFlow]
    now: dt.datetime

    def text(self, name: str) -> str | None:
        """A text for a column that the transforms cast or convert; None where it may be any."""
        return self._parsed_text(name) or self._cast_text(name) or self._typed_text(name)

    def variants(self, base: Record, columns: Mapping[str, str]) -> Iterator[Record]:
        """The record with one column changed to what the transforms compare with, then with two."""
        # A filter of many conditions is passed by what each of them compares with, all at once.
        yield {**base, **self._compared_values(base, columns)}
        # Constants of a filter are the only hints at what passes it.
        texts = list(dict.fromkeys(a or b for text in self._texts for a, b in _QUOTED.findall(text)))
        numbers = [json.loads(number) for text in self._texts for number in _NUMBER.findall(text)]
        changes = []
        for name, type_ in columns.items():
            if type_ == "dynamic":
                values = _bag_variants(base[name], texts, numbers)
            else:
                values = _value_variants(base[name], type_, texts, numbers)
            changes += [{name: value} for value in values]
        for change in changes:
            yield {**base, **change}
        for one, other in itertools.combinations(changes, 2):
            if one.keys() != other.keys():
                yield {**base, **one, **other}

    def _compared_values(self, base: Record, columns: Mapping[str, str]) -> Record:
        """Each column that a transform compares with a constant, with a value for which the first comparison holds."""
        compared: Record = {}
        for text in self._texts:
            for name, operator, constant in _COMPARISON.findall(text):
                if name in columns and name not in compared and columns[name] != "dynamic":
                    value = _passing_value(base[name], operator.lower(), constant, columns[name])
                    compared.update({name: value} if value is not None else {})
        return compared

    def members(self, name: str) -> Record:
        """A bag with the members that the transforms look up in this column, typed by the casts around them."""
        bag: Record = {}
        lookup = re.compile(rf"(?:(\w+)\(\s*)?(?<!\w){re.escape(name)}({_MEMBER_STEP}+)")
        for text in self._texts:
            for cast, path in lookup.findall(text):
                steps = [a or b or c for a, b, c in _MEMBER_NAME.findall(path)]
                _set_member(bag, steps, self._value_for_cast(steps[-1], cast))
        return bag

    def _parsed_text(self, name: str) -> str | None:
        """A text that a `parse` of this column takes apart: its literals, with a value for each column between."""
        for text in self._texts:
            for kind, column, pattern in _PARSE.findall(text):
                if column == name:
                    return "".join(self._parsed_pieces(pattern, is_regex=kind == "regex"))
        return None

    def _parsed_pieces(self, pattern: str, *, is_regex: bool) -> Iterator[str]:
        for double, single, part, type_ in _PARSE_PIECE.findall(pattern):
            literal = double or single
            if literal:
                yield next(iter(matching_texts(literal)), "") if is_regex else literal
            elif part:
                column_type = {"int": "long", "date": "datetime"}.get(type_, type_ or "string")
                value = synthetic_record({part: column_type}, self.now)[part]
                # One word: the next literal may begin with a blank, or be one.
                yield str(value).split(" ", maxsplit=1)[0]

    def _cast_text(self, name: str) -> str | None:
        """A text that survives the casts of the transforms: a time, a number, JSON with the members looked up in it."""
        for alias, cast in self._casts(name):
            if cast in {"parse_json", "todynamic"}:
                aliased = self.members(alias) if alias and alias != name else {}
                bag = {**self.members(f"{cast}({name})"), **aliased}
                return json.dumps(bag or synthetic_record({name: "dynamic"}, self.now)[name])
            if cast == "todatetime" or cast in _VALUE_BY_CAST:
                value = self._value_for_cast(name, cast)
                return value if isinstance(value, str) else json.dumps(value)
        return None

    def _typed_text(self, name: str) -> str | None:
        """The text that a column must hold which alone feeds one of a type that JSON has no values of."""
        for flow in self.flows:
            for column, reads in flow.query.lineage.items():
                type_ = flow.query.columns[column]
                if type_ in {"guid", "datetime"} and tuple(reads) == (name,):
                    return str(synthetic_record({name: type_}, self.now)[name])
        return None

    def _value_for_cast(self, name: str, cast: str) -> Any:
        if cast == "todatetime":
            return synthetic_record({name: "datetime"}, self.now)[name]
        return _VALUE_BY_CAST[cast] if cast in _VALUE_BY_CAST else synthetic_record({name: "string"}, self.now)[name]

    def _casts(self, name: str) -> Iterator[tuple[str, str]]:
        """The functions called on a column alone, each with the name that the result is given, if any."""
        for text in self._texts:
            for alias, function, argument in _CALL.findall(text):
                if argument == name:
                    yield alias, function

    @property
    def _texts(self) -> list[str]:
        return [flow.transform for flow in self.flows]


def _passing_value(value: Any, operator: str, constant: str, type_: str) -> Any:
    """A value of a column for which `column operator constant` holds; None where there is none of the column's type."""
    if constant[0] in "'\"":
        return constant[1:-1] if type_ == "string" and operator not in (">", "<") else None
    if constant in ("true", "false"):
        return constant == "true" if type_ == "boolean" else None
    if type_ not in ("int", "long", "real"):
        return None
    number = json.loads(constant)
    number += {">": 1, "<": -1}.get(operator, 0)
    return float(number) if type_ == "real" else number if isinstance(number, int) else value


def _value_variants(value: Any, type_: str, texts: Sequence[str], numbers: Sequence[Any]) -> Iterator[Any]:
    """Other values for a column of this type: what the transforms compare with, and its neighbours."""
    if type_ == "string":
        yield from texts
    elif type_ == "boolean":
        yield not value
    elif type_ in {"int", "long"}:
        yield from (number + step for number in numbers if isinstance(number, int) for step in (0, 1, -1))
    elif type_ == "real":
        yield from (float(number) + step for number in numbers for step in (0, 1, -1))


def _bag_variants(value: Any, texts: Sequence[str], numbers: Sequence[Any]) -> Iterator[Any]:
    """The bag with one member changed."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from ({**value, name: changed} for changed in _bag_variants(member, texts, numbers))
    elif not isinstance(value, list):
        yield from _value_variants(value, json_column_type(value), texts, numbers)


def _set_member(bag: Record, steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        inner = bag.get(step)
        if not isinstance(inner, dict):
            inner = bag[step] = {}
        bag = inner
    bag.setdefault(steps[-1], value)
