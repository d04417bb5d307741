"""The scalar functions by name: their signatures, and the Python that gives them meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

Body = TypeVar("Body", bound=Callable[..., Any])

TYPES = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic")
PSEUDO = ("any", "scalar", "plain", "number", "T")
"""`any` and `scalar` take every type, `plain` all but dynamic, `number` int, long, real or decimal.

Every `T` of a signature is one and the same type."""

_SIGNATURE = re.compile(r"\s*(\w+)\s*\((.*)\)\s*->\s*(\w+)\s*\Z", re.DOTALL)
_PARAMETER = re.compile(r"\s*(?:(\w+)\s*:\s*)?(literal\s+)?(\w+)\s*([?*+]?)\s*\Z")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a signature; `repeat` is "", "?" (may be left out), "*" (any number) or "+" (one or more)."""

    type: str
    name: str = ""
    repeat: str = ""
    literal: bool = False

    def __str__(self) -> str:
        name = f"{self.name}: " if self.name else ""
        return f"{name}{'literal ' if self.literal else ''}{self.type}{self.repeat}"


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature with the body that computes it.

    `nulls`: the body handles None itself; otherwise a None argument makes the result null and the body is not called.
    `types`: the body is called with `types=(type names of the arguments)`.
    `context`: the body is called with `context=`, which has `.now` (ticks) and `.note(message)`.
    `prepare`: position → function applied to that argument before the body sees it; once where it is a constant.
    `result`: gives the result type from the argument types where the signature cannot say it.
    `inline`: a Python expression over `{0}`, `{1}` … equal to the body for non-null arguments.
    """

    parameters: tuple[Parameter, ...]
    returns: str
    body: Callable[..., Any]
    nulls: bool = False
    types: bool = False
    context: bool = False
    lazy: bool = False
    volatile: bool = False
    prepare: Mapping[int, Callable[[Any], Any]] = field(default_factory=dict)
    result: Callable[[Sequence[str]], str] | None = None
    inline: str | None = None

    def parameter(self, index: int) -> Parameter | None:
        """The parameter that the argument at `index` belongs to; None when there are too many arguments."""
        if index < len(self.parameters):
            return self.parameters[index]
        last = self.parameters[-1] if self.parameters else None
        return last if last is not None and last.repeat in ("*", "+") and last.repeat else None

    @property
    def least(self) -> int:
        """How many arguments there must be."""
        return sum(1 for p in self.parameters if p.repeat in ("", "+"))

    @property
    def most(self) -> int | None:
        """How many arguments there may be; None is any number."""
        return None if any(p.repeat in ("*", "+") and p.repeat for p in self.parameters) else len(self.parameters)


@dataclass(slots=True)
class Function:
    """A name with its overloads, in the order in which they are tried."""

    name: str
    _overloads: list[Overload] = field(default_factory=list)
    pending: list[tuple[str, Callable[..., Any], Mapping[str, Any]]] = field(default_factory=list)
    """Registrations not read yet: most names are never asked for, and reading all of them would slow every start."""

    @property
    def overloads(self) -> list[Overload]:
        """The signatures with their bodies."""
        while self.pending:
            signature, body, options = self.pending.pop(0)
            _, parameters, returns = _read(signature)
            self._overloads.append(Overload(parameters, returns, body, **options))
        return self._overloads

    @property
    def body(self) -> Callable[..., Any]:
        """The body of the first overload."""
        return self.overloads[0].body

    @property
    def volatile(self) -> bool:
        """Whether two calls may differ."""
        return any(overload.volatile for overload in self.overloads)

    @property
    def signatures(self) -> list[str]:
        """The overloads as text, as the documentation prints them."""
        return [f"{self.name}({', '.join(map(str, o.parameters))}) -> {o.returns}" for o in self.overloads]


FUNCTIONS: dict[str, Function] = {}


def function(*signatures: str, **options: Any) -> Callable[[Body], Body]:
    """Register the decorated body under each signature; further registrations of a name add overloads."""

    def register(body: Body) -> Body:
        for signature in signatures:
            name = signature.partition("(")[0]
            FUNCTIONS.setdefault(name, Function(name)).pending.append((signature, body, options))
        return body

    return register


def lookup(name: str) -> Function | None:
    """The function of exactly this name."""
    return FUNCTIONS.get(name)


def _read(signature: str) -> tuple[str, tuple[Parameter, ...], str]:
    match = _SIGNATURE.match(signature)
    if match is None:
        raise ValueError(f"not a signature: {signature!r}")
    name, inside, returns = match.groups()
    parameters = tuple(_read_parameter(part) for part in inside.split(",")) if inside.strip() else ()
    if returns not in TYPES + PSEUDO:
        raise ValueError(f"unknown result type in {signature!r}")
    return name, parameters, returns


def _read_parameter(text: str) -> Parameter:
    match = _PARAMETER.match(text)
    if match is None or match.group(3) not in TYPES + PSEUDO:
        raise ValueError(f"not a parameter: {text!r}")
    name, literal, kind, repeat = match.groups()
    return Parameter(kind, name or "", repeat, bool(literal))
