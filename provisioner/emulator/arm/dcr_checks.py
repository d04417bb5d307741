"""What the service holds against a data collection rule, in its words where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import long_running_operations, tables, workspaces
from provisioner.emulator.arm.data_collection_endpoints import invalid
from provisioner.emulator.arm.data_source_checks import check_sources
from provisioner.model.column_types import column_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.emulator.http.request import World
    from provisioner.emulator.store import Record

Finding = tuple[str, str, str]
"""Code, message, target."""

STREAM_TYPES = {"string", "int", "long", "real", "boolean", "datetime", "dynamic"}
_ENDPOINT = "Microsoft.Insights/dataCollectionEndpoints"


def check_rule(world: World, properties: dict[str, Any], place: str, kind: str | None, existing: Record | None) -> None:
    """Raise InvalidPayload with all findings of the first stage that has any: shape, then tables, then queries."""
    from provisioner.emulator.arm.dcr_transform_checks import check_transforms

    for stage in (
        _shape(properties, kind, existing),
        _surroundings(world, properties, place),
        _tables(world, properties),
        check_transforms(world, properties),
    ):
        if found := list(stage):
            raise invalid(found)


def flows(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """The data flows of a rule."""
    return properties.get("dataFlows") or []


def destinations(properties: dict[str, Any]) -> dict[str, str]:
    """Name → workspace id of the Log Analytics destinations."""
    found = (properties.get("destinations") or {}).get("logAnalytics") or []
    return {each.get("name") or "": each.get("workspaceResourceId") or "" for each in found}


def output(flow: dict[str, Any], stream: str) -> str:
    """The name of the output stream of one input stream in a flow."""
    return flow.get("outputStream") or stream


def table_name(stream: str) -> str | None:
    """The table that an output stream means; None where its name means none."""
    for prefix in ("Custom-", "Microsoft-"):
        if stream.startswith(prefix):
            return stream.removeprefix(prefix)
    return None


def _shape(properties: dict[str, Any], kind: str | None, existing: Record | None) -> Iterator[Finding]:
    if len(properties.get("description") or "") > 256:
        yield "InvalidProperty", "'Description' length should be 256 characters or less", "properties.description"
    if kind == "Direct" and existing is not None and existing.body.get("kind") != "Direct":
        yield "InvalidProperty", "'Kind' of an existing data collection rule cannot be changed to 'Direct'.", "kind"
    yield from check_sources(properties)
    yield from _declarations(properties)
    yield from _destinations(properties)
    yield from _flows(properties, kind)


def _declarations(properties: dict[str, Any]) -> Iterator[Finding]:
    for name, declaration in (properties.get("streamDeclarations") or {}).items():
        target = f"properties.streamDeclarations['{name}']"
        if not name.startswith("Custom-"):
            yield "InvalidStreamDeclaration", f"Stream name '{name}' must start with 'Custom-'.", target
        columns = (declaration or {}).get("columns") or []
        if not columns:
            yield (
                "InvalidStreamDeclaration",
                "'Columns' item count should be 1 or more. Specified list has 0 items.",
                target,
            )
        names = [column.get("name") for column in columns]
        for repeated in sorted({str(each) for each in names if names.count(each) > 1}):
            yield "InvalidStreamDeclaration", f"Column '{repeated}' is declared more than once.", target
        for column in columns:
            known = column_type(str(column.get("type")))
            if not column.get("name"):
                yield "InvalidStreamDeclaration", "'Name' must not be empty.", target
            elif known is None or known.name not in STREAM_TYPES:
                yield (
                    "InvalidStreamDeclaration",
                    f"Type '{column.get('type')}' of column '{column['name']}' is not supported.",
                    target,
                )


def _destinations(properties: dict[str, Any]) -> Iterator[Finding]:
    given = properties.get("destinations") or {}
    listed = [
        (kind, each)
        for kind, group in given.items()
        for each in (group if isinstance(group, list) else [group])
        if each
    ]
    names = [each.get("name") for _kind, each in listed]
    for kind, each in listed:
        if not each.get("name"):
            yield "InvalidDestination", "'Name' must not be empty.", f"properties.destinations.{kind}"
        if kind == "logAnalytics" and not each.get("workspaceResourceId"):
            yield (
                "InvalidDestination",
                "'WorkspaceResourceId' must not be empty.",
                "properties.destinations.logAnalytics",
            )
    for name in sorted({str(each) for each in names if names.count(each) > 1}):
        yield "InvalidDestination", f"Destination name '{name}' must be unique.", "properties.destinations"
    if len(given.get("logAnalytics") or []) > 10:
        yield (
            "InvalidDestination",
            "'LogAnalytics' item count should be 10 or less",
            "properties.destinations.logAnalytics",
        )


def _flows(properties: dict[str, Any], kind: str | None) -> Iterator[Finding]:
    given = flows(properties)
    if not given and kind not in {"AgentSettings", "PlatformTelemetry"}:
        yield (
            "InvalidDataFlow",
            "'DataFlows' item count should be 1 or more. Specified list has 0 items.",
            "properties.dataFlows",
        )
    if len(given) > 10:
        yield "InvalidDataFlow", "DataFlows item count should be 10 or less", "properties.dataFlows"
    yield from _one_workspace(properties)
    pairs: set[tuple[str, str, str]] = set()
    for index, flow in enumerate(given):
        target = f"properties.dataFlows[{index}]"
        for finding in _flow(properties, flow, pairs):
            yield "InvalidDataFlow", finding, target


def _one_workspace(properties: dict[str, Any]) -> Iterator[Finding]:
    """A stream goes to one workspace, if to several of its tables (AMD data-collection-rule-structure.md)."""
    named, reached = destinations(properties), dict[str, set[str]]()
    for index, flow in enumerate(flows(properties)):
        for stream in flow.get("streams") or []:
            found = reached.setdefault(stream, set())
            found |= {named[each].lower() for each in flow.get("destinations") or [] if each in named}
            if len(found) > 1:
                message = f"Stream '{stream}' can be sent to one Log Analytics workspace only."
                yield "InvalidDataFlow", message, f"properties.dataFlows[{index}]"


def _flow(properties: dict[str, Any], flow: dict[str, Any], pairs: set[tuple[str, str, str]]) -> Iterator[str]:
    streams, targets = flow.get("streams") or [], flow.get("destinations") or []
    named = {
        each.get("name")
        for group in (properties.get("destinations") or {}).values()
        for each in (group if isinstance(group, list) else [group])
        if each
    }
    for what, items in (("Streams", streams), ("Destinations", targets)):
        if not items:
            yield f"{what} item count should be 1 or more. Specified list has 0 items."
    if len(streams) > 20:
        yield "Streams item count should be 20 or less"
    for each in targets:
        if each not in named:
            yield f"'DataFlows' destination name is unknown: {each}"
    for each in streams:
        if each.startswith("Custom-") and each not in (properties.get("streamDeclarations") or {}):
            yield f"'DataFlows' stream is not declared in 'StreamDeclarations': {each}"
        if not each.startswith(("Custom-", "Microsoft-")):
            yield f"'DataFlows' stream name is unknown: {each}"
    if flow.get("transformKql") and len(streams) > 1:
        yield "A data flow with 'TransformKql' should have exactly one stream."
    if len(flow.get("transformKql") or "") > 15360:
        yield "'TransformKql' length should be 15360 characters or less"
    if flow.get("outputStream") and len(targets) > 1:
        yield "A data flow with 'OutputStream' should have exactly one destination."
    for each in streams:
        for target in targets:
            pair = (each, target, output(flow, each))
            if pair in pairs:
                yield f"Stream '{each}' is sent to '{pair[2]}' of destination '{target}' more than once."
            pairs.add(pair)


def _surroundings(world: World, properties: dict[str, Any], place: str) -> Iterator[Finding]:
    """The workspaces and the endpoint: there, and in the same region. The service's words for these are not known."""
    for index, (name, resource) in enumerate(destinations(properties).items()):
        target = f"properties.destinations.logAnalytics[{index}]"
        workspace = world.store.get(resource)
        if workspace is None or workspace.type.lower() != workspaces.KIND.lower():
            yield "InvalidDestination", f"The workspace '{resource}' of destination '{name}' was not found.", target
        elif workspace.body["location"] != place:
            found = workspace.body["location"]
            yield (
                "InvalidDestination",
                f"The workspace of destination '{name}' is in '{found}', the data collection rule in '{place}'.",
                target,
            )
    if wanted := properties.get("dataCollectionEndpointId"):
        endpoint = world.store.get(wanted)
        if endpoint is None or endpoint.type.lower() != _ENDPOINT.lower():
            yield (
                "InvalidProperty",
                f"The data collection endpoint '{wanted}' was not found.",
                "properties.dataCollectionEndpointId",
            )
        elif endpoint.body["location"] != place:
            found = endpoint.body["location"]
            message = f"The data collection endpoint is in '{found}', the data collection rule in '{place}'."
            yield "InvalidProperty", message, "properties.dataCollectionEndpointId"


