"""The expressions of ARM templates, as far as they can be worked out without Azure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from provisioner.resources import guid


@dataclass(frozen=True, slots=True)
class Hole:
    """A value that the file does not hold: as much of its text as is known, and the word that is missing."""

    text: str
    name: str


class NoExpression(ValueError):
    """The text is none."""


_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(.))", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a template's expressions can name: values of parameters and variables, and the place of deployment."""

    parameters: Mapping[str, Any]
    variables: Mapping[str, Any]
    subscription: str
    group: str
    copies: Mapping[str, int]


def resolve(value: Any, scope: Scope) -> Any:
    """The value with its expressions worked out; each that cannot be is a Hole, as is a text with `{{…}}`."""
    if isinstance(value, dict):
        return {_key(key, scope): resolve(inner, scope) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolve(inner, scope) for inner in value]
    if not isinstance(value, str):
        return value
    if value.startswith("[["):
        return value[1:]
    found = _evaluated(value, scope)
    if found is value and (placeholder := _PLACEHOLDER.search(value)):
        return Hole(value, placeholder[1])
    return found


def _key(text: str, scope: Scope) -> str:
    """A key, which may be an expression too: Bicep writes a stream's name so."""
    found = resolve(text, scope) if text.startswith("[") else text
    return found.text if isinstance(found, Hole) else found if isinstance(found, str) else text


def _evaluated(text: str, scope: Scope) -> Any:
    """The value of an expression in brackets; the text itself where it is none."""
    if not (text.startswith("[") and text.endswith("]")):
        return text
    try:
        return _Parser(text[1:-1], scope).whole()
    except NoExpression:
        return text


class _Parser:
    """Recursive descent over `call(args).property[index]` and literals: the language has no more.

    What has no value is a Hole, so that `if` and `coalesce` may still choose the other.
    """

    def __init__(self, text: str, scope: Scope) -> None:
        self.tokens = [found.groups() for found in _TOKEN.finditer(text) if found[0].strip()]
        self.at, self.scope = 0, scope

    def whole(self) -> Any:
        value = self.value()
        if self.at < len(self.tokens):
            raise NoExpression
        return value

    def value(self) -> Any:
        text, number, name, _ = self.take()
        if text is not None:
            return text[1:-1].replace("''", "'")
        if number is not None:
            return float(number) if "." in number else int(number)
        if name is None or not self.skip("("):
            raise NoExpression
        return self.path(_call(self.scope, name, self.arguments()))

    def arguments(self) -> list[Any]:
        found: list[Any] = []
        while not self.skip(")"):
            found.append(self.value())
            self.skip(",")
        return found

    def path(self, value: Any) -> Any:
        """What stands behind a call: properties and indexes."""
        while True:
            if self.skip("."):
                step: Any = self.take()[2]
            elif self.skip("["):
                step = self.value()
                if not self.skip("]"):
                    raise NoExpression
            else:
                return value
            value = _step(value, step)

    def take(self) -> tuple[str | None, ...]:
        if self.at >= len(self.tokens):
            raise NoExpression
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, mark: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at][3] == mark:
            self.at += 1
            return True
        return False


def _call(scope: Scope, name: str, arguments: list[Any]) -> Any:
    """The value of one call; with a Hole among its arguments the text as far as it goes."""
    known = _FUNCTIONS.get(name.lower())
    holes = [each for each in arguments if isinstance(each, Hole)]
    if name.lower() == "if" and not isinstance(arguments[0], Hole):
        return arguments[1] if arguments[0] else arguments[2]
    if known is None:
        return _hole(f"{name}()")
    texts = [each.text if isinstance(each, Hole) else each for each in arguments]
    try:
        value = known(scope, *texts)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return holes[0] if holes else _hole(f"{name}()")
    if not holes or isinstance(value, Hole):
        return value
    return Hole(value, holes[0].name) if isinstance(value, str) else holes[0]


def _hole(name: str) -> Hole:
    return Hole("{{" + name + "}}", name)


