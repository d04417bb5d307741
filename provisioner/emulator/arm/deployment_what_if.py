"""What a deployment would change, as what-if tells it; it sees neither tables nor transforms, as in Azure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import request_bodies
from provisioner.emulator.arm.template_expressions import Unresolved, resolve
from provisioner.emulator.http.response import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.arm.deployment_template import Entry, Template
    from provisioner.emulator.http.request import Call

_ENVELOPE = {"id", "name", "type", "apiVersion", "etag"}


def changes(call: Call, template: Template, *, complete: bool, ids_only: bool) -> list[dict[str, Any]]:
    """One change for each resource of the template, and Ignore or Delete for the others of the group."""
    found = [_change(call, template, entry) for entry in template.entries if "/deployments/" not in entry.id]
    named = {entry.id.lower() for entry in template.entries}
    rest = "Delete" if complete else "Ignore"
    found += [
        {"resourceId": record.id, "changeType": rest, "before": record.body}
        for record in call.world.store.below(f"{call.scope}/providers/")
        if record.key not in named and record.body.get("location")
    ]
    if ids_only:
        return [{"resourceId": each["resourceId"], "changeType": _brief(each["changeType"])} for each in found]
    return found


def _brief(kind: str) -> str:
    # Without payloads nothing is compared: what exists is said to be deployed.
    return "Deploy" if kind in {"Modify", "NoChange"} else kind


def _change(call: Call, template: Template, entry: Entry) -> dict[str, Any]:
    after = {
        **_tolerant(entry.body, template),
        "id": entry.id,
        "name": entry.id.rpartition("/")[2],
        "type": entry.type,
        "apiVersion": entry.version,
    }
    before = _live(call, entry)
    if before is None:
        return {"resourceId": entry.id, "changeType": "Create", "after": after}
    delta = list(_deltas(_writable(entry.type, before), _writable(entry.type, after), ""))
    kind = "Modify" if any(each["propertyChangeType"] != "NoEffect" for each in delta) else "NoChange"
    return {"resourceId": entry.id, "changeType": kind, "before": before, "after": after, "delta": delta}


def _live(call: Call, entry: Entry) -> dict[str, Any] | None:
    target = replace(
        call, method="GET", path=entry.id, query={}, headers={}, content=b"", names={}, api_version=entry.version
    )
    given = call.world.dispatch(target)
    if given.status >= 400:
        return None
    body: dict[str, Any] = json.loads(given.body) if isinstance(given.body, str) else given.body
    return body


def _tolerant(value: Any, template: Template) -> Any:
    """A body with what is known so far; an expression about a resource still to come stays as it is."""
    if isinstance(value, dict):
        return {key: _tolerant(inner, template) for key, inner in value.items()}
    if isinstance(value, list):
        return [_tolerant(inner, template) for inner in value]
    try:
        return resolve(value, template.context)
    except Unresolved:
        return value


def _writable(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        known = request_bodies.accept(kind, body)
    except (KeyError, Refusal):
        known = {key: value for key, value in body.items() if key not in {"systemData", "etag"}}
    return {key: value for key, value in known.items() if key not in _ENVELOPE}


def _deltas(before: Any, after: Any, path: str) -> Iterator[dict[str, Any]]:
    """The properties that differ; what the template leaves out is told as Delete, defaults of the service too."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            below = f"{path}.{key}".lstrip(".")
            if key not in after:
                if before[key] not in (None, {}, []):
                    yield {
                        "path": below,
                        "propertyChangeType": "Delete",
                        "before": before[key],
                        "after": None,
                        "children": None,
                    }
            elif key not in before:
                yield {
                    "path": below,
                    "propertyChangeType": "Create",
                    "before": None,
                    "after": after[key],
                    "children": None,
                }
            else:
                yield from _deltas(before[key], after[key], below)
    elif isinstance(before, list) and isinstance(after, list):
        if children := list(_items(before, after)):
            yield {"path": path, "propertyChangeType": "Array", "before": None, "after": None, "children": children}
    elif not _same(before, after):
        yield {"path": path, "propertyChangeType": "Modify", "before": before, "after": after, "children": None}


def _items(before: list[Any], after: list[Any]) -> Iterator[dict[str, Any]]:
    for index in range(max(len(before), len(after))):
        if index >= len(after):
            yield {
                "path": str(index),
                "propertyChangeType": "Delete",
                "before": before[index],
                "after": None,
                "children": None,
            }
        elif index >= len(before):
            yield {
                "path": str(index),
                "propertyChangeType": "Create",
                "before": None,
                "after": after[index],
                "children": None,
            }
        elif inner := list(_deltas(before[index], after[index], "")):
            yield {
                "path": str(index),
                "propertyChangeType": "Modify",
                "before": before[index],
                "after": after[index],
                "children": inner,
            }


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return before.replace(" ", "").lower() == after.replace(" ", "").lower()
    return bool(before == after)
