"""Property bags: making them, and asking, adding and removing keys."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import text_of, text_of_dynamic, to_json_text, wrap_dynamic


@function(
    "bag_pack(key: string, value: scalar, more: scalar*) -> dynamic",
    "pack(key: string, value: scalar, more: scalar*) -> dynamic",
    "pack_dictionary(key: string, value: scalar, more: scalar*) -> dynamic",
    nulls=True,
    types=True,
)
def bag_pack(*arguments: Any, types: tuple[str, ...]) -> dict[str, Any]:
    """A bag of keys and values in turn."""
    keys = [text_of(key, kind) for key, kind in zip(arguments[::2], types[::2], strict=False)]
    values = [wrap_dynamic(value, kind) for value, kind in zip(arguments[1::2], types[1::2], strict=False)]
    return dict(zip(keys, values, strict=False))


@function("bag_keys(bag: dynamic) -> dynamic")
def bag_keys(bag: Any) -> list[str] | None:
    """The keys, in order."""
    return list(bag) if isinstance(bag, dict) else None


@function("bag_has_key(bag: dynamic, key: string) -> bool")
def bag_has_key(bag: Any, key: str) -> bool | None:
    """Whether the bag has the key, which may be a path that starts with `$.`."""
    if not isinstance(bag, dict):
        return None
    return lookup(bag, json_path(key))[0]


@function("bag_merge(bag: dynamic, more: dynamic+) -> dynamic", nulls=True)
def bag_merge(*bags: Any) -> dict[str, Any] | None:
    """One bag of all keys; of a key in several bags the first counts. Null where there is no bag."""
    merged: dict[str, Any] = {}
    real = [bag for bag in bags if isinstance(bag, dict)]
    for bag in real:
        for key, value in bag.items():
            merged.setdefault(key, value)
    return merged if real else None


@function("bag_remove_keys(bag: dynamic, keys: dynamic) -> dynamic")
def bag_remove_keys(bag: Any, keys: Any) -> Any:
    """The bag without the given keys, which may be paths that start with `$.`."""
    if not isinstance(bag, dict):
        return None
    for key in keys if isinstance(keys, list) else []:
        if isinstance(key, str):
            bag = _without(bag, json_path(key))
    return bag


def _without(value: Any, path: tuple[str | int, ...]) -> Any:
    if not isinstance(value, dict) or not path or path[0] not in value:
        return value
    key = path[0]
    if len(path) == 1:
        return {name: member for name, member in value.items() if name != key}
    return {name: _without(member, path[1:]) if name == key else member for name, member in value.items()}


@function("bag_set_key(bag: dynamic, key: literal string, value: scalar) -> dynamic", nulls=True, types=True)
def bag_set_key(bag: Any, key: str, value: Any, *, types: tuple[str, ...]) -> Any:
    """The bag with the key set; the key may be a path that starts with `$.`."""
    return _with(bag, json_path(key), wrap_dynamic(value, types[2])) if isinstance(bag, dict) else None


def _with(bag: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    inner = bag if isinstance(bag, dict) else {}
    return {**inner, str(path[0]): _with(inner.get(path[0]), path[1:], value)}


@function("bag_zip(keys: dynamic, values: dynamic) -> dynamic", nulls=True)
def bag_zip(keys: Any, values: Any) -> dict[str, Any] | None:
    """A bag of an array of keys, those that are strings, and an array of values; a missing value is null."""
    if not isinstance(keys, list):
        return None
    found = values if isinstance(values, list) else []
    return {
        key: found[position] if position < len(found) else None
        for position, key in enumerate(keys)
        if isinstance(key, str)
    }


@function("treepath(bag: dynamic) -> dynamic")
def treepath(bag: Any) -> list[str] | None:
    """The path of every member, an array counting by its first."""
    return list(dict.fromkeys(_paths(bag, ""))) if isinstance(bag, dict) else None


def _paths(value: Any, path: str) -> list[str]:
    if isinstance(value, dict):
        inner = [step for key, member in value.items() for step in _paths(member, f"{path}['{key}']")]
        return inner if not path or path.endswith("[0]") else [path, *inner]
    if isinstance(value, list):
        return [path, *(step for member in value for step in _paths(member, f"{path}[0]"))]
    return [path]


@function("dynamic_to_json(value: dynamic) -> string")
def dynamic_to_json(value: Any) -> str:
    """JSON with the keys of every bag in order."""
    return to_json_text(_ordered(value)) if isinstance(value, (dict, list)) else text_of_dynamic(value)


@function("dynamic_to_json(value: scalar) -> string", types=True)
def dynamic_to_json_of(value: Any, *, types: tuple[str, ...]) -> str:
    """As `tostring`."""
    return text_of(value, types[0])


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(member) for member in value] if isinstance(value, list) else value


@lru_cache(maxsize=512)
def json_path(text: str) -> tuple[str | int, ...]:
    """The steps of a path such as `$.a['b'][0]`; a text that does not start with `$` is one key."""
    if not text.startswith("$"):
        return (text,)
    import re

    steps: list[str | int] = []
    pattern = re.compile(r"\.\.?([^.\[\]]+)|\[(?:'([^']*)'|\"([^\"]*)\"|(-?\d+))\]")
    position = 1
    while position < len(text):
        match = pattern.match(text, position)
        if match is None:
            return (text,)
        name = next((group for group in match.groups()[:3] if group is not None), None)
        steps.append(name if name is not None else int(match.group(4)))
        position = match.end()
    return tuple(steps)


def lookup(value: Any, path: tuple[str | int, ...]) -> tuple[bool, Any]:
    """Whether the path leads anywhere, and where to."""
    for step in path:
        inside = (
            step in value
            if isinstance(value, dict)
            else isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value)
        )
        if not inside:
            return False, None
        value = value[step]
    return True, value
