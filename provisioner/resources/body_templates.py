"""Bodies of resources from the Jinja2 templates in `templates/definitions`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from provisioner.errors import BadRequestFile
from provisioner.model import TYPES
from provisioner.package_data import data_directory
from provisioner.resources.plain_keys import plain_members
from provisioner.resources.resource import Param, Ref
from provisioner.resources.resource_types import TYPES_IN_ORDER, Body, TypeName


class BodyTemplates:
    """The definitions in `templates/definitions`, each replaced by a file of its name in `overrides` if there is one.

    An override can include the built-in one: `{% set base %}{% include "builtin/dcr.json.j2" %}{% endset %}` and then
    `{{ base | merge({"tags": {"costcentre": "42"}}) }}`. Raises BadRequestFile for `overrides` that replace none.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        names = [f"{type_name}.json.j2" for type_name in TYPES_IN_ORDER]
        if overrides and not any((overrides / name).is_file() for name in names):
            raise BadRequestFile(f"{overrides} replaces no definition", hint=f"their names are {', '.join(names)}")
        self._environment = _environment(overrides)

    def render_body(self, type_name: TypeName, **variables: Any) -> Body:
        """The body of one resource. Raises BadRequestFile where an override is no template or gives no JSON object."""
        name = f"{type_name}.json.j2"
        try:
            text = self._environment.get_template(name).render(variables)
        except (TemplateError, TemplateNotFound, TypeError, ValueError) as error:
            raise BadRequestFile(
                f"the template {name} cannot be rendered: {error}", hint="compare it with ours in templates/definitions"
            ) from error
        try:
            body = json.loads(text, object_hook=_decode_placeholder)
        except ValueError as error:
            raise BadRequestFile(
                f"the template {name} gives no JSON: {error}", hint="write every value with the filter tojson"
            ) from error
        if not isinstance(body, dict):
            raise BadRequestFile(f"the template {name} gives a {type(body).__name__}, not an object")
        return body


# Kept: compiling the templates costs more than rendering them, and one `up` makes bodies several times. A changed file
# is compiled anew.
@cache
def _environment(overrides: Path | None) -> ImmutableSandboxedEnvironment:
    builtin = FileSystemLoader(data_directory("templates") / "definitions")
    own = [FileSystemLoader(overrides)] if overrides else []
    # Sandboxed: overrides come from the project, and a manifest from elsewhere must not run code.
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*own, builtin, PrefixLoader({"builtin": builtin})]),
        # A misspelt variable is an error, not an empty text in a body.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # The output is JSON, not HTML: every value goes through tojson instead.
        autoescape=False,
    )
    environment.filters.update(
        tojson=_tojson, ref=_ref, param=_param, spelling=_spell_type, merge=_merge, plain_members=plain_members
    )
    return environment


def _tojson(value: Any) -> str:
    """A value as JSON."""
    # Jinja's own filter of this name sorts keys and escapes for HTML.
    return json.dumps(dict(value) if isinstance(value, Mapping) else value, ensure_ascii=False)


def _ref(name: str, type_name: str, attribute: str = "id") -> str:
    """`{{ workspace.name | ref("workspace") }}`: the id of another resource, or another attribute of it."""
    return json.dumps({"$ref": [type_name, name, attribute]})


def _param(name: str, description: str = "") -> str:
    """A value that is supplied when a rendered template is deployed."""
    return json.dumps({"$param": [name, description]})


def _spell_type(name: str, owner: str) -> str:
    """A column type as a `table` or a `stream` spells it; a stream declares a guid as string."""
    type_ = TYPES[name]
    return type_.table if owner == "table" else type_.stream or "string"


def _merge(base: str, extra: Mapping[str, Any]) -> str:
    """A rendered body with more properties: mappings merge key by key, everything else replaces."""
    return json.dumps(_merged(json.loads(base), extra), ensure_ascii=False)


def _merged(base: Any, extra: Any) -> Any:
    if isinstance(base, dict) and isinstance(extra, Mapping):
        return base | {key: _merged(base.get(key), value) for key, value in extra.items()}
    return extra


def _decode_placeholder(value: dict[str, Any]) -> Any:
    """The objects that `ref` and `param` print become a Ref or Param; every other object stays."""
    # Nothing that an author writes becomes such an object: tags are the only mapping taken over, and their values are
    # text.
    match value:
        case {"$ref": [str() as type_name, str() as name, str() as attribute]} if len(value) == 1:
            return Ref((type_name, name), attribute)  # type: ignore[arg-type]
        case {"$param": [str() as name, str() as description]} if len(value) == 1:
            return Param(name, description)
    return value
