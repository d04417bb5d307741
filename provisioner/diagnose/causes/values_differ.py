"""Everything live is as the manifest wants it, and a value differs all the same."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.reports.text_table import format_difference


def values_differ(evidence: Evidence) -> Diagnosis | None:
    """Azure computes another value than the evaluator here, or something in between changed it."""
    flow_probe = evidence.flow_probe
    differing = flow_probe.differing_columns
    if not differing:
        return None
    rows, unwritten = flow_probe.state.rows, flow_probe.bound_flow.unwritten_columns
    # One row is shown: the others mostly differ in the same way.
    number = next(number for number in rows if flow_probe.differing_cells(number))
    lines = []
    for name in flow_probe.differing_cells(number):
        if name not in unwritten:
            expected = flow_probe.expected[number][name].json()
            shown = format_difference(expected, rows[number].get(name))
            lines.append(f"{name}: expected {shown[0]}, arrived {shown[1]}")
    return Diagnosis(
        "values-differ",
        f"{', '.join(differing)} arrived with other values than the transform gives here",
        (*lines, "stream, transform and table are the manifest's"),
        "compare the value with the record; if the local run is wrong, please report transform and record",
    )
