"""The data that travels with the package: templates and facts, in a checkout and in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent


@cache
def data(folder: str) -> Path:
    """The directory `templates` or `schemas`: beside the package in a checkout, inside it in a wheel."""
    packed = _HERE / "_data" / folder
    return packed if packed.is_dir() else _HERE.parent / folder


@cache
def facts(name: str) -> Any:
    """The parsed content of `schemas/<name>`, a YAML or JSON file; callers must not change it."""
    path = data("schemas") / name
    if path.suffix == ".json":
        import json

        return json.loads(path.read_bytes())
    import yaml

    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
