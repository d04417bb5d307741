"""Template expressions: `[concat('a', parameters('b'))]`, parsed and evaluated."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(-?\d+)|([A-Za-z_][\w.]*?)(?=\(|\W|$)|([()\[\],.]))")
_GUID_SPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
MOST = 24_576
"""Characters of an expression; AZD azure-resource-manager/templates/best-practices.md."""


@dataclass(frozen=True, slots=True)
class Context:
    """What expressions can look at: values by name, the group, and the state of resources."""

    parameters: dict[str, Any]
    variables: dict[str, Any]
    subscription: str
    group: dict[str, Any]
    tenant: str
    deployment: str
    reference: Callable[[str, str | None, bool], Any]
    """Resource id or name, api-version, whether the full resource is wanted."""


class Unresolved(Exception):
    """The expression looks at a resource that is not there yet."""


def invalid(message: str) -> Refusal:
    """400 InvalidTemplate."""
    return Refusal(400, "InvalidTemplate", f"Deployment template validation failed: '{message}'.")


def resolve(value: Any, context: Context) -> Any:
    """A template's value with every expression in it evaluated; raises Refusal InvalidTemplate."""
    if isinstance(value, dict):
        return {key: resolve(inner, context) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolve(inner, context) for inner in value]
    if not isinstance(value, str) or not (value.startswith("[") and value.endswith("]")):
        return value
    return value[1:] if value.startswith("[[") else evaluate(value[1:-1], context)


def evaluate(text: str, context: Context) -> Any:
    """The value of one expression, without its brackets."""
    if len(text) > MOST:
        raise invalid(f"The expression has {len(text)} characters; the limit is {MOST}")
    parser = _Parser(text)
    found = parser.expression(context)
    parser.end()
    return found


class _Parser:
    """Evaluates while it reads: the language has neither loops nor lazy parts that we take."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0

    def expression(self, context: Context) -> Any:
        kind, word = self.take()
        if kind == "text":
            value: Any = word[1:-1].replace("''", "'")
        elif kind == "number":
            value = int(word)
        elif kind == "name":
            value = self.call(word, context)
        else:
            raise self.wrong()
        while self.peek() in {".", "["}:
            value = self.member(value, context)
        return value

    def call(self, name: str, context: Context) -> Any:
        if self.peek() != "(":
            raise self.wrong()
        self.at += 1
        arguments: list[Any] = []
        while self.peek() != ")":
            arguments.append(self.expression(context))
            if self.peek() == ",":
                self.at += 1
            elif self.peek() != ")":
                raise self.wrong()
        self.at += 1
        function = _FUNCTIONS.get(name.lower())
        if function is None:
            known = ", ".join(sorted(_FUNCTIONS))
            raise invalid(f"The template function '{name}' is not known to the emulator, which knows {known}")
        try:
            return function(context, *arguments)
        except (TypeError, ValueError, IndexError) as error:
            raise invalid(f"The template function '{name}' cannot take these arguments: {error}") from error

    def member(self, value: Any, context: Context) -> Any:
        if self.take()[1] == ".":
            kind, key = self.take()
            if kind != "name":
                raise self.wrong()
            for part in key.split("."):
                value = _pick(value, part)
            return value
        key = self.expression(context)
        if self.take()[1] != "]":
            raise self.wrong()
        return _pick(value, key)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise self.wrong()
        self.at += 1
        return self.tokens[self.at - 1]

    def end(self) -> None:
        if self.at != len(self.tokens):
            raise self.wrong()

    def wrong(self) -> Refusal:
        return invalid(f"The language expression '{self.text}' is not valid")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise invalid(f"The language expression '{text}' is not valid")
        at = match.end()
        kind = ("text", "number", "name", "mark")[(match.lastindex or 1) - 1]
        yield kind, match[match.lastindex or 0]


def _pick(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.lower() == str(key).lower():
                return inner
    if isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
        return value[key]
    raise invalid(f"The language expression property '{key}' doesn't exist")


def _parameters(context: Context, name: str) -> Any:
    return _named(context.parameters, name, "parameter")


def _variables(context: Context, name: str) -> Any:
    return resolve(_named(context.variables, name, "variable"), context)


def _named(values: dict[str, Any], name: str, what: str) -> Any:
    for key, value in values.items():
        if key.lower() == str(name).lower():
            return value
    raise invalid(f"The template {what} '{name}' is not found")


def _resource_id(context: Context, *words: str) -> str:
    given = list(words)
    start = next(index for index, each in enumerate(given) if "/" in each)
    before, kind, names = given[:start], given[start], given[start + 1 :]
    group = before[-1] if before else context.group["name"]
    subscription = before[0] if len(before) == 2 else context.subscription
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{_path(kind, names)}"


def _subscription_resource_id(context: Context, *words: str) -> str:
    given = list(words)
    subscription = context.subscription if "/" in given[0] else given.pop(0)
    return f"/subscriptions/{subscription}/providers/{_path(given[0], given[1:])}"


def _extension_resource_id(_context: Context, scope: str, kind: str, *names: str) -> str:
    return f"{scope}/providers/{_path(kind, list(names))}"


def _path(kind: str, names: list[str]) -> str:
    namespace, *types = kind.split("/")
    if len(types) != len(names) or not types:
        raise ValueError(f"'{kind}' needs {len(types)} name(s), not {len(names)}")
    return "/".join([namespace, *(f"{each}/{name}" for each, name in zip(types, names, strict=True))])


def _reference(context: Context, resource: str, version: str | None = None, full: str = "") -> Any:
    return context.reference(resource, version, full.lower() == "full")


def _concat(_context: Context, *parts: Any) -> Any:
    if all(isinstance(each, list) for each in parts):
        return [inner for each in parts for inner in each]
    return "".join(_text(each) for each in parts)


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise ValueError("a text is expected")
    return str(value) if not isinstance(value, bool) else str(value).capitalize()


def _format(_context: Context, pattern: str, *values: Any) -> str:
    return (
        re.sub(r"\{(\d+)(?::[^}]*)?\}", lambda found: _text(values[int(found[1])]), pattern)
        .replace("{{", "{")
        .replace("}}", "}")
    )


def _guid(_context: Context, *parts: str) -> str:
    return str(uuid.uuid5(_GUID_SPACE, "-".join(parts)))


def _subscription(context: Context) -> dict[str, Any]:
    root = f"/subscriptions/{context.subscription}"
    return {"id": root, "subscriptionId": context.subscription, "tenantId": context.tenant, "displayName": "Local"}


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "concat": _concat,
    "deployment": lambda context: {"name": context.deployment},
    "extensionresourceid": _extension_resource_id,
    "format": _format,
    "guid": _guid,
    "parameters": _parameters,
    "reference": _reference,
    "resourcegroup": lambda context: context.group,
    "resourceid": _resource_id,
    "string": lambda _context, value: _text(value),
    "subscription": _subscription,
    "subscriptionresourceid": _subscription_resource_id,
    "tolower": lambda _context, text: text.lower(),
    "toupper": lambda _context, text: text.upper(),
    "variables": _variables,
}