def _step(value: Any, step: Any) -> Any:
    """A property, in any case as ARM takes it, or an index."""
    if isinstance(value, Mapping) and isinstance(step, str):
        for key, inner in value.items():
            if key.lower() == step.lower():
                return inner
    elif isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return value if isinstance(value, Hole) else _hole(str(step))


def _named(kind: str, scope: Scope, name: str) -> Any:
    values = scope.parameters if kind == "parameters" else scope.variables
    return next((resolve(value, scope) for key, value in values.items() if key.lower() == name.lower()), _hole(name))


def _id(scope: Scope, *words: str) -> str:
    """`resourceId([subscription], [group], type, name…)`."""
    at = next(index for index, word in enumerate(words) if "/" in word)
    given, (namespace, *types), names = words[:at], words[at].split("/"), words[at + 1 :]
    group = given[-1] if given else scope.group
    subscription = given[0] if len(given) == 2 else scope.subscription
    pairs = "/".join(f"{type_}/{name}" for type_, name in zip(types, names, strict=True))
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{namespace}/{pairs}"


def _concat(_: Scope, *parts: Any) -> Any:
    if any(isinstance(part, list) for part in parts):
        return [item for part in parts for item in part]
    return "".join(_text(part) for part in parts)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _format(_: Scope, text: str, *values: Any) -> str:
    def part(found: re.Match[str]) -> str:
        return _text(values[int(found[1])]) if found[1] else found[0][0]

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", part, text)


def _coalesce(_: Scope, *values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _union(_: Scope, *values: Any) -> Any:
    if all(isinstance(value, dict) for value in values):
        return {key: inner for value in values for key, inner in value.items()}
    return [*dict.fromkeys(item for value in values for item in value)]


def _copy_index(scope: Scope, *arguments: Any) -> int:
    loops = [each for each in arguments if isinstance(each, str)]
    offset = sum(each for each in arguments if isinstance(each, int))
    return scope.copies[loops[0] if loops else next(iter(scope.copies), "")] + offset


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "parameters": partial(_named, "parameters"),
    "variables": partial(_named, "variables"),
    "copyindex": _copy_index,
    "resourceid": _id,
    "subscription": lambda scope: {"subscriptionId": scope.subscription, "id": f"/subscriptions/{scope.subscription}"},
    "resourcegroup": lambda scope: {
        "name": scope.group,
        "id": f"/subscriptions/{scope.subscription}/resourceGroups/{scope.group}",
    },
    "guid": lambda _, *words: guid(*words),
    "concat": _concat,
    "format": _format,
    "coalesce": _coalesce,
    "union": _union,
    "tolower": lambda _, text: text.lower(),
    "toupper": lambda _, text: text.upper(),
    "trim": lambda _, text: text.strip(),
    "replace": lambda _, text, old, new: text.replace(old, new),
    "substring": lambda _, text, start, length=None: text[start : None if length is None else start + length],
    "split": lambda _, text, mark: re.split("|".join(map(re.escape, [mark] if isinstance(mark, str) else mark)), text),
    "join": lambda _, items, mark: mark.join(items),
    "string": lambda _, value: _text(value),
    "int": lambda _, value: int(value),
    "bool": lambda _, value: str(value).lower() in ("true", "1"),
    "json": lambda _, text: json.loads(text),
    "array": lambda _, value: value if isinstance(value, list) else [value],
    "createarray": lambda _, *items: list(items),
    "createobject": lambda _, *items: dict(zip(items[::2], items[1::2], strict=True)),
    "first": lambda _, value: value[0],
    "last": lambda _, value: value[-1],
    "length": lambda _, value: len(value),
    "take": lambda _, value, count: value[:count],
    "empty": lambda _, value: not value,
    "contains": lambda _, value, item: item in value,
    "equals": lambda _, a, b: a == b,
    "not": lambda _, value: not value,
    "and": lambda _, *values: all(values),
    "or": lambda _, *values: any(values),
    "add": lambda _, a, b: a + b,
    "sub": lambda _, a, b: a - b,
    "true": lambda _: True,
    "false": lambda _: False,
    "null": lambda _: None,
}
