"""Bodies out of Jinja2 templates: the one place where a definition is described."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from provisioner.errors import BadRequestFile
from provisioner.model import TYPES
from provisioner.package_data import data_directory
from provisioner.resources.resource import Param, Ref
from provisioner.resources.resource_types import SHORTS, Body, Short


class Templates:
    """The definitions in `templates/definitions`, each replaced by a file of its name in `overrides` if there is one.

    An override can build on ours: `{% set base %}{% include "builtin/dcr.json.j2" %}{% endset %}` and then
    `{{ base | merge({"tags": {"costcentre": "42"}}) }}`. Raises BadRequestFile for `overrides` that replace none.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        names = [f"{short}.json.j2" for short in SHORTS]
        if overrides and not any((overrides / name).is_file() for name in names):
            raise BadRequestFile(f"{overrides} replaces no definition", hint=f"their names are {', '.join(names)}")
        builtin = FileSystemLoader(data_directory("templates") / "definitions")
        own = [FileSystemLoader(overrides)] if overrides else []
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, builtin, PrefixLoader({"builtin": builtin})]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # JSON: every value goes through tojson
        )
        self._environment.filters.update(tojson=_tojson, ref=_ref, param=_param, spelling=_spelling, merge=_merge)

    def body(self, short: Short, **variables: Any) -> Body:
        """The body of one resource. Raises BadRequestFile where an override is no template or gives no JSON object."""
        name = f"{short}.json.j2"
        try:
            text = self._environment.get_template(name).render(variables)
        except (TemplateError, TemplateNotFound, TypeError, ValueError) as error:
            raise BadRequestFile(
                f"the template {name} cannot be rendered: {error}", hint="compare it with ours in templates/definitions"
            ) from error
        try:
            body = json.loads(text, object_hook=_values)
        except ValueError as error:
            raise BadRequestFile(
                f"the template {name} gives no JSON: {error}", hint="write every value with the filter tojson"
            ) from error
        if not isinstance(body, dict):
            raise BadRequestFile(f"the template {name} gives a {type(body).__name__}, not an object")
        return body


def _tojson(value: Any) -> str:
    """JSON with key order kept; Jinja's own filter sorts keys and escapes for HTML."""
    return json.dumps(dict(value) if isinstance(value, Mapping) else value, ensure_ascii=False)


def _ref(name: str, short: str) -> str:
    """`{{ workspace.name | ref("workspace") }}`: the id of another resource."""
    return json.dumps({"$ref": [short, name]})


def _param(name: str, description: str = "") -> str:
    """A value that whoever deploys supplies."""
    return json.dumps({"$param": [name, description]})


def _spelling(type_: str, place: str) -> str:
    """How a `table` or a `stream` spells a column type; a stream declares a guid as string."""
    known = TYPES[type_]
    return known.table if place == "table" else known.stream or "string"


def _merge(base: str, extra: Mapping[str, Any]) -> str:
    """A rendered body with more properties: mappings merge key by key, everything else replaces."""
    return json.dumps(_merged(json.loads(base), extra), ensure_ascii=False)


def _merged(base: Any, extra: Any) -> Any:
    if isinstance(base, dict) and isinstance(extra, Mapping):
        return base | {key: _merged(base.get(key), value) for key, value in extra.items()}
    return extra


def _values(found: dict[str, Any]) -> Any:
    """Our two marks become values; nothing an author writes can look like them, since tag values are text."""
    match found:
        case {"$ref": [str() as short, str() as name]} if len(found) == 1:
            return Ref((short, name))  # type: ignore[arg-type]
        case {"$param": [str() as name, str() as description]} if len(found) == 1:
            return Param(name, description)
    return found
