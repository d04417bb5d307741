"""What the service finds wrong with a data collection rule, in its words where they are known."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import long_running_operations, tables, workspaces
from provisioner.emulator.arm.data_collection import invalid_payload
from provisioner.emulator.arm.data_source_checks import check_sources
from provisioner.emulator.arm.dcr_body import (
    all_destinations,
    data_flows,
    output_stream,
    output_table,
    workspace_destinations,
)
from provisioner.emulator.arm.dcr_transform_checks import check_transforms
from provisioner.model import WORKSPACE_STREAM_PREFIX
from provisioner.model.column_types import column_type
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource

Finding = tuple[str, str, str]
"""Code, message, target."""

STREAM_TYPES = {"string", "int", "long", "real", "boolean", "datetime", "dynamic"}
_ENDPOINT = "Microsoft.Insights/dataCollectionEndpoints"


def check_dcr(
    state: EmulatorState,
    properties: dict[str, Any],
    location: str,
    kind: str | None,
    existing: StoredResource | None,
) -> None:
    """Raise ApiError 400 InvalidPayload with all findings of the first stage that has any.

    The stages: the shape of the body, the resources it names, the output tables, the transforms.
    """
    # Azure too reports one stage at a time: tables are checked before queries.
    for stage_findings in (
        _check_shape(properties, kind, existing),
        _check_references(state, properties, location),
        _check_output_tables(state, properties),
        check_transforms(state, properties),
    ):
        if findings := list(stage_findings):
            raise invalid_payload(findings)


def _check_shape(properties: dict[str, Any], kind: str | None, existing: StoredResource | None) -> Iterator[Finding]:
    most = load_facts("limits.yaml")["dcr"]["description"]["most"]
    if len(properties.get("description") or "") > most:
        yield "InvalidProperty", f"'Description' length should be {most} characters or less", "properties.description"
    # Direct cannot be added to an existing rule; AMD data-collection/data-collection-rule-overview.md.
    if kind == "Direct" and existing is not None and existing.body.get("kind") != "Direct":
        yield "InvalidProperty", "'Kind' of an existing data collection rule cannot be changed to 'Direct'.", "kind"
    yield from check_sources(properties)
    yield from _check_stream_declarations(properties)
    yield from _check_destinations(properties)
    yield from _check_flows(properties, kind)


def _check_stream_declarations(properties: dict[str, Any]) -> Iterator[Finding]:
    for stream, declaration in (properties.get("streamDeclarations") or {}).items():
        target = f"properties.streamDeclarations['{stream}']"
        for message in _stream_findings(stream, (declaration or {}).get("columns") or []):
            yield "InvalidStreamDeclaration", message, target


def _stream_findings(stream: str, columns: list[dict[str, Any]]) -> Iterator[str]:
    if not stream.startswith("Custom-"):
        yield f"Stream name '{stream}' must start with 'Custom-'."
    if not columns:
        yield "'Columns' item count should be 1 or more. Specified list has 0 items."
    for repeated in _repeated(column.get("name") for column in columns):
        yield f"Column '{repeated}' is declared more than once."
    for column in columns:
        declared_type = column_type(str(column.get("type")))
        if not column.get("name"):
            yield "'Name' must not be empty."
        elif declared_type is None or declared_type.name not in STREAM_TYPES:
            yield f"Type '{column.get('type')}' of column '{column['name']}' is not supported."


def _repeated(names: Iterable[object]) -> list[str]:
    return sorted(str(name) for name, count in Counter(names).items() if count > 1)


def _check_destinations(properties: dict[str, Any]) -> Iterator[Finding]:
    destinations = all_destinations(properties)
    log_analytics = "properties.destinations.logAnalytics"
    for group, destination in destinations:
        if not destination.get("name"):
            yield "InvalidDestination", "'Name' must not be empty.", f"properties.destinations.{group}"
        if group == "logAnalytics" and not destination.get("workspaceResourceId"):
            yield "InvalidDestination", "'WorkspaceResourceId' must not be empty.", log_analytics
    for repeated in _repeated(destination.get("name") for _group, destination in destinations):
        yield "InvalidDestination", f"Destination name '{repeated}' must be unique.", "properties.destinations"
    if len((properties.get("destinations") or {}).get("logAnalytics") or []) > 10:
        yield "InvalidDestination", "'LogAnalytics' item count should be 10 or less", log_analytics


def _check_flows(properties: dict[str, Any], kind: str | None) -> Iterator[Finding]:
    flows = data_flows(properties)
    # Rules of these kinds may do without flows.
    if not flows and kind not in {"AgentSettings", "PlatformTelemetry"}:
        message = "'DataFlows' item count should be 1 or more. Specified list has 0 items."
        yield "InvalidDataFlow", message, "properties.dataFlows"
    if len(flows) > 10:
        yield "InvalidDataFlow", "DataFlows item count should be 10 or less", "properties.dataFlows"
    yield from _check_single_workspace(properties)
    routes: set[tuple[str, str, str]] = set()
    for index, flow in enumerate(flows):
        target = f"properties.dataFlows[{index}]"
        for message in [*_flow_findings(properties, flow), *_repeated_routes(flow, routes)]:
            yield "InvalidDataFlow", message, target
        yield from _check_stream_names(properties, kind, flow.get("streams") or [], index)


def _check_stream_names(
    properties: dict[str, Any], kind: str | None, streams: list[str], flow_index: int
) -> Iterator[Finding]:
    """Findings on streams that are neither custom nor of Azure's."""
    for index, stream in enumerate(streams):
        # A custom one that is not declared is another finding.
        if not stream.startswith("Custom-") and not _is_azure_stream(properties, kind, stream):
            azure_streams = ", ".join(sorted(azure_facts.azure_streams()))
            # Recorded: hashicorp/terraform-provider-azurerm 18481, Azure/azure-rest-api-specs 21200.
            message = f"'Streams' stream '{stream}' must be a custom stream or one of: {azure_streams}"
            yield "InvalidStream", message, f"Properties.DataFlows[{flow_index}].Streams[{index}]"


