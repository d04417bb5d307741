"""What services add to resources that are kept as they were sent: addresses, ids, keys.

The values stand in `schemas/service_values.yaml`.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource


@cache
def _facts() -> dict[str, dict[str, Any]]:
    return {name.lower(): entry for name, entry in load_facts("service_values.yaml")["types"].items()}


def with_service_properties(state: EmulatorState, resource: StoredResource, properties: object) -> object:
    """The properties of a resource with what its service sets; what was sent wins."""
    declared = _facts().get(resource.type.lower(), {}).get("properties")
    if declared is None or not isinstance(properties, (dict, type(None))):
        return properties
    given = _filled(declared, _names(state, resource.id, str(resource.body.get("location", ""))))
    # At the top whole objects are added; further in, only an object that was sent is completed.
    return {**given, **{name: _completed(value, given.get(name)) for name, value in (properties or {}).items()}}


def _completed(sent: object, given: object) -> object:
    if not isinstance(sent, dict) or not isinstance(given, dict):
        return sent
    plain = {name: value for name, value in given.items() if not isinstance(value, dict)}
    return {**plain, **{name: _completed(value, given.get(name)) for name, value in sent.items()}}


def has_action(resource_type: str, action: str) -> bool:
    """Whether a type has a POST action that is answered here, in any case of letters."""
    return action.lower() in _actions(resource_type)


def action_answer(state: EmulatorState, resource_type: str, resource_id: str, action: str) -> Any:
    """What the POST action of a resource answers."""
    return _filled(_actions(resource_type)[action.lower()], _names(state, resource_id, ""))


def comes_with_parent(resource_type: str, name: str) -> bool:
    """Whether a resource of that name is there as soon as its parent is."""
    implied = _facts().get(resource_type.lower(), {}).get("implied", [])
    return name.lower() in [one.lower() for one in implied]


def _actions(resource_type: str) -> dict[str, Any]:
    actions = _facts().get(resource_type.lower(), {}).get("actions", {})
    return {name.lower(): answer for name, answer in actions.items()}


def _names(state: EmulatorState, resource_id: str, location: str) -> dict[str, str]:
    """What may be filled in; all of it follows from the id, so that it is the same each time."""
    segments = resource_id.split("/")
    names = {
        "id": resource_id,
        "name": segments[-1],
        "parent": segments[-3],
        "location": location,
        "group": resource_id.partition("/providers/")[0],
        "subscription": segments[2],
        "tenant": state.identity.tenant,
    }
    for number in ("", "2"):
        seed = f"{resource_id.lower()}{number}"
        names[f"guid{number}"] = str(uuid.uuid5(uuid.NAMESPACE_URL, seed))
        names[f"key{number}"] = base64.b64encode(hashlib.sha512(seed.encode()).digest()).decode()
    return names


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format_map(names)
    if isinstance(value, dict):
        return {key: _filled(inner, names) for key, inner in value.items()}
    return [_filled(inner, names) for inner in value] if isinstance(value, list) else value
