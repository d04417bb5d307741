"""Plain values of the manifest language → a Manifest, with everything that is left out filled in."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from provisioner.load.builders.endpoint_mode import default_endpoint_mode
from provisioner.load.builders.sender_builder import build_applications, build_grants
from provisioner.load.builders.stream_builder import build_columns, build_streams, build_workspace_transforms
from provisioner.load.schema.manifest_errors import ManifestErrors
from provisioner.model import (
    LOCAL_GROUP,
    LOCAL_LOCATION,
    Alerts,
    Dcr,
    Endpoint,
    EndpointMode,
    Manifest,
    Monitoring,
    Sku,
    Table,
    Target,
    Workspace,
    local_target,
)

_REQUIRED_TARGET_KEYS = ("subscription", "resource_group", "location")


def build_manifest(values: dict[str, Any], environment: str | None, errors: ManifestErrors) -> Manifest:
    """The manifest for one environment, from values that have the shape of the language.

    What is missing or wrong becomes an empty value, and its path is broken in `errors`.
    """
    name = values.get("name", "")
    target = _target(values.get("target"), errors)
    workspace = _workspace(values.get("workspace", {}), name, target)
    endpoint = _endpoint(values.get("endpoint"), name, workspace)
    tables = {table_name: _table(table_name, table) for table_name, table in values.get("tables", {}).items()}
    streams = build_streams(values.get("streams", {}), tables, errors)
    dcrs = _dcrs(values, name, tuple(streams), default_endpoint_mode(endpoint, target.cloud))
    return Manifest(
        name=name,
        target=target,
        workspace=workspace,
        environment=environment,
        endpoint=endpoint,
        tables=tables,
        streams=streams,
        dcrs=dcrs,
        applications=build_applications(values.get("applications", {}), target.cloud),
        grants=dict(build_grants(values.get("grants", {}), tuple(dcrs), errors)),
        tags=values.get("tags", {}),
        workspace_transforms=build_workspace_transforms(values.get("workspace_transforms", {}), tables, errors),
        monitoring=_monitoring(values.get("monitoring")),
        send=values.get("verify", {}).get("send", True),
    )


def _target(values: dict[str, Any] | None, errors: ManifestErrors) -> Target:
    """The target; under `local` every key has a default, elsewhere three are required."""
    values = values or {}
    cloud = values.get("cloud", "public")
    if cloud == "local":
        return local_target(values.get("resource_group", LOCAL_GROUP), _region(values, LOCAL_LOCATION))
    for key in _REQUIRED_TARGET_KEYS:
        path = ("target", key)
        # A key whose value was wrong has its own error: it is not reported as missing too.
        if key not in values and path not in errors.broken and ("target",) not in errors.broken:
            errors.broken.add(path)
            hint = "write it under `target`, or choose the local Azure with -e local"
            errors.add("MAN003", f"{key!r} is missing in 'target'", path, hint)
    subscription, group = values.get("subscription", ""), values.get("resource_group", "")
    return Target(cloud, subscription, group, _region(values, ""), values.get("tenant"))


def _workspace(values: dict[str, Any], name: str, target: Target) -> Workspace:
    id_ = values.get("id")
    own_name = _last_segment(id_) if id_ else values.get("name", f"law-{name}")
    public_access = values.get("public_access", {})
    return Workspace(
        own_name,
        _region(values, target.location),
        id=id_,
        sku=_sku(values.get("sku")),
        ingestion_access=public_access.get("ingestion"),
        query_access=public_access.get("query"),
        **_plain_attributes(Workspace, values, "name", "location", "id", "sku"),
    )


def _sku(value: Any) -> Sku | None:
    """The SKU of a word or of a mapping; None where it is left out or its number is wrong."""
    if isinstance(value, dict):
        return Sku(value["commitment"]) if "commitment" in value else None
    return Sku() if value == "pay_as_you_go" else None


def _endpoint(values: dict[str, Any] | None, name: str, workspace: Workspace) -> Endpoint | None:
    if values is None:
        return None
    id_ = values.get("id")
    own_name = _last_segment(id_) if id_ else values.get("name", f"dce-{name}")
    plain = _plain_attributes(Endpoint, values, "name", "location", "id")
    return Endpoint(own_name, _region(values, workspace.location), id=id_, **plain)


def _monitoring(values: dict[str, Any] | None) -> Monitoring | None:
    if values is None:
        return None
    alerts = values.get("alerts")
    return Monitoring(
        alerts=None if alerts is None else _alerts(alerts), **_plain_attributes(Monitoring, values, "alerts")
    )


def _alerts(values: dict[str, Any]) -> Alerts:
    return Alerts(tuple(values.get("action_groups", ())), **_plain_attributes(Alerts, values, "action_groups"))


def _plain_attributes(model: type[Any], values: dict[str, Any], *computed: str) -> dict[str, Any]:
    """The attributes of a class of the model that hold what a key of the same name does.

    What is not written keeps the default of the class. `computed`: the attributes that the caller gives.
    """
    names = (field.name for field in fields(model) if field.name not in computed)
    return {name: values[name] for name in names if name in values}


def _region(values: dict[str, Any], default: str) -> str:
    """The region in the short form that Azure answers with: `West Europe` is westeurope."""
    return str(values.get("location", default)).replace(" ", "").lower()


def _last_segment(id_: str) -> str:
    return id_.rstrip("/").rpartition("/")[2]


def _table(name: str, values: dict[str, Any]) -> Table:
    columns = build_columns(values.get("columns", {}))
    return Table(name, columns, plan_declared="plan" in values, **_plain_attributes(Table, values, "name", "columns"))


def _dcrs(values: dict[str, Any], name: str, keys: tuple[str, ...], default_endpoint: EndpointMode) -> dict[str, Dcr]:
    """The DCRs as written; unlisted streams join the only one. Without any, one with all streams."""
    written = values.get("dcrs") or {}
    if not written:
        return {f"dcr-{name}": Dcr(f"dcr-{name}", keys, default_endpoint)} if keys else {}
    listed = {stream for dcr in written.values() for stream in dcr.get("streams", ())}
    # Of several DCRs none is the obvious one for an unlisted stream: the rule stream_unlisted reports it.
    unlisted = tuple(key for key in keys if key not in listed) if len(written) == 1 else ()
    return {
        key: Dcr(
            key,
            (*dcr.get("streams", ()), *unlisted),
            dcr.get("endpoint", default_endpoint),
            system_assigned=dcr.get("identity") == "system_assigned",
            **_plain_attributes(Dcr, dcr, "name", "streams", "endpoint"),
        )
        for key, dcr in written.items()
    }
