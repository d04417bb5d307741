"""All rules: our own, found by their place in the tree, and those that installed packages add."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from operator import attrgetter

from provisioner.diagnostics import Severity
from provisioner.validate.code_page import Page, page
from provisioner.validate.manifest_parts import KINDS
from provisioner.validate.rule import Rule

_TREE = importlib.import_module("provisioner.validate.rules")
GROUP = "provisioner.rules"
"""The entry point group of custom rules: each entry point names a Rule, or a module that holds some."""


_MILDER: dict[str, Severity] = {
    **dict.fromkeys(
        ("FIT001", "FIT002", "FIT006", "KQL203", "KQL204", "KQL206", "KQL207", "INC004", "MAN009"), "warning"
    ),
    **dict.fromkeys(("MAN006", "MAN013"), "info"),
}
"""Codes of earlier rooms under which nothing is refused."""


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by code. A code that two rules claim is a ValueError."""
    found: dict[str, Rule] = {}
    for each in (*_own(), *_installed()):
        if each.code in found:
            raise ValueError(f"{each.code} is claimed by {found[each.code].name} and {each.name}")
        if each.on not in KINDS:
            raise ValueError(f"{each.code} is on {each.on.__name__}, which is no part of a manifest")
        found[each.code] = each
    return tuple(found[code] for code in sorted(found))


@cache
def pages() -> tuple[Page, ...]:
    """The documentation of every code: the rules', and what loading and the transform language say."""
    from provisioner import kql, load

    ours = [each.page for each in rules() if not each.family]
    return tuple(sorted([*ours, *pages_of("load", load.CODES), *pages_of("kql", kql.CODES)], key=attrgetter("code")))


def pages_of(room: str, codes: Mapping[str, str]) -> list[Page]:
    """The pages of a room that keeps its codes as a mapping from code to docstring."""
    return [page(code, room, _MILDER.get(code, "error"), text) for code, text in codes.items()]


def explain(code: str) -> Page | None:
    """The page of a code, in whatever case it is written; None if nothing says it."""
    return next((each for each in pages() if each.code == code.upper()), None)


def _own() -> Iterator[Rule]:
    """One rule from each module below `rules/`, under the name of the file."""
    for _, family, _ in pkgutil.iter_modules(_TREE.__path__, f"{_TREE.__name__}."):
        package = importlib.import_module(family)
        for _, name, _ in pkgutil.iter_modules(package.__path__, f"{family}."):
            found = getattr(importlib.import_module(name), name.rpartition(".")[2])
            assert isinstance(found, Rule), name
            yield found


def _installed() -> Iterator[Rule]:
    if not any(map(_adds_rules, sys.path)):  # asking importlib.metadata costs more than all our own rules together
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        found = entry.load()
        yield from [found] if isinstance(found, Rule) else [r for r in vars(found).values() if isinstance(r, Rule)]


def _adds_rules(folder: str) -> bool:
    """Whether a package installed in a folder of the path may have entry points of our group."""
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return os.path.isfile(folder)  # noqa: PTH113 - an archive: only importlib.metadata can look into it
    return any(_mentions(os.path.join(name, "entry_points.txt")) for name in names)  # noqa: PTH118 - hundreds of them


def _mentions(file: str) -> bool:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - as above
            return f"[{GROUP}]".encode() in stream.read()
    except OSError:
        return False
