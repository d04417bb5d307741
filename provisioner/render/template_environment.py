"""The Jinja2 environment that formats are printed with."""

from __future__ import annotations

import json
from functools import cache

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from provisioner.package_data import data_directory


@cache
def environment(form: str) -> ImmutableSandboxedEnvironment:
    """The templates of one format, from `templates/<form>`."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(data_directory("templates") / form),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    made.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    return made
