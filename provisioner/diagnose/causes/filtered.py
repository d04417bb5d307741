"""The live transform drops the record."""

from __future__ import annotations

from provisioner import kql
from provisioner.diagnose.evidence import RUN_PLAN_FOR_DCR, Evidence
from provisioner.diagnose.live_transform import expected_records, live_query, live_rows, transform_was_edited
from provisioner.probes.arrival import Diagnosis
from provisioner.text import plural


def filtered(evidence: Evidence) -> Diagnosis | None:
    """A condition of the live transform drops the record; which one is found by running it here."""
    flow_probe = evidence.flow_probe
    query, missing = live_query(evidence), flow_probe.missing
    dropped = [number for number, row in live_rows(evidence) if row is None and number in missing]
    if query is None or not dropped:
        return None
    record = dict(expected_records(evidence))[dropped[0]]
    condition = kql.trace(query, record).dropped
    text = " ".join(condition.text.split()) if condition else "a filter"
    edited = transform_was_edited(evidence)
    return Diagnosis(
        "filtered",
        f"the live transform drops the record: `{text}`",
        (
            f"{len(dropped)} of {plural(len(flow_probe.expected), 'record')} dropped by it",
            "the manifest's transform lets them through" if edited else "the manifest's transform is the same",
        ),
        RUN_PLAN_FOR_DCR,
    )
