"""A drift as an HTML page."""

from __future__ import annotations

from provisioner.plan.change_page_parts import diff_data, effect_data, property_data
from provisioner.plan.delta_text import DRIFT_SIDES
from provisioner.plan.drift_findings import Drift
from provisioner.plan.drift_summary import drift_verdict, sorted_findings
from provisioner.reports.html_page import HtmlPage, Verdict


def drift_page(drift: Drift) -> HtmlPage:
    """The page of a drift: what was done in Azure, and what that does to rows."""
    findings = [
        {
            "kind": finding.kind,
            "type": finding.type,
            "name": finding.name,
            "difference": finding.difference,
            "message": finding.message,
            "diffs": diff_data(finding.type, finding.deltas, DRIFT_SIDES),
            "properties": property_data(finding.type, [delta.reversed() for delta in finding.deltas]),
            "effects": [effect_data(effect) for effect in finding.flow_effects],
        }
        for finding in sorted_findings(drift)
    ]
    kind = "bad" if drift.drifted else "warn" if drift.gaps else "good"
    variables = {
        "verdict": Verdict(kind, drift_verdict(drift)),  # type: ignore[arg-type]
        "findings": findings,
        "notes": [f"{gap.scope}: {gap.why}" for gap in drift.gaps],
    }
    environment = drift.plan.environment
    return HtmlPage("drift.html.j2", f"Drift of {environment}" if environment else "Drift", variables)
