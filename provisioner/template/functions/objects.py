"""Functions of objects."""

from __future__ import annotations

from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.array_functions import member_at
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import collation, find_key, text_of
from provisioner.template.unknown_values import Deferred, Unknown

function = group("object")


@function("createObject(pairs: any*) -> object", partial=True, grows=True)
def create_object(*pairs: Any) -> Any:
    """An object of names and values that take turns."""
    if len(pairs) % 2:
        raise CannotEvaluate("names and values must come in pairs")
    for name in pairs[::2]:
        # An object whose names are not known is not known itself.
        if isinstance(name, Deferred):
            return name
        if not isinstance(name, (str, Unknown)):
            raise CannotEvaluate("every name must be a string")
    return {text_of(name): value for name, value in zip(pairs[::2], pairs[1::2], strict=True)}


@function("items(dictionary: object) -> array", grows=True)
def items(dictionary: dict[str, Any]) -> list[dict[str, Any]]:
    """The properties as objects with `key` and `value`, in the order of their names."""
    return [{"key": key, "value": dictionary[key]} for key in sorted(dictionary, key=collation)]


@function("objectKeys(dictionary: object) -> array")
def object_keys(dictionary: dict[str, Any]) -> list[str]:
    """The names of the properties."""
    return list(dictionary)


@function("shallowMerge(objects: array) -> object", style="context", grows=True)
def shallow_merge(objects: list[Any], *, context: Context) -> dict[str, Any]:
    """The objects in one, the later one winning; what is inside a property is not merged."""
    if not all(isinstance(part, dict) for part in objects):
        raise CannotEvaluate("every member must be an object")
    context.evaluation.budget.spend(sum(map(len, objects)))
    merged: dict[str, Any] = {}
    names: dict[str, str] = {}
    for part in objects:
        for key, value in part.items():
            merged[names.setdefault(key.lower(), key)] = value
    return merged


@function("null() -> null")
def null() -> None:
    """Null."""


@function("tryGet(value: any, key: string|int, path: string|int*) -> any")
def try_get(value: Any, key: str | int, *path: str | int) -> Any:
    """A property or a member, and a path into it; null where the first of them is not there, as in a string."""
    if isinstance(value, dict) and isinstance(key, str):
        name = find_key(value, key)
        return None if name is None else _further(value[name], path)
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return _further(value[key], path)
    return None


def _further(value: Any, path: tuple[Any, ...]) -> Any:
    return value if isinstance(value, Unknown) else member_at(value, path)
