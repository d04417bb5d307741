"""Plain values of the manifest language → a Manifest, with everything that is left out filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from provisioner.load.builders.column_builder import columns
from provisioner.load.builders.stream_builder import streams
from provisioner.load.schema.shape_reader import Structure
from provisioner.model import (
    LOCAL_GROUP,
    LOCAL_LOCATION,
    LOCAL_SUBSCRIPTION,
    LOCAL_TENANT,
    PUBLISHER,
    Dcr,
    Endpoint,
    Grant,
    Manifest,
    Table,
    Target,
    Workspace,
)

_TARGET = ("subscription", "resource_group", "location")


def derive(values: dict[str, Any], environment: str | None, structure: Structure) -> Manifest:
    """The manifest for one environment. What is wrong leaves an empty value and a broken path behind."""
    name = values.get("name", "")
    target = _target(values.get("target"), structure)
    workspace = _workspace(values.get("workspace", {}), name, target)
    endpoint = _endpoint(values.get("endpoint"), name, workspace)
    tables = {key: _table(key, each) for key, each in values.get("tables", {}).items()}
    made = streams(values.get("streams", {}), tables, structure)
    dcrs = _dcrs(values, name, tuple(made), endpoint)
    return Manifest(
        name=name,
        target=target,
        workspace=workspace,
        environment=environment,
        endpoint=endpoint,
        tables=tables,
        streams=made,
        dcrs=dcrs,
        grants=dict(_grants(values.get("grants", {}), tuple(dcrs), structure)),
        tags=values.get("tags", {}),
        send=values.get("verify", {}).get("send", True),
    )


def _target(values: dict[str, Any] | None, structure: Structure) -> Target:
    """Under `local` everything has a value of its own."""
    values = values or {}
    cloud = values.get("cloud", "public")
    if cloud == "local":
        return Target(
            cloud,
            LOCAL_SUBSCRIPTION,
            values.get("resource_group", LOCAL_GROUP),
            _region(values, LOCAL_LOCATION),
            LOCAL_TENANT,
        )
    for key in _TARGET:
        path = ("target", key)
        if key not in values and path not in structure.broken and ("target",) not in structure.broken:
            structure.broken.add(path)
            hint = "write it under `target`, or choose the local Azure with -e local"
            structure.say("MAN003", f"{key!r} is missing in 'target'", path, hint)
    subscription, group = values.get("subscription", ""), values.get("resource_group", "")
    return Target(cloud, subscription, group, _region(values, ""), values.get("tenant"))


def _workspace(values: dict[str, Any], name: str, target: Target) -> Workspace:
    id_ = values.get("id")
    own = _last_segment(id_) if id_ else values.get("name", f"law-{name}")
    return Workspace(own, _region(values, target.location), values.get("retention"), id_)


def _endpoint(values: dict[str, Any] | None, name: str, workspace: Workspace) -> Endpoint | None:
    if values is None:
        return None
    id_ = values.get("id")
    own = _last_segment(id_) if id_ else values.get("name", f"dce-{name}")
    return Endpoint(own, _region(values, workspace.location), values.get("public_access", "enabled"), id_)


def _region(values: dict[str, Any], default: str) -> str:
    """The short form, which is what Azure answers with: `West Europe` is westeurope."""
    return str(values.get("location", default)).replace(" ", "").lower()


def _last_segment(id_: str) -> str:
    return id_.rstrip("/").rpartition("/")[2]


def _table(name: str, values: dict[str, Any]) -> Table:
    return Table(
        name,
        columns(values.get("columns", {})),
        values.get("plan", "analytics"),
        values.get("retention"),
        values.get("total_retention"),
        values.get("description"),
        values.get("existing", False),
    )


def _dcrs(values: dict[str, Any], name: str, keys: tuple[str, ...], endpoint: Endpoint | None) -> dict[str, Dcr]:
    """The DCRs as written; unlisted streams join the only one. Without any, one with all streams."""
    usual: Literal["shared", "direct"] = "shared" if endpoint else "direct"
    written = values.get("dcrs") or {}
    if not written:
        return {f"dcr-{name}": Dcr(f"dcr-{name}", keys, usual)} if keys else {}
    listed = {stream for each in written.values() for stream in each.get("streams", ())}
    # With several DCRs there is no telling which of them an unlisted stream belongs to; a rule says so.
    unlisted = tuple(key for key in keys if key not in listed) if len(written) == 1 else ()
    return {
        key: Dcr(key, (*each.get("streams", ()), *unlisted), each.get("endpoint", usual), each.get("description"))
        for key, each in written.items()
    }


def _grants(values: dict[str, Any], dcrs: tuple[str, ...], structure: Structure) -> Iterator[tuple[str, Grant]]:
    for name, each in values.items():
        path = ("grants", name, "principal")
        principal = each.get("principal")
        if principal is None and path in structure.broken:
            continue
        if principal is None and structure.places.find(path).rest:
            structure.broken.add(path)
            hint = "write the object id, or `self` for the identity that runs"
            structure.say("MAN003", f"'principal' is missing in {name!r}", path, hint)
        elif principal is None:
            words = f"the grant {name!r} is left out: its principal is null"
            structure.say("MAN013", words, path, "give the variable a value to make it", severity="info")
        else:
            wanted = each.get("dcrs", "all")
            yield (
                name,
                Grant(
                    name,
                    principal,
                    dcrs if wanted == "all" else tuple(wanted),
                    each.get("type", "ServicePrincipal"),
                    each.get("role", PUBLISHER),
                ),
            )
