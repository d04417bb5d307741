"""Calls of every function with every type of argument."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import provisioner.kql.functions  # noqa: F401 - registers them
from provisioner.kql.functions.function_registry import FUNCTIONS, Overload, Parameter

TABLE = {
    "b": "bool", "i": "int", "l": "long", "r": "real", "n": "decimal", "s": "string", "t": "datetime", "p": "timespan",
    "g": "guid", "d": "dynamic",
}  # fmt: skip
_COLUMN = {kind: name for name, kind in TABLE.items()}
_LITERALS = {
    "pattern": "'(a)'", "rewrite": "'x'", "period": "'day'", "part": "'day'", "form": "'yyyy'", "type": "typeof(long)",
    "path": "'$.a'", "unit": "'KB'", "kind": "'normal'", "key": "'k'",
}  # fmt: skip
_AZURE_ONLY = {"lookup_string_am", "geo_location", "parse_cef_dictionary"}


def probes() -> list[str]:
    """The calls as text, each once."""
    calls = {
        f"{name}({', '.join(arguments)})"
        for name, entry in FUNCTIONS.items()
        if name not in _AZURE_ONLY | {"case"}
        for overload in entry.overloads
        for arguments in _arguments(overload)
    }
    return sorted(calls)


def _arguments(overload: Overload) -> Iterator[list[str]]:
    every = [_fitting(parameter) for parameter in overload.parameters]
    needed = [_fitting(parameter) for parameter in overload.parameters if parameter.multiplicity in ("", "+")]
    for fitting in (every, needed):
        yield fitting
        for place, argument in enumerate(fitting):
            if argument[0] != "'" and argument != "typeof(long)":
                yield from ([*fitting[:place], column, *fitting[place + 1 :]] for column in TABLE)
    alike = [place for place, parameter in enumerate(overload.parameters) if parameter.type == "T"]
    for one, other in product(TABLE, TABLE) if alike else ():
        mixed = list(every)
        for place in alike:
            mixed[place] = one if place == alike[0] else other
        yield mixed


def _fitting(parameter: Parameter) -> str:
    """An argument that the parameter takes."""
    if parameter.literal:
        return _LITERALS[parameter.name] if parameter.type == "string" else "true" if parameter.type == "bool" else "1"
    pseudo = {"T": "l", "number": "r", "scalar": "s", "plain": "s", "any": "s"}
    return pseudo.get(parameter.type) or _COLUMN[parameter.type]
