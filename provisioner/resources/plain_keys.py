"""Keys of the manifest whose value stands in Azure's body as it is: their places are facts, read in both directions.

`keys: {description: properties.description}` in `schemas/resources/<type>.yaml` is all that such a key needs here:
templates write it with the filter `plain_members`, and `flatten` reads it with `plain_fields`.
"""

from __future__ import annotations

import json
from typing import Any

from provisioner.resources.resource_types import Body, ResourceType, TypeName, resource_type


def plain_members(section: object, type_name: TypeName, parent: str) -> str:
    """The members of the object at the dotted path `parent` that are plain keys, each with a comma behind it.

    `section` is the value of the model that has the keys as attributes; one that is None is left out. For templates:
    `{{ dcr | plain_members("dcr", "properties") }}`.
    """
    members = []
    for key, path in resource_type(type_name).keys.items():
        place, _, name = path.rpartition(".")
        value = getattr(section, key)
        if place == parent and value is not None:
            members.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},")
    return "\n".join(members)


def plain_fields(body: Body, type_: ResourceType) -> dict[str, Any]:
    """The plain keys with their values in a body; what Azure has empty is left out."""
    values = {key: _value_at(body, path) for key, path in type_.keys.items()}
    return {key: value for key, value in values.items() if value not in (None, "")}


def _value_at(body: Any, path: str) -> Any:
    value = body
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
