"""The Jinja2 environment that output formats are written with."""

from __future__ import annotations

import json
from functools import cache

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from provisioner.package_data import data_directory


@cache
def template_environment(format_name: str) -> ImmutableSandboxedEnvironment:
    """The templates of one format, from `templates/<format_name>`."""
    jinja = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(data_directory("templates") / format_name),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    # Jinja's own filter of this name sorts keys and escapes for HTML.
    jinja.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    return jinja
