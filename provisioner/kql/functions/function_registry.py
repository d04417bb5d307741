"""The scalar functions by name: their signatures, and the Python bodies that compute them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

Body = TypeVar("Body", bound=Callable[..., object])

TYPE_NAMES = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic")
TYPE_CLASSES = ("any", "scalar", "plain", "number", "T")
"""Types of parameters that stand for several: `any` and `scalar` for every type, `plain` for all but dynamic, `number`
for int, long, real and decimal. Every `T` of a signature is one and the same type."""

_SIGNATURE = re.compile(r"\s*(\w+)\s*\((.*)\)\s*->\s*(\w+)\s*\Z", re.DOTALL)
_PARAMETER = re.compile(r"\s*(?:(\w+)\s*:\s*)?(literal\s+)?(\w+)\s*([?*+]?)\s*\Z")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a signature.

    `multiplicity`: "" (exactly one argument), "?" (may be omitted), "*" (any number) or "+" (one or more).
    `literal`: the argument must be a constant.
    """

    type: str
    name: str = ""
    multiplicity: str = ""
    literal: bool = False

    def __str__(self) -> str:
        name = f"{self.name}: " if self.name else ""
        return f"{name}{'literal ' if self.literal else ''}{self.type}{self.multiplicity}"


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature with the body that computes it.

    `handles_nulls`: the body takes None; otherwise a None argument makes the result null and the body is not called.
    `takes_types`: the body is called with `types=(type names of the arguments)`.
    `takes_context`: the body is called with `context=`, which has `.now` (ticks) and `.note(message)`.
    `volatile`: two calls with the same arguments may differ.
    `prepare`: position → function applied to that argument before the body sees it; once where it is a constant.
    `result_type`: gives the result type from the argument types where the signature cannot say it.
    `inline_template`: a Python expression over `{0}`, `{1}` … equal to the body for non-null arguments; `{f}` is the
    body. The evaluator writes it into the code it generates, which saves a call for each row.
    `inline_helpers`: what other names in braces of the inline template stand for.
    """

    parameters: tuple[Parameter, ...]
    returns: str
    body: Callable[..., object]
    handles_nulls: bool = False
    takes_types: bool = False
    takes_context: bool = False
    volatile: bool = False
    prepare: Mapping[int, Callable[[Any], object]] = field(default_factory=dict)
    result_type: Callable[[Sequence[str]], str] | None = None
    inline_template: str | None = None
    inline_helpers: Mapping[str, object] = field(default_factory=dict)

    def parameter_at(self, index: int) -> Parameter | None:
        """The parameter that the argument at `index` belongs to; None where the signature takes fewer arguments."""
        if index < len(self.parameters):
            return self.parameters[index]
        last = self.parameters[-1] if self.parameters else None
        return last if last is not None and last.multiplicity in ("*", "+") else None

    @property
    def min_arguments(self) -> int:
        """The least number of arguments."""
        return sum(1 for parameter in self.parameters if parameter.multiplicity in ("", "+"))

    @property
    def max_arguments(self) -> int | None:
        """The greatest number of arguments; None for any number."""
        any_number = any(parameter.multiplicity in ("*", "+") for parameter in self.parameters)
        return None if any_number else len(self.parameters)


_PARSING = threading.Lock()
"""Held while signatures are parsed: threads bind at the same time."""


@dataclass(slots=True)
class ScalarFunction:
    """A function's name with its overloads, in the order in which they are tried."""

    name: str
    _overloads: list[Overload] = field(default_factory=list)
    # Signatures are parsed when their function is first looked up: a query names a few of the 240 functions, and
    # parsing all of the signatures at import would slow the start of every command.
    unparsed: list[tuple[str, Callable[..., object], Mapping[str, Any]]] = field(default_factory=list)

    @property
    def overloads(self) -> list[Overload]:
        """The signatures with their bodies."""
        if self.unparsed:
            with _PARSING:
                self._parse()
        return self._overloads

    def _parse(self) -> None:
        # What is parsed is complete before it leaves the list: another thread sees either all of a signature or waits.
        while self.unparsed:
            signature, body, options = self.unparsed[0]
            parameters, returns = _parse_signature(signature)
            self._overloads.append(Overload(parameters, returns, body, **options))
            del self.unparsed[0]

    @property
    def body(self) -> Callable[..., object]:
        """The body of the first overload."""
        return self.overloads[0].body

    @property
    def volatile(self) -> bool:
        """Whether two calls with the same arguments may differ."""
        return any(overload.volatile for overload in self.overloads)

    @property
    def signatures(self) -> list[str]:
        """The overloads as text, as the documentation prints them."""
        return [f"{self.name}({', '.join(map(str, o.parameters))}) -> {o.returns}" for o in self.overloads]


FUNCTIONS: dict[str, ScalarFunction] = {}


def scalar_function(*signatures: str, **options: Any) -> Callable[[Body], Body]:
    """Register the decorated body under each signature, with `options` as the fields of its `Overload`.

    Further registrations of a name add overloads. A signature that cannot be parsed raises ValueError at first use.
    """

    def register(body: Body) -> Body:
        for signature in signatures:
            name = signature.partition("(")[0]
            FUNCTIONS.setdefault(name, ScalarFunction(name)).unparsed.append((signature, body, options))
        return body

    return register


def find_function(name: str) -> ScalarFunction | None:
    """The function of exactly this name."""
    return FUNCTIONS.get(name)


def _parse_signature(signature: str) -> tuple[tuple[Parameter, ...], str]:
    """The parameters and the result type; ValueError names a signature that is none."""
    match = _SIGNATURE.match(signature)
    if match is None:
        raise ValueError(f"not a signature: {signature!r}")
    _, inside, returns = match.groups()
    parameters = tuple(_parse_parameter(part) for part in inside.split(",")) if inside.strip() else ()
    if returns not in TYPE_NAMES + TYPE_CLASSES:
        raise ValueError(f"unknown result type in {signature!r}")
    return parameters, returns


def _parse_parameter(text: str) -> Parameter:
    match = _PARAMETER.match(text)
    if match is None or match.group(3) not in TYPE_NAMES + TYPE_CLASSES:
        raise ValueError(f"not a parameter: {text!r}")
    name, literal, type_name, multiplicity = match.groups()
    return Parameter(type_name, name or "", multiplicity, bool(literal))
