"""Behaviour: a record through a rule of its own, and the text that its transform wrote into `Result`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.calibration.calibration_facts import PROBE_STREAM, RESULTS_TABLE, stream_columns
from provisioner.calibration.calibration_probe import ACCEPTED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

NO_ROW = "no row"
_NOMINAL_TIME = "2026-01-31T10:00:00.000000Z"


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row of the file."""
    return row_probes(family, facts)


def predict(probe: CalibrationProbe) -> str:
    """What the transform gives here, as JSON; `no row` where it drops the record."""
    query, diagnostics = kql.bind(probe.row["transform"], stream_columns())
    if query is None:
        raise ValueError(f"{probe.id}: {diagnostics[0].message}")
    record = {"TimeGenerated": _NOMINAL_TIME, "Probe": probe.id, **probe.row["record"]}
    rows = list(kql.evaluate(query, [record], form="json"))
    return json.dumps(rows[0]["Result"], ensure_ascii=False) if rows else NO_ROW


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Write the rule, send the record, and look for its row."""
    rule = f"dcr-behaviour-{site.next_number()}"
    written = site.write_rule(rule, probe.row["transform"])
    if written.seen != ACCEPTED:
        return Answer(None, written.status, written.code, f"the rule was refused: {written.words}")
    sent = site.records.send(PROBE_STREAM, [{"Probe": probe.id, **probe.row["record"]}], rule)
    if sent.seen != ACCEPTED:
        return sent
    # Waiting for a row that never comes would take as long as the longest wait.
    is_expected = predict(probe) != NO_ROW
    find = site.records.find_row if is_expected else site.records.find_unexpected_row
    arrived_row = find(RESULTS_TABLE, probe.id)
    if arrived_row is None:
        seen = None if is_expected else NO_ROW
        return Answer(seen, sent.status, words="the record was taken (204) and no row came")
    return Answer(json.dumps(arrived_row.get("Result"), ensure_ascii=False), sent.status, request_ids=sent.request_ids)