def _is_azure_stream(properties: dict[str, Any], kind: str | None, stream: str) -> bool:
    if stream in azure_facts.azure_streams():
        return True
    facts = azure_facts.stream_facts()
    pattern = facts["patterns"].get(kind or "")
    if pattern and re.fullmatch(pattern, stream):
        return True
    sections = [properties.get(section) or {} for section in ("dataSources", "directDataSources")]
    open_sources = [
        source
        for section in sections
        for source_kind, sources in section.items()
        if source_kind not in facts["fixed_kinds"] and isinstance(sources, list)
        for source in sources
    ]
    return any(stream in (source.get("streams") or []) for source in open_sources)


def _check_single_workspace(properties: dict[str, Any]) -> Iterator[Finding]:
    """A stream goes to one workspace, if to several of its tables (AMD data-collection-rule-structure.md)."""
    workspace_ids, workspaces_of_stream = workspace_destinations(properties), dict[str, set[str]]()
    for index, flow in enumerate(data_flows(properties)):
        named = {workspace_ids[name].lower() for name in flow.get("destinations") or [] if name in workspace_ids}
        for stream in flow.get("streams") or []:
            reached = workspaces_of_stream.setdefault(stream, set())
            reached |= named
            if len(reached) > 1:
                message = f"Stream '{stream}' can be sent to one Log Analytics workspace only."
                yield "InvalidDataFlow", message, f"properties.dataFlows[{index}]"


def _flow_findings(properties: dict[str, Any], flow: dict[str, Any]) -> Iterator[str]:
    streams, targets = flow.get("streams") or [], flow.get("destinations") or []
    for member, items in (("Streams", streams), ("Destinations", targets)):
        if not items:
            yield f"{member} item count should be 1 or more. Specified list has 0 items."
    # Wordings below are from reports of refused rules; limits from
    # fundamentals/includes/azure-monitor-limits-data-collection-rules.md.
    if len(streams) > 20:
        yield "Streams item count should be 20 or less"
    declared_destinations = {destination.get("name") for _group, destination in all_destinations(properties)}
    for target in targets:
        if target not in declared_destinations:
            yield f"'DataFlows' destination name is unknown: {target}"
    for stream in streams:
        if stream.startswith("Custom-") and stream not in (properties.get("streamDeclarations") or {}):
            yield f"'DataFlows' stream is not declared in 'StreamDeclarations': {stream}"
    transform = flow.get("transformKql") or ""
    if transform and len(streams) > 1:
        yield "A data flow with 'TransformKql' should have exactly one stream."
    if len(transform) > 15360:
        yield "'TransformKql' length should be 15360 characters or less"
    if flow.get("outputStream") and len(targets) > 1:
        yield "A data flow with 'OutputStream' should have exactly one destination."


def _repeated_routes(flow: dict[str, Any], routes: set[tuple[str, str, str]]) -> Iterator[str]:
    """Ways from stream over destination to output that `routes`, which is added to, holds already."""
    for stream in flow.get("streams") or []:
        for target in flow.get("destinations") or []:
            route = (stream, target, output_stream(flow, stream))
            if route in routes:
                yield f"Stream '{stream}' is sent to '{route[2]}' of destination '{target}' more than once."
            routes.add(route)


