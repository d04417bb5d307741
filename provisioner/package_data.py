"""The data that travels with the package: templates and facts, in a checkout and in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


@cache
def data_directory(folder: str) -> Path:
    """The directory `templates` or `schemas`: beside the package in a checkout, inside it in a wheel."""
    packed = _PACKAGE / "_data" / folder
    return packed if packed.is_dir() else _PACKAGE.parent / folder


@cache
def load_facts(name: str) -> Any:
    """The parsed content of `schemas/<name>`, a YAML or JSON file; callers must not change it."""
    path = data_directory("schemas") / name
    if path.suffix == ".json":
        import json

        return json.loads(path.read_bytes())
    import yaml

    # libyaml's loader is several times faster than the one in Python, and absent where PyYAML was built without it.
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
