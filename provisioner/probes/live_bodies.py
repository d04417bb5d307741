"""What the bodies of live tables and DCRs say, as Azure returns them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.resources import Body

STOPPED_INGESTION = frozenset({"OverQuota", "ForceOff", "SubscriptionSuspended"})
"""Values of a workspace's `workspaceCapping.dataIngestionStatus` under which it takes no rows."""


@dataclass(frozen=True, slots=True)
class LiveFlow:
    """A flow of a live DCR: the table it leads to, its transform, and the names of its destinations."""

    table: str
    transform: str
    destinations: tuple[str, ...]


def properties_of(body: Body | None) -> Mapping[str, Any]:
    """A body's properties; empty where there is no body."""
    return (body or {}).get("properties") or {}


def table_plan(table: Body | None) -> str:
    """The plan of a live table as the manifest spells it; analytics where Azure does not say."""
    return str(properties_of(table).get("plan") or "analytics").lower()


def stream_columns(dcr: Body | None, stream: str) -> dict[str, str] | None:
    """The columns that a live DCR declares for a stream, in Azure's types; None where it declares none."""
    declared = (properties_of(dcr).get("streamDeclarations") or {}).get(stream)
    if not isinstance(declared, dict):
        return None
    return {column["name"]: column.get("type", "string") for column in declared.get("columns") or ()}


def live_flows(dcr: Body | None, stream: str) -> tuple[LiveFlow, ...]:
    """The flows of a live DCR that carry a stream."""
    return tuple(
        LiveFlow(
            # A flow without outputStream leads to the table that its stream is named after.
            str(flow.get("outputStream") or stream).partition("-")[2],
            # A flow without a transform passes its rows on unchanged.
            flow.get("transformKql") or "source",
            tuple(flow.get("destinations") or ()),
        )
        for flow in properties_of(dcr).get("dataFlows") or ()
        if stream in (flow.get("streams") or ())
    )


def destination_workspace_id(dcr: Body | None, flow: LiveFlow) -> str | None:
    """The id of the workspace that a live flow leads to; None where its destination is not declared."""
    destinations = (properties_of(dcr).get("destinations") or {}).get("logAnalytics") or ()
    ids = {destination.get("name"): destination.get("workspaceResourceId") for destination in destinations}
    return next((ids[name] for name in flow.destinations if name in ids), None)
