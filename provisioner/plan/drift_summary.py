"""What every report of a drift begins with: the order of the findings, and the line that sums them up."""

from __future__ import annotations

from provisioner.plan.drift_findings import DRIFT_KINDS, Drift, DriftFinding
from provisioner.text import plural


def sorted_findings(drift: Drift) -> list[DriftFinding]:
    """Differences first, then by kind and name."""
    return sorted(
        drift.findings,
        key=lambda finding: (not finding.difference, list(DRIFT_KINDS).index(finding.kind), finding.name),
    )


def drift_verdict(drift: Drift) -> str:
    """The line that says whether there is a difference, and what could not be read."""
    differences = sum(finding.difference for finding in drift.findings)
    gaps = f"; {plural(len(drift.gaps), 'scope')} could not be read" if drift.gaps else ""
    if not differences:
        return f"No drift{gaps}." if gaps else "No drift. Azure is as the manifest says."
    return f"Drift: {plural(differences, 'difference')}{gaps}."
