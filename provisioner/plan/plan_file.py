"""A plan saved to a file: reviewed once, and applied only while its fingerprint still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from provisioner._version import __version__
from provisioner.errors import BadRequestFile, StalePlan
from provisioner.model import Columns, Dcr, Endpoint, Grant, Manifest, Stream, Target, Workspace
from provisioner.operating_system import relative_path
from provisioner.plan.plan_options import PlanOptions
from provisioner.plan.planning import Plan
from provisioner.plan.report import report_data
from provisioner.reports.report_format import FindPlace
from provisioner.resources import Graph, Param, Ref, Resource, resource_type, substitute


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The content of a plan file: the desired resources, the options of the plan, and the fingerprint that must hold.

    `manifest_outline` has the parts that a plan and its outputs need: the target, the names of resources and streams.
    It has no tables, columns or transforms. `root` is the manifest's directory.
    """

    manifest_outline: Manifest
    root: Path
    fingerprint: str
    desired: Graph
    owner: str
    options: PlanOptions


def dump_plan(
    plan: Plan,
    manifest: Manifest,
    *,
    principal: str | None = None,
    root: Path | None = None,
    find_place: FindPlace | None = None,
) -> str:
    """The text of a plan file: the public shape of a plan with the desired bodies. It holds no secret and no identity.

    `root` is the manifest's directory relative to the plan file's, so that both can move together.
    """
    content = report_data(plan, find_place)
    content["owner"] = manifest.owner
    content["root"] = root.as_posix() if root else None
    options = plan.options
    content["options"] = {"prune": options.prune, "only": list(options.only), "allow": list(options.allow)}
    content["manifest"] = _manifest_data(manifest)
    content["desired"] = [_resource_data(resource, principal) for resource in plan.desired]
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def save_plan(
    plan: Plan, manifest: Manifest, file: Path, root: Path, principal: str | None, find_place: FindPlace | None = None
) -> None:
    """Write a plan file; `root` is the manifest's directory, `principal` the acting identity's object id."""
    # Relative to the plan file: pipelines plan and apply in different directories.
    relative_root = relative_path(root, file.resolve().parent)
    text = dump_plan(plan, manifest, principal=principal, root=relative_root, find_place=find_place)
    file.write_text(text, encoding="utf-8", newline="\n")


