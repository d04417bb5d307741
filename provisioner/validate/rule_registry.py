"""All rules: those of this package, and those that installed packages add."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from functools import cache

from provisioner.validate.manifest_parts import PART_TYPES
from provisioner.validate.rule import Rule

_RULE_PACKAGE = importlib.import_module("provisioner.validate.rules")
ENTRY_POINT_GROUP = "provisioner.rules"
"""The entry point group of custom rules: each entry point names a Rule, or a module that contains some."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by code. Raises ValueError for a code that two rules claim."""
    by_code: dict[str, Rule] = {}
    for rule in (*_bundled_rules(), *_installed_rules()):
        if rule.code in by_code:
            raise ValueError(f"{rule.code} is claimed by {by_code[rule.code].name} and {rule.name}")
        if rule.on not in PART_TYPES:
            raise ValueError(f"{rule.code} is on {rule.on.__name__}, which is no part of a manifest")
        by_code[rule.code] = rule
    return tuple(by_code[code] for code in sorted(by_code))


def _bundled_rules() -> Iterator[Rule]:
    """The rules below `rules/`: one a module, named like the module."""
    for _, family, _ in pkgutil.iter_modules(_RULE_PACKAGE.__path__, f"{_RULE_PACKAGE.__name__}."):
        package = importlib.import_module(family)
        for _, name, _ in pkgutil.iter_modules(package.__path__, f"{family}."):
            rule = getattr(importlib.import_module(name), name.rpartition(".")[2])
            assert isinstance(rule, Rule), name
            yield rule


def _installed_rules() -> Iterator[Rule]:
    # Reading all metadata through importlib costs more time than running all our own rules: look for the group first.
    if not any(map(_may_add_rules, sys.path)):
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group=ENTRY_POINT_GROUP):
        loaded = entry.load()
        yield from [loaded] if isinstance(loaded, Rule) else [r for r in vars(loaded).values() if isinstance(r, Rule)]


def _may_add_rules(folder: str) -> bool:
    """Whether a package installed in a folder of `sys.path` may declare entry points of our group."""
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return os.path.isfile(folder)  # noqa: PTH113 - an archive: only importlib.metadata can look into it
    return any(_declares_group(os.path.join(name, "entry_points.txt")) for name in names)  # noqa: PTH118 - hundreds of them


def _declares_group(file: str) -> bool:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - as above
            return f"[{ENTRY_POINT_GROUP}]".encode() in stream.read()
    except OSError:
        return False
