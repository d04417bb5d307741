"""A rule's transforms: they compile, and what they produce fits the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import tables
from provisioner.emulator.arm.dcr_checks import Finding, destinations, flows, output, table_name
from provisioner.model.column_types import column_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.emulator.http.request import World

_NAMES = {"bool": "Boolean", "datetime": "DateTime", "timespan": "TimeSpan"}


def check_transforms(world: World, properties: dict[str, Any]) -> Iterator[Finding]:
    """Findings on every flow's query; a column that the table has not is no finding: it is dropped."""
    named = destinations(properties)
    for index, flow in enumerate(flows(properties)):
        target = f"properties.dataFlows[{index}]"
        for stream in flow.get("streams") or []:
            for destination in flow.get("destinations") or []:
                if destination in named:
                    for code, message in _check(world, properties, flow, stream, named[destination]):
                        yield code, message, target


def _check(
    world: World, properties: dict[str, Any], flow: dict[str, Any], stream: str, resource: str
) -> Iterator[tuple[str, str]]:
    from provisioner import kql

    name, workspace = table_name(output(flow, stream)), world.store.get(resource)
    wanted = tables.columns(world, workspace, name) if workspace and name else None
    given = stream_columns(properties, stream)
    if given is None:
        return
    query, diagnostics = kql.bind(flow.get("transformKql") or "source", given)
    if query is None:
        first = next(each for each in diagnostics if each.severity == "error")
        yield "InvalidTransformQuery", f"Error occurred while compiling query in query: {first.message}"
        return
    if query.columns.get("TimeGenerated") != "datetime":
        yield "InvalidTransformQuery", "Transform output must contain the column 'TimeGenerated' of type 'datetime'."
        return
    if wanted is not None and (wrong := mismatches(query.columns, wanted)):
        text = "Types of transform output columns do not match the ones defined by the output stream: " + ", ".join(
            wrong
        )
        yield "InvalidTransformOutput", text


def stream_columns(properties: dict[str, Any], stream: str) -> dict[str, str] | None:
    """Name → type of an input stream; those of a built-in stream are its table's, None where they are not known."""
    declared = (properties.get("streamDeclarations") or {}).get(stream)
    if declared is None:
        name = stream.removeprefix("Microsoft-")
        return azure_facts.columns(name) if name in azure_facts.builtin() else None
    return {each["name"]: _kql(each["type"]) for each in declared["columns"]}


def _kql(spelled: str) -> str:
    found = column_type(spelled)
    return found.kql if found else spelled


def mismatches(produced: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """The columns whose type is not the table's, as the service prints them."""
    return [
        f"{name} [produced:'{_dotted(kind)}', output:'{_dotted(_kql(wanted[name]))}']"
        for name, kind in produced.items()
        if name in wanted and kind != _kql(wanted[name])
    ]


def _dotted(kind: str) -> str:
    return _NAMES.get(kind, kind.capitalize())
