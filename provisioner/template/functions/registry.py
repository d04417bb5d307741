"""The template functions by name: a signature, and the Python that gives it meaning."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeVar

from provisioner.template.evaluation_context import Place
from provisioner.template.json_values import type_of
from provisioner.template.template_errors import TemplateError

Body = TypeVar("Body", bound=Callable[..., Any])
Style = Literal["plain", "context", "named", "lazy"]
TYPES = ("string", "int", "float", "bool", "array", "object", "null", "any", "lambda")
_IN_WORDS = {
    "string": "a string",
    "int": "an integer",
    "float": "a float",
    "bool": "a boolean",
    "array": "an array",
    "object": "an object",
    "null": "null",
    "any": "a value",
    "lambda": "a lambda",
}
_SIGNATURE = re.compile(r"(\w+)\((.*)\) -> ([\w|]+)\Z", re.DOTALL)
_PARAMETER = re.compile(r"(\w+): ([\w|]+)([?*+]?)\Z")


class CannotEvaluate(Exception):
    """What a body raises where the values of its arguments do not do; the text goes into Azure's error."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: the types that it takes, and `repeat`: "", "?" (may be left out), "*" (any number), "+"."""

    name: str
    types: tuple[str, ...]
    repeat: str = ""

    @property
    def words(self) -> str:
        """The types for an error, as Azure writes them: `an array or a string`."""
        named = [_IN_WORDS[name] for name in self.types]
        return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"

    def __str__(self) -> str:
        return f"{self.name}: {'|'.join(self.types)}{self.repeat}"


@dataclass(frozen=True)
class Function:
    """A function of the language.

    `style` says what the body gets: `plain` the arguments; `context` also `context=`; `named` the name as it was
    written before the arguments, and `context=`; `lazy` (nodes, context, evaluate) and evaluates what it needs.
    `composes`: keeps the texts it is given whole, so that a UnresolvedValue's `{{name}}` may stand in its text.
    `partial`: takes Unknown arguments itself. `grows`: its value may be larger than its arguments, and is measured.
    `places`: the parts of a template that it may stand in; None is all.
    """

    signature: str
    group: str
    body: Callable[..., Any]
    style: Style = "plain"
    composes: bool = False
    partial: bool = False
    grows: bool = False
    places: frozenset[Place] | None = None

    # Read late: an import of the room should not parse a hundred signatures.
    @cached_property
    def parts(self) -> tuple[str, tuple[Parameter, ...], str]:
        """Name, parameters and result type, read from the signature when they are first asked for."""
        return _read(self.signature)

    @property
    def name(self) -> str:
        """The name as the documentation writes it."""
        return self.signature.partition("(")[0]

    @cached_property
    def bounds(self) -> tuple[int, int | None]:
        """How many arguments there must be, and may be; None is any number."""
        parameters = self.parts[1]
        least = sum(1 for parameter in parameters if parameter.repeat in ("", "+"))
        return least, None if any(parameter.repeat in ("*", "+") for parameter in parameters) else len(parameters)

    def parameter(self, index: int) -> Parameter:
        """The parameter that an argument belongs to."""
        parameters = self.parts[1]
        # The last parameter is the one that may be repeated.
        return parameters[min(index, len(parameters) - 1)]

    def accepts(self, index: int, value: Any) -> bool:
        """Whether an argument is of a type that its parameter takes."""
        types = self.parameter(index).types
        return "any" in types or type_of(value) in types

    def check_count(self, name: str, count: int) -> None:
        """Raises TemplateError function-count for too few or too many arguments."""
        least, most = self.bounds
        if count < least or (most is not None and count > most):
            between = str(least) if least == most else f"between {least} and {most}"
            expected = f"at least {least}" if most is None else between
            raise TemplateError("function-count", name=name, expected=expected, count=count, signature=self.signature)


FUNCTIONS: dict[str, Function] = {}
"""By name in lower case: the language takes names in any case."""


def group(name: str) -> Callable[..., Callable[[Body], Body]]:
    """The decorator of one group's file: registers a body under its signature, with `Function`'s options."""

    def function(signature: str, **options: Any) -> Callable[[Body], Body]:
        def register(body: Body) -> Body:
            entry = Function(signature, name, body, **options)
            FUNCTIONS[entry.name.lower()] = entry
            return body

        return register

    return function


def _read(signature: str) -> tuple[str, tuple[Parameter, ...], str]:
    match = _SIGNATURE.match(signature)
    if match is None:
        raise ValueError(f"not a signature: {signature!r}")
    name, inside, returns = match.groups()
    parameters = tuple(_read_parameter(part) for part in inside.split(", ")) if inside else ()
    return name, parameters, returns


def _read_parameter(text: str) -> Parameter:
    match = _PARAMETER.match(text)
    if match is None or not set(match[2].split("|")) <= set(TYPES):
        raise ValueError(f"not a parameter: {text!r}")
    return Parameter(match[1], tuple(match[2].split("|")), match[3])
