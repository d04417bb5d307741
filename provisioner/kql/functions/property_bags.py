"""Property bags: packing, merging, and looking up, setting and removing keys."""

from __future__ import annotations

from functools import lru_cache

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Value, dynamic_to_text, to_json_text, to_text, wrap_dynamic


@scalar_function(
    "bag_pack(key: string, value: scalar, more: scalar*) -> dynamic",
    "pack(key: string, value: scalar, more: scalar*) -> dynamic",
    "pack_dictionary(key: string, value: scalar, more: scalar*) -> dynamic",
    handles_nulls=True,
    takes_types=True,
)
def bag_pack(*arguments: Value, types: tuple[str, ...]) -> dict[str, Value]:
    """A bag of keys and values in turn."""
    keys = [to_text(key, type_name) for key, type_name in zip(arguments[::2], types[::2], strict=False)]
    values = [wrap_dynamic(value, type_name) for value, type_name in zip(arguments[1::2], types[1::2], strict=False)]
    return dict(zip(keys, values, strict=False))


@scalar_function("bag_keys(bag: dynamic) -> dynamic")
def bag_keys(bag: Value) -> list[str] | None:
    """The keys, in order."""
    return list(bag) if isinstance(bag, dict) else None


@scalar_function("bag_has_key(bag: dynamic, key: string) -> bool")
def bag_has_key(bag: Value, key: str) -> bool | None:
    """Whether the bag has the key, which may be a path that starts with `$.`."""
    if not isinstance(bag, dict):
        return None
    return follow_path(bag, parse_json_path(key))[0]


@scalar_function("bag_merge(bag: dynamic, more: dynamic+) -> dynamic", handles_nulls=True)
def bag_merge(*bags: Value) -> dict[str, Value] | None:
    """One bag of all keys; of a key in several bags the first counts. Null where there is no bag."""
    merged: dict[str, Value] = {}
    actual_bags = [bag for bag in bags if isinstance(bag, dict)]
    for bag in actual_bags:
        for key, value in bag.items():
            merged.setdefault(key, value)
    return merged if actual_bags else None


@scalar_function("bag_remove_keys(bag: dynamic, keys: dynamic) -> dynamic")
def bag_remove_keys(bag: Value, keys: Value) -> Value:
    """The bag without the keys, which may be paths that start with `$.`."""
    if not isinstance(bag, dict):
        return None
    for key in keys if isinstance(keys, list) else []:
        if isinstance(key, str):
            bag = _remove_path(bag, parse_json_path(key))
    return bag


def _remove_path(value: Value, path: tuple[str | int, ...]) -> Value:
    if not isinstance(value, dict) or not path or path[0] not in value:
        return value
    key = path[0]
    if len(path) == 1:
        return {name: member for name, member in value.items() if name != key}
    return {name: _remove_path(member, path[1:]) if name == key else member for name, member in value.items()}


@scalar_function(
    "bag_set_key(bag: dynamic, key: literal string, value: scalar) -> dynamic", handles_nulls=True, takes_types=True
)
def bag_set_key(bag: Value, key: str, value: Value, *, types: tuple[str, ...]) -> Value:
    """The bag with the key set; the key may be a path that starts with `$.`."""
    return _set_path(bag, parse_json_path(key), wrap_dynamic(value, types[2])) if isinstance(bag, dict) else None


def _set_path(bag: Value, path: tuple[str | int, ...], value: Value) -> Value:
    if not path:
        return value
    # A step that leads to no bag makes one, in place of what was there.
    members = bag if isinstance(bag, dict) else {}
    key = str(path[0])
    return {**members, key: _set_path(members.get(key), path[1:], value)}


@scalar_function("bag_zip(keys: dynamic, values: dynamic) -> dynamic", handles_nulls=True)
def bag_zip(keys: Value, values: Value) -> dict[str, Value] | None:
    """A bag of an array of keys, those that are strings, and an array of values; a missing value is null."""
    if not isinstance(keys, list):
        return None
    members = values if isinstance(values, list) else []
    return {
        key: members[position] if position < len(members) else None
        for position, key in enumerate(keys)
        if isinstance(key, str)
    }


@scalar_function("treepath(bag: dynamic) -> dynamic")
def treepath(bag: Value) -> list[str] | None:
    """The path of every member; the members of an array share the path of its first."""
    return list(dict.fromkeys(_member_paths(bag, ""))) if isinstance(bag, dict) else None


def _member_paths(value: Value, path: str) -> list[str]:
    if isinstance(value, dict):
        paths = [inner for key, member in value.items() for inner in _member_paths(member, f"{path}['{key}']")]
        # As documented: the root has no path of its own, and neither has a bag inside an array.
        return paths if not path or path.endswith("[0]") else [path, *paths]
    if isinstance(value, list):
        return [path, *(inner for member in value for inner in _member_paths(member, f"{path}[0]"))]
    return [path]


@scalar_function("dynamic_to_json(value: dynamic) -> string")
def dynamic_to_json(value: Value) -> str:
    """JSON with the keys of every bag sorted."""
    return to_json_text(_with_sorted_keys(value)) if isinstance(value, (dict, list)) else dynamic_to_text(value)


@scalar_function("dynamic_to_json(value: scalar) -> string", takes_types=True)
def dynamic_to_json_of(value: Value, *, types: tuple[str, ...]) -> str:
    """As `tostring`."""
    return to_text(value, types[0])


def _with_sorted_keys(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _with_sorted_keys(value[key]) for key in sorted(value)}
    return [_with_sorted_keys(member) for member in value] if isinstance(value, list) else value


@lru_cache(maxsize=512)
def parse_json_path(text: str) -> tuple[str | int, ...]:
    """The steps of a path such as `$.a['b'][0]`; a text that does not start with `$`, or is no path, is one key."""
    if not text.startswith("$"):
        return (text,)
    # Imported here, with the pattern: most queries have no path, and `extract_json` remembers 512 of them.
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


def follow_path(value: Value, path: tuple[str | int, ...]) -> tuple[bool, Value]:
    """Whether the value has a member at the path, and that member."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str) and step in value:
            value = value[step]
            continue
        if not (isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value)):
            return False, None
        value = value[step]
    return True, value
