"""A rule's transforms: they compile, and what they produce fits the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import tables
from provisioner.emulator.arm.dcr_body import (
    data_flows,
    kql_type,
    output_stream,
    output_table,
    stream_columns,
    workspace_destinations,
)
from provisioner.emulator.arm.transform_errors import compile_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.emulator.state import EmulatorState
    from provisioner.fact_evidence import EvidencePolicy

_DOTNET_NAMES = {"bool": "Boolean", "datetime": "DateTime", "timespan": "TimeSpan"}


def check_transforms(state: EmulatorState, properties: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings (code, message, target) on every flow's query.

    A column that the table does not have is no finding: the service drops it when rows come.
    """
    workspace_ids = workspace_destinations(properties)
    for index, flow in enumerate(data_flows(properties)):
        for stream in flow.get("streams") or []:
            for destination in flow.get("destinations") or []:
                if destination in workspace_ids:
                    findings = _flow_findings(state, properties, flow, stream, workspace_ids[destination])
                    for code, message in findings:
                        yield code, message, f"properties.dataFlows[{index}]"


def _flow_findings(
    state: EmulatorState, properties: dict[str, Any], flow: dict[str, Any], stream: str, workspace_id: str
) -> Iterator[tuple[str, str]]:
    from provisioner import kql  # here, so that a start waits for no engine: a server warms it up when it is ready

    input_columns = stream_columns(properties, stream)
    # The columns of some built-in tables are not listed: nothing certain can be said of their queries.
    if input_columns is None:
        return
    # Without a transform the stream's own columns must fit the table.
    transform = flow.get("transformKql") or "source"
    query, diagnostics = kql.bind(transform, input_columns, policy=state.policy)
    if query is None:
        yield "InvalidTransformQuery", compile_error(transform, diagnostics)
        return
    if query.columns.get("TimeGenerated") != "datetime":
        yield "InvalidTransformQuery", "Transform output must contain the column 'TimeGenerated' of type 'datetime'."
        return
    name, workspace = output_table(output_stream(flow, stream)), state.store.get(workspace_id)
    table_columns = tables.table_columns(state, workspace, name) if workspace and name else None
    if table_columns is not None and (mismatched := type_mismatches(query.columns, table_columns, state.policy)):
        message = "Types of transform output columns do not match the ones defined by the output stream: "
        yield "InvalidTransformOutput", message + ", ".join(mismatched)


def type_mismatches(
    produced: Mapping[str, str], expected: Mapping[str, str], policy: EvidencePolicy = "newest"
) -> list[str]:
    """The columns whose type is refused, since it is not the table's, as the service prints them."""
    from provisioner.kql.vocabulary.dialects import output_type_permission  # as above

    return [
        f"{name} [produced:'{_dotnet_type(column_type)}', output:'{_dotnet_type(kql_type(expected[name]))}']"
        for name, column_type in produced.items()
        if name in expected
        and column_type != kql_type(expected[name])
        and not output_type_permission(column_type, kql_type(expected[name]), policy).accepted
    ]


def _dotnet_type(name: str) -> str:
    return _DOTNET_NAMES.get(name, name.capitalize())
