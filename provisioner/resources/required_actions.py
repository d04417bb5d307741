"""The actions (rights) that writing and deleting a resource needs, and the built-in roles that have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from provisioner.package_data import load_facts
from provisioner.resources.resource_types import ResourceType


def write_actions(type_: ResourceType, changed: Iterable[str] = ()) -> tuple[str, ...]:
    """What creating or changing a resource needs; `changed` are the dotted paths that differ."""
    rights = type_.write.rights
    # One action for creation and change: Azure's providers do not tell them apart.
    own = rights.get("write", (f"{type_.arm_type}/write",))
    more = [action for path in changed for action in rights.get(path, ())]
    return tuple(dict.fromkeys((*own, *more)))


def delete_actions(type_: ResourceType) -> tuple[str, ...]:
    """What deleting a resource needs."""
    return type_.write.rights.get("delete", (f"{type_.arm_type}/delete",))


def allows(permission: Mapping[str, Any], action: str) -> bool:
    """Whether one entry of a permissions list (`actions`, `notActions`) allows an action, whatever its case."""
    return _any_matches(permission.get("actions"), action) and not _any_matches(permission.get("notActions"), action)


def roles_with(action: str) -> tuple[str, ...]:
    """The names of the built-in roles that have an action, those with the fewest other rights first."""
    return tuple(
        role["name"]
        for role in load_facts("roles.yaml")["definitions"]
        if allows({"actions": role["actions"], "notActions": role["not_actions"]}, action)
    )


def _any_matches(patterns: Iterable[str] | None, action: str) -> bool:
    return any(_compiled(pattern).fullmatch(action) for pattern in patterns or ())


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*"), re.IGNORECASE)
