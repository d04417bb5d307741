"""A column does not arrive, because something live does not have it: the stream, the transform or the table."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.diagnose.evidence import Case
from provisioner.diagnose.live_transform import live_query, live_text
from provisioner.probes.arrival import Diagnosis

_NEXT = "run `plan`: it was changed by hand or not applied yet"


def column_not_in_table(case: Case) -> Diagnosis | None:
    """The live table has no such column: Azure drops the value in silence."""
    live = case.scene.columns(case.leg.table)
    gone = _among(case, lambda name: live is not None and name not in live)
    if not gone:
        return None
    return Diagnosis(
        "column-not-in-table",
        f"the live table {case.leg.table} has no column {_list(gone)}",
        ("the manifest declares it, and the live transform writes it", f"live columns: {_list(live or ())}"),
        _NEXT,
    )


def column_not_in_transform(case: Case) -> Diagnosis | None:
    """The live transform does not write the column."""
    query = live_query(case)
    gone = _among(case, lambda name: query is not None and name not in query.columns)
    if not gone:
        return None
    return Diagnosis(
        "column-not-in-transform",
        f"the live transform does not write {_list(gone)}",
        (f"live transform: {' '.join((live_text(case) or '').split())}", "the manifest's transform writes it"),
        _NEXT,
    )


def column_not_in_stream(case: Case) -> Diagnosis | None:
    """The live stream does not declare a column that is sent: Azure drops it before the transform."""
    live = case.scene.stream_columns(case.rule, case.stream)
    lineage = case.leg.lane.query.lineage
    fed = {source for name in case.leg.differing for source in lineage.get(name, ())}
    gone = [name for name in case.shot.stream.columns if name in fed and live is not None and name not in live]
    if not gone:
        return None
    return Diagnosis(
        "column-not-in-stream",
        f"the live rule's stream {case.stream} does not declare {_list(gone)}",
        (f"it declares {_list(live or ())}", f"{_list(case.leg.differing)} comes from it"),
        _NEXT,
    )


def _among(case: Case, gone: object) -> list[str]:
    assert callable(gone)
    return [name for name in case.leg.differing if gone(name)]


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
