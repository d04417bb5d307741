"""Operators that break any manifest, whatever it holds: they walk the tree and know the facts, not the rules."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from tests.support.mutants import REGIONS, TYPES, Mutant, Tree

Path = tuple[str | int, ...]


def mutants_of(tree: Tree) -> Iterator[Mutant]:
    """Every mutant of every operator."""
    for operator in (table_types, references, names, locations, transforms):
        for name, mutant in operator(tree):
            yield f"{operator.__name__}: {name}", mutant


def table_types(tree: Tree) -> Iterator[Mutant]:
    """Each column that some flow writes, of each other type."""
    streams = str(tree.get("streams", {}))
    for table, entry in tree.get("tables", {}).items():
        # What nothing of ours writes may have any type.
        if table not in streams:
            continue
        for column, type_ in entry.get("columns", {}).items():
            kind = type_["type"] if isinstance(type_, dict) else type_
            for other in TYPES:
                if other != kind and not {other, kind} <= {"boolean", "bool"}:
                    yield f"{table}.{column} {other}", put(tree, other, "tables", table, "columns", column)


def references(tree: Tree) -> Iterator[Mutant]:
    """Each word that names something else, with a letter more."""
    for path, name in _references(tree):
        yield f"{_path_text(path)} {name}", put(tree, name + "x", *path)


def names(tree: Tree) -> Iterator[Mutant]:
    """Each table, stream, column and resource under a name that its kind may not bear."""
    for table in tree.get("tables", {}):
        if table.endswith("_CL"):
            for bad in (table[:-3], table.lower(), table[:-3] + " _CL", table[:-3] + "/_CL", "T" * 61 + "_CL"):
                yield f"table {bad}", _renamed(tree, table, bad)
            for column in ("Bad Name", "bad-name", "1bad", "Type", "TenantId", "_ResourceId", "c" * 46):
                yield f"{table} column {column}", put(tree, "string", "tables", table, "columns", column)
    for key, stream in tree.get("streams", {}).items():
        if isinstance(stream, dict) and "stream" not in stream:
            yield f"stream {key}", _renamed(tree, key, key.removeprefix("Custom-"))
    for part, bad in (("workspace", "law_x"), ("workspace", "-law"), ("workspace", "la"), ("endpoint", "d" * 45)):
        if "name" in tree.get(part, {}):
            yield f"{part} {bad}", put(tree, bad, part, "name")


def locations(tree: Tree) -> Iterator[Mutant]:
    """Each region misspelt, and the endpoint's moved."""
    for path, region in _walk(tree):
        if path[-1] == "location" and path[0] != "environments":
            yield f"{_path_text(path)} misspelt", put(tree, region[:-1], *path)
            other = next(iter(REGIONS["clouds"]["china"]))
            yield f"{_path_text(path)} in another cloud", put(tree, other, *path)
    if "endpoint" in tree:
        yield "endpoint elsewhere", put(tree, "brazilsouth", "endpoint", "location")


def transforms(tree: Tree) -> Iterator[Mutant]:
    """Each function and assigned column misspelt, each stream column gone, operators of other dialects."""
    for path, text in _walk(tree):
        if path[-1] != "transform" or path[0] == "environments":
            continue
        stream = tree["streams"][path[1]] if path[0] == "streams" else {}
        for match in re.finditer(r"\b(to\w+|is\w+|parse_json|strcat|iff|case|extract|split|tolower)\(", text):
            mutant = text[: match.end(1)] + "x" + text[match.end(1) :]
            yield f"{_path_text(path)} {match[1]} at {match.start()}", put(tree, mutant, *path)
        for match in re.finditer(r"(?<=[,\s])([A-Za-z_]\w*)\s*=(?![=~])", text[text.rfind("| project") :]):
            at = text.rfind("| project") + match.end(1)
            yield f"{_path_text(path)} column {match[1]}", put(tree, text[:at] + "x" + text[at:], *path)
        for column in stream.get("columns", {}):
            if re.search(rf"\b{re.escape(column)}\b", text):
                columns = {name: type_ for name, type_ in stream["columns"].items() if name != column}
                yield f"{_path_text(path)} without {column}", put(tree, columns, "streams", path[1], "columns")
        for more in (
            "summarize count() by TimeGenerated",
            "take 1",
            "sort by TimeGenerated",
            "project-away TimeGenerated",
        ):
            yield f"{_path_text(path)} | {more}", put(tree, f"{text.rstrip()}\n| {more}", *path)


def put(tree: Tree, value: Any, *path: str | int) -> Tree:
    """A copy with one value replaced."""
    changed = copy.deepcopy(tree)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def _references(tree: Tree) -> Iterator[tuple[Path, str]]:
    for path, name in _walk(tree):
        table = path[0] == "streams" and (path[-1] == "table" or len(path) == 2)
        listed = path[0] in {"dcrs", "grants"} and path[2:3] in {("streams",), ("dcrs",)} and name != "all"
        if table or listed:
            yield path, name


def _walk(tree: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text with its path, but for samples and tests."""
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key not in {"samples", "tests", "variables", "description"}:
                yield from _walk(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _walk(value, (*path, index))


def _renamed(tree: Any, old: str, new: str) -> Any:
    if isinstance(tree, dict):
        return {(new if key == old else key): _renamed(value, old, new) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_renamed(value, old, new) for value in tree]
    return new if tree == old else tree


def _path_text(path: Path) -> str:
    return ".".join(map(str, path))