def _check_references(state: EmulatorState, properties: dict[str, Any], location: str) -> Iterator[Finding]:
    """The workspaces and the endpoint exist, in the rule's region. The service's words for these are not known."""
    for index, (name, workspace_id) in enumerate(workspace_destinations(properties).items()):
        target = f"properties.destinations.logAnalytics[{index}]"
        workspace = state.store.get(workspace_id)
        if workspace is None or workspace.type.lower() != workspaces.WORKSPACE.lower():
            yield "InvalidDestination", f"The workspace '{workspace_id}' of destination '{name}' was not found.", target
        elif workspace.body["location"] != location:
            region = workspace.body["location"]
            message = (
                f"The workspace of destination '{name}' is in '{region}', the data collection rule in '{location}'."
            )
            yield "InvalidDestination", message, target
    if endpoint_id := properties.get("dataCollectionEndpointId"):
        target = "properties.dataCollectionEndpointId"
        endpoint = state.store.get(endpoint_id)
        if endpoint is None or endpoint.type.lower() != _ENDPOINT.lower():
            yield "InvalidProperty", f"The data collection endpoint '{endpoint_id}' was not found.", target
        elif endpoint.body["location"] != location:
            region = endpoint.body["location"]
            message = f"The data collection endpoint is in '{region}', the data collection rule in '{location}'."
            yield "InvalidProperty", message, target


def _check_output_tables(state: EmulatorState, properties: dict[str, Any]) -> Iterator[Finding]:
    workspace_ids = workspace_destinations(properties)
    sourced = _streams_of_sources(properties)
    for index, flow in enumerate(data_flows(properties)):
        for stream in flow.get("streams") or []:
            for destination in flow.get("destinations") or []:
                if destination not in workspace_ids:
                    continue
                output = output_stream(flow, stream)
                if output == stream and _goes_to_own_table(output, sourced.get(stream, set())):
                    continue
                reason = _missing_table_reason(state, workspace_ids[destination], output, destination)
                if reason:
                    yield "InvalidOutputTable", reason, f"properties.dataFlows[{index}]"


def _streams_of_sources(properties: dict[str, Any]) -> dict[str, set[str]]:
    """Stream → the kinds of data sources that bring it."""
    streams: dict[str, set[str]] = {}
    for kind, sources in (properties.get("dataSources") or {}).items():
        for source in sources if isinstance(sources, list) else []:
            for stream in (source.get("streams") or []) if isinstance(source, dict) else []:
                streams.setdefault(stream, set()).add(kind)
    return streams


def _goes_to_own_table(stream: str, kinds: set[str]) -> bool:
    """Whether the stream of a data source has a table of Azure's own, which may be one that no sender fills."""
    # Streams of extensions and of platform metrics stand for several tables, or for one that they do not name.
    facts = azure_facts.stream_facts()
    return bool(kinds) and (output_table(stream) in azure_facts.azure_tables() or kinds <= set(facts["own_tables"]))


def _missing_table_reason(state: EmulatorState, workspace_id: str, stream: str, destination: str) -> str | None:
    """Why an output stream has no table in a workspace; None where it has one."""
    absent = (
        f"Table for output stream '{stream}' is not available for destination '{destination}'. Please ensure "
        "that the table exists in Log Analytics Workspace before creating or updating the rule."
    )
    workspace, name = state.store.get(workspace_id), output_table(stream)
    if workspace is None or name is None:
        return absent
    if stream.startswith(WORKSPACE_STREAM_PREFIX):
        facts = azure_facts.azure_tables().get(name)
        is_transformed = facts is not None and facts.get("transformed", True)
        return None if is_transformed or tables.find_table(state, workspace, name) is not None else absent
    # Built-in tables need no creation; some need a solution.
    if stream.startswith("Microsoft-"):
        is_there = name in azure_facts.builtin_tables() and _solution_installed(state, workspace, name)
        return None if is_there else absent
    table = tables.find_table(state, workspace, name)
    if table is None or not name.endswith("_CL"):
        return absent
    if table.private.get("classic"):
        return (
            f"Classic (MMA-based) custom log tables for stream '{stream}' with destination '{destination}' "
            "are not supported in Data Collection Rules."
        )
    return None if _is_usable(state, table) else absent


def _is_usable(state: EmulatorState, table: StoredResource) -> bool:
    """Whether rules see a table: once its operation has ended and, with the fault `table_not_ready`, later still."""
    usable_at = table.private.get("born", 0.0) + state.faults.seconds_of("table_not_ready", 0.0)
    is_too_new = state.faults.is_on("table_not_ready") and state.clock.now() < usable_at
    return not is_too_new and not long_running_operations.seconds_left(table.private)


def _solution_installed(state: EmulatorState, workspace: StoredResource, table: str) -> bool:
    """Whether a built-in table's solution is there; asked only when the fault `missing_solutions` is on."""
    # Some tables exist only with Microsoft Sentinel; most users of the emulator do not care to onboard it.
    if not state.faults.is_on("missing_solutions") or not azure_facts.builtin_tables()[table].get("requires"):
        return True
    onboarded = state.store.find_below(f"{workspace.key}/providers/microsoft.securityinsights/onboardingstates/")
    group = workspace.key.partition("/providers/")[0]
    solution = f"{group}/providers/microsoft.operationsmanagement/solutions/securityinsights({workspace.name.lower()})"
    return bool(onboarded) or state.store.get(solution) is not None
