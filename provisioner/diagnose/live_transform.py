"""The probe's records run here through the transform as it is in Azure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.model import Columns, column_type
from provisioner.transforms.transform_rows import transform_rows

if TYPE_CHECKING:
    from provisioner.diagnose.evidence import Evidence


def live_transform_text(evidence: Evidence) -> str | None:
    """The live transform into the table; None where no live flow leads there."""
    flows = evidence.live_flows
    return next((flow.transform for flow in flows if flow.table == evidence.flow_probe.table), None)


def live_transform_line(evidence: Evidence) -> str:
    """A line of evidence: the live transform without line breaks."""
    return f"live transform: {' '.join((live_transform_text(evidence) or '').split())}"


def live_query(evidence: Evidence) -> kql.Query | None:
    """The live transform, bound to the live stream's columns; None where it cannot be run here."""
    text = live_transform_text(evidence)
    if text is None:
        return None
    declared = evidence.live_stream_columns
    columns = evidence.probe.stream.columns if declared is None else _manifest_types(declared)
    # Through the shared cache: several causes ask for the same text.
    query, _ = evidence.live.transforms.bind_text(text, columns)
    return query


def transform_was_edited(evidence: Evidence) -> bool:
    """Whether the live transform differs from the manifest's in more than layout and comments."""
    text = live_transform_text(evidence)
    return text is not None and not kql.same(text, evidence.flow_probe.bound_flow.transform)


def is_as_declared(evidence: Evidence) -> bool:
    """Whether the live DCR carries the stream into the table as the manifest says."""
    declared = evidence.live_stream_columns
    complete = declared is None or all(name in declared for name in evidence.probe.stream.columns)
    return complete and live_transform_text(evidence) is not None and not transform_was_edited(evidence)


def live_rows(evidence: Evidence) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The row of each expected record under the live transform, by its number; None where that drops it."""
    query = live_query(evidence)
    if query is None:
        return
    for number, record in expected_records(evidence):
        rows = transform_rows(query, [record], evidence.probe.planned_at)
        yield number, rows[0] if rows else None


def expected_records(evidence: Evidence) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The records whose rows must arrive in the table, by their numbers."""
    probe = evidence.probe
    for number in evidence.flow_probe.expected:
        yield number, probe.records[number - probe.first_number]


def _manifest_types(columns: Mapping[str, str]) -> Columns:
    types = {name: column_type(type_) for name, type_ in columns.items()}
    return Columns({name: type_.name if type_ else "string" for name, type_ in types.items()})