def _tables(world: World, properties: dict[str, Any]) -> Iterator[Finding]:
    named = destinations(properties)
    for index, flow in enumerate(flows(properties)):
        for stream in flow.get("streams") or []:
            for destination in flow.get("destinations") or []:
                if destination in named and (
                    finding := _table(world, named[destination], output(flow, stream), destination)
                ):
                    yield "InvalidOutputTable", finding, f"properties.dataFlows[{index}]"


def _table(world: World, resource: str, stream: str, destination: str) -> str | None:
    """Why an output stream has no table in a workspace; None where it has one."""
    absent = (
        f"Table for output stream '{stream}' is not available for destination '{destination}'. Please ensure "
        "that the table exists "
        "in Log Analytics Workspace before creating or updating the rule."
    )
    workspace, name = world.store.get(resource), table_name(stream)
    if workspace is None or name is None:
        return absent
    if stream.startswith("Microsoft-"):
        return None if name in azure_facts.builtin() and _solution(world, workspace, name) else absent
    record = tables.stored(world, workspace, name)
    if record is None or not name.endswith("_CL"):
        return absent
    if record.private.get("classic"):
        return (
            f"Classic (MMA-based) custom log tables for stream '{stream}' with destination '{destination}' "
            "are not supported in Data Collection Rules."
        )
    born = record.private.get("born", 0.0) + world.faults.value("table_not_ready", 0.0)
    young = world.faults.on("table_not_ready") and world.clock.now() < born
    return absent if young or long_running_operations.left(record.private) else None


def _solution(world: World, workspace: Record, name: str) -> bool:
    """Some tables exist only with Microsoft Sentinel; the emulator insists on it when `missing_solutions` is on."""
    if not world.faults.on("missing_solutions") or not azure_facts.builtin()[name].get("requires"):
        return True
    onboarded = world.store.below(f"{workspace.key}/providers/microsoft.securityinsights/onboardingstates/")
    group = workspace.key.partition("/providers/")[0]
    solution = f"{group}/providers/microsoft.operationsmanagement/solutions/securityinsights({workspace.name.lower()})"
    return bool(onboarded) or world.store.get(solution) is not None
