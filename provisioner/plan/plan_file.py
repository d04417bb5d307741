"""A plan in a file: what was reviewed, to be applied only while it still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from provisioner._version import __version__
from provisioner.errors import BadRequestFile, StalePlan
from provisioner.model import Columns, Dcr, Endpoint, Grant, Manifest, Stream, Target, Workspace
from provisioner.plan.planning import Plan
from provisioner.plan.report import Where, data
from provisioner.resources import Graph, Param, Ref, Resource, resource_type, substitute


@dataclass(frozen=True, slots=True)
class Saved:
    """A reviewed plan: its desired resources, where they go, and the fingerprint that must still hold.

    `manifest` is as much of the author's as outputs and reports need; `root` is the manifest's directory.
    """

    manifest: Manifest
    root: Path
    fingerprint: str
    desired: Graph
    owner: str
    prune: bool
    only: tuple[str, ...]
    allow: tuple[str, ...]


def dump(
    plan: Plan,
    manifest: Manifest,
    *,
    principal: str | None = None,
    root: Path | None = None,
    prune: bool = False,
    only: tuple[str, ...] = (),
    allow: tuple[str, ...] = (),
    where: Where | None = None,
) -> str:
    """The text of a saved plan: the public shape with the desired bodies. It holds no secret and no identity.

    `root` is the manifest's directory as seen from the file's own.
    """
    found = data(plan, where)
    found["owner"] = manifest.owner
    found["root"] = root.as_posix() if root else None
    found["options"] = {"prune": prune, "only": list(only), "allow": list(allow)}
    found["manifest"] = _manifest(manifest)
    found["desired"] = [_resource(each, principal) for each in plan.desired]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def recognized(path: Path) -> bool:
    """Whether a path is to be read as a saved plan and not as a manifest."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return not isinstance(found, dict) or "fingerprint" in found or "workspace" not in found


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
        root = path.parent / found["root"] if found["root"] else Path()
        return Saved(
            manifest=_author(found["manifest"]),
            root=root if root.is_dir() else Path(),
            fingerprint=found["fingerprint"],
            desired=Graph(_read(each, principal) for each in found["desired"]),
            owner=found["owner"],
            prune=bool(options["prune"]),
            only=tuple(options["only"]),
            allow=tuple(options["allow"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequestFile(f"{path} is damaged: {error!r}", hint="plan again") from error


def _manifest(manifest: Manifest) -> dict[str, Any]:
    """What outputs and reports need of the author's words; the rest is in the bodies."""
    endpoint = manifest.endpoint
    return {
        "name": manifest.name,
        "environment": manifest.environment,
        "target": asdict(manifest.target),
        "workspace": {"name": manifest.workspace.name, "location": manifest.workspace.location},
        "endpoint": {"name": endpoint.name, "location": endpoint.location} if endpoint else None,
        "streams": {key: stream.name for key, stream in manifest.streams.items()},
        "dcrs": {name: {"streams": dcr.streams, "endpoint": dcr.endpoint} for name, dcr in manifest.dcrs.items()},
        "grants": {
            name: {"principal": "", "dcrs": grant.dcrs, "role": grant.role} for name, grant in manifest.grants.items()
        },
    }


def _author(found: Mapping[str, Any]) -> Manifest:
    return Manifest(
        name=found["name"],
        environment=found["environment"],
        target=Target(**found["target"]),
        workspace=Workspace(**found["workspace"]),
        endpoint=Endpoint(**found["endpoint"]) if found["endpoint"] else None,
        streams={key: Stream(key, name, Columns({}), ()) for key, name in found["streams"].items()},
        dcrs={name: Dcr(name, tuple(dcr["streams"]), dcr["endpoint"]) for name, dcr in found["dcrs"].items()},
        grants={
            name: Grant(name, grant["principal"], tuple(grant["dcrs"]), role=grant["role"])
            for name, grant in found["grants"].items()
        },
    )


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
    from provisioner.resources.grant_resource import assignment_name

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