def is_plan_file(path: Path) -> bool:
    """Whether a path is a plan file and not a manifest, which may be JSON too."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True  # `load_plan` then says why it cannot be read
    return not isinstance(content, dict) or "fingerprint" in content or "workspace" not in content


def load_plan(path: Path, principal: str | None = None) -> PlanFile:
    """Read a plan file. `principal` is the object id that `principal: self` stands for, None before signing in.

    Raises BadRequestFile where the file is damaged, no plan, or written by another version.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadRequestFile(f"{path} cannot be read as a saved plan: {error}") from error
    if not isinstance(content, dict) or content.get("version") != 1 or "desired" not in content:
        raise BadRequestFile(f"{path} is no saved plan", hint="make one with `provisioner plan --out FILE`")
    # Another version may build or compare bodies otherwise: a fingerprint holds within one version only.
    if content.get("tool") != __version__:
        raise BadRequestFile(
            f"{path} was made by version {content.get('tool')}, this is {__version__}", hint="plan again and review it"
        )
    try:
        options = content["options"]
        root = path.parent / content["root"] if content["root"] else Path()
        return PlanFile(
            manifest_outline=_parse_manifest(content["manifest"]),
            root=root if root.is_dir() else Path(),
            fingerprint=content["fingerprint"],
            desired=Graph(_parse_resource(resource, principal) for resource in content["desired"]),
            owner=content["owner"],
            options=PlanOptions(tuple(options["only"]), bool(options["prune"]), tuple(options["allow"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequestFile(f"{path} is damaged: {error!r}", hint="plan again") from error


def _manifest_data(manifest: Manifest) -> dict[str, Any]:
    """The parts of the manifest that outputs and reports need; the rest is in the bodies."""
    endpoint = manifest.endpoint
    return {
        "name": manifest.name,
        "environment": manifest.environment,
        "target": asdict(manifest.target),
        "workspace": {"name": manifest.workspace.name, "location": manifest.workspace.location},
        "endpoint": {"name": endpoint.name, "location": endpoint.location} if endpoint else None,
        "streams": {key: stream.name for key, stream in manifest.streams.items()},
        "dcrs": {name: {"streams": dcr.streams, "endpoint": dcr.endpoint} for name, dcr in manifest.dcrs.items()},
        # No principals: a plan file is shown in pull requests, and outputs do not need them.
        "grants": {
            name: {"principal": "", "dcrs": grant.dcrs, "role": grant.role} for name, grant in manifest.grants.items()
        },
    }


def _parse_manifest(data: Mapping[str, Any]) -> Manifest:
    return Manifest(
        name=data["name"],
        environment=data["environment"],
        target=Target(**data["target"]),
        workspace=Workspace(**data["workspace"]),
        endpoint=Endpoint(**data["endpoint"]) if data["endpoint"] else None,
        streams={key: Stream(key, name, Columns({}), ()) for key, name in data["streams"].items()},
        dcrs={name: Dcr(name, tuple(dcr["streams"]), dcr["endpoint"]) for name, dcr in data["dcrs"].items()},
        grants={
            name: Grant(name, grant["principal"], tuple(grant["dcrs"]), role=grant["role"])
            for name, grant in data["grants"].items()
        },
    )


def require_fingerprint(expected: str, plan: Plan) -> None:
    """Raise StalePlan unless the plan has the expected fingerprint."""
    if plan.fingerprint != expected:
        raise StalePlan(expected, plan.fingerprint)


def _resource_data(resource: Resource, principal: str | None) -> dict[str, Any]:
    """One desired resource; references are written as `$ref`, the acting identity as `$param`."""
    body = substitute(resource.body, _reference_data)
    data: dict[str, Any] = {
        "type": resource.type.short_name,
        "name": resource.name,
        "azure_name": resource.azure_name,
        "id": resource.id,
        "scope": list(resource.scope) if resource.scope else None,
        "after": [list(key) for key in resource.after],
        "existing": resource.existing,
        "path": list(resource.path),
        "create_only": list(resource.create_only),
        "converts": resource.converts,
        "body": body,
    }
    # The name of a role assignment is derived from its principal: it is computed when the plan is loaded.
    if principal and f'"{principal}"' in json.dumps(body):
        data |= {"body": json.loads(json.dumps(body).replace(f'"{principal}"', '{"$param": ["principalId", ""]}'))}
        data |= {
            "azure_name": None,
            "id": None,
            "scope_id": str(resource.id).partition(f"/providers/{resource.type.arm_type}/")[0],
        }
    return data


def _reference_data(value: Ref | Param) -> dict[str, Any]:
    if isinstance(value, Ref):
        return {"$ref": [*value.key, value.attribute]}
    return {"$param": [value.name, value.description]}


def _parse_resource(data: Mapping[str, Any], principal: str | None) -> Resource:
    type_ = resource_type(data["type"])
    body = _parse_values(data["body"], principal)
    id_, name = data["id"], data["azure_name"]
    if id_ is None and principal is not None and type_.short_name == "grant":
        id_, name = _assignment_identity(data, body, principal)
    scope = tuple(data["scope"]) if data["scope"] else None
    after = tuple(tuple(key) for key in data["after"])
    return Resource(
        type_,
        data["name"],
        name,
        id_,
        body,
        scope,
        after,
        bool(data["existing"]),
        tuple(data["path"]),
        tuple(data["create_only"]),
        bool(data["converts"]),
    )


def _assignment_identity(data: Mapping[str, Any], body: Mapping[str, Any], principal: str) -> tuple[str, str]:
    from provisioner.resources.grant_resource import assignment_name

    scope = str(data["scope_id"])
    role = str(body["properties"]["roleDefinitionId"]).rsplit("/", 1)[-1]
    name = assignment_name(scope, principal, role)
    return f"{scope}/providers/{resource_type('grant').arm_type}/{name}", name


def _parse_values(value: Any, principal: str | None) -> Any:
    match value:
        case {"$ref": [str() as type_name, str() as name, str() as attribute]} if len(value) == 1:
            return Ref((type_name, name), attribute)  # type: ignore[arg-type]
        case {"$param": [str() as name, str() as description]} if len(value) == 1:
            return principal if principal is not None else Param(name, description)
        case dict():
            return {key: _parse_values(inner, principal) for key, inner in value.items()}
        case list():
            return [_parse_values(inner, principal) for inner in value]
    return value
