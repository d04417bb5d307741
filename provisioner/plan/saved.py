"""A plan in a file: what was reviewed, to be applied only while it still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner import __version__
from provisioner.errors import BadRequestFile, StalePlan
from provisioner.model import Target
from provisioner.plan.plan import Plan
from provisioner.plan.report import Where, data
from provisioner.resources import Graph, Param, Ref, Resource, resource_type, substitute


@dataclass(frozen=True, slots=True)
class Saved:
    """A reviewed plan: its desired resources, where they go, and the fingerprint that must still hold."""

    environment: str | None
    fingerprint: str
    target: Target
    desired: Graph
    owner: str | None
    prune: bool
    only: tuple[str, ...]
    allow: tuple[str, ...]
    tool: str


def dump(
    plan: Plan,
    target: Target,
    owner: str | None,
    *,
    principal: str | None = None,
    prune: bool = False,
    only: tuple[str, ...] = (),
    allow: tuple[str, ...] = (),
    where: Where | None = None,
) -> str:
    """The text of a saved plan: the public shape with the desired bodies. It holds no secret and no identity."""
    found = data(plan, where)
    found["target"] = {
        "cloud": target.cloud,
        "subscription": target.subscription,
        "tenant": target.tenant,
        "resource_group": target.resource_group,
        "location": target.location,
    }
    found["owner"] = owner
    found["options"] = {"prune": prune, "only": list(only), "allow": list(allow)}
    found["desired"] = [_resource(each, principal) for each in plan.desired]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def load(path: Path, principal: str | None = None) -> Saved:
    """Read a saved plan; grants of `self` become the acting identity's. Raises BadRequestFile for any other file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadRequestFile(f"{path} cannot be read as a saved plan: {error}") from error
    if not isinstance(found, dict) or found.get("version") != 1 or "desired" not in found:
        raise BadRequestFile(f"{path} is no saved plan", hint="make one with `provisioner plan --out FILE`")
    if found.get("tool") != __version__:
        raise BadRequestFile(
            f"{path} was made by version {found.get('tool')}, this is {__version__}", hint="plan again and review it"
        )
    try:
        options = found["options"]
        return Saved(
            environment=found["environment"],
            fingerprint=found["fingerprint"],
            target=Target(**found["target"]),
            desired=Graph(_read(each, principal) for each in found["desired"]),
            owner=found["owner"],
            prune=bool(options["prune"]),
            only=tuple(options["only"]),
            allow=tuple(options["allow"]),
            tool=found["tool"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequestFile(f"{path} is damaged: {error!r}", hint="plan again") from error


def require(expected: str, plan: Plan) -> None:
    """Raise StalePlan unless the plan has that fingerprint."""
    if plan.fingerprint != expected:
        raise StalePlan(expected, plan.fingerprint)


def _resource(each: Resource, principal: str | None) -> dict[str, Any]:
    """One desired resource; references as `$ref`, and the acting identity as `$param`."""
    body = substitute(each.body, _mark)
    found: dict[str, Any] = {
        "type": each.type.short,
        "name": each.name,
        "azure_name": each.azure_name,
        "id": each.id,
        "scope": list(each.scope) if each.scope else None,
        "after": [list(key) for key in each.after],
        "existing": each.existing,
        "path": list(each.path),
        "body": body,
    }
    if principal and f'"{principal}"' in json.dumps(body):
        found |= {"body": json.loads(json.dumps(body).replace(f'"{principal}"', '{"$param": ["principalId", ""]}'))}
        found |= {
            "azure_name": None,
            "id": None,
            "scope_id": str(each.id).partition(f"/providers/{each.type.name}/")[0],
        }
    return found


def _mark(value: Ref | Param) -> dict[str, Any]:
    if isinstance(value, Ref):
        return {"$ref": list(value.key)}
    return {"$param": [value.name, value.description]}


def _read(found: Mapping[str, Any], principal: str | None) -> Resource:
    type_ = resource_type(found["type"])
    body = _values(found["body"], principal)
    id_, name = found["id"], found["azure_name"]
    if id_ is None and principal is not None and type_.short == "grant":
        id_, name = _assignment(found, body, principal)
    scope = tuple(found["scope"]) if found["scope"] else None
    after = tuple(tuple(key) for key in found["after"])
    return Resource(
        type_,
        found["name"],
        name,
        id_,
        body,
        scope,
        after,
        bool(found["existing"]),
        tuple(found["path"]),
    )


def _assignment(found: Mapping[str, Any], body: Mapping[str, Any], principal: str) -> tuple[str, str]:
    from provisioner.resources.grant import assignment_name

    scope = str(found["scope_id"])
    role = str(body["properties"]["roleDefinitionId"]).rsplit("/", 1)[-1]
    name = assignment_name(scope, principal, role)
    return f"{scope}/providers/{resource_type('grant').name}/{name}", name


def _values(value: Any, principal: str | None) -> Any:
    match value:
        case {"$ref": [str() as short, str() as name]} if len(value) == 1:
            return Ref((short, name))  # type: ignore[arg-type]
        case {"$param": [str() as name, str() as description]} if len(value) == 1:
            return principal if principal is not None else Param(name, description)
        case dict():
            return {key: _values(inner, principal) for key, inner in value.items()}
        case list():
            return [_values(inner, principal) for inner in value]
    return value
