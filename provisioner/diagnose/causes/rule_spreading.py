"""The rule was changed minutes ago and the endpoint may still use its old copy."""

from __future__ import annotations

import datetime as dt

from provisioner.diagnose.evidence import Evidence
from provisioner.diagnose.live_transform import is_as_declared
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import dcr_propagation
from provisioner.reports.durations import format_age

_SAME_WRITE = dt.timedelta(milliseconds=50)
"""Creation and last change of a new resource are stamped by one write; this close they count as one."""


def rule_spreading(evidence: Evidence) -> Diagnosis | None:
    """The live DCR is as it should be, and young; what is missing may still come."""
    error = evidence.send_error
    # An old copy shows as an unknown rule (404) or an unknown stream (400); other refusals have other causes.
    if error is not None and evidence.status not in {400, 404}:
        return None
    if error is not None and evidence.status == 400 and error.code != "InvalidStream":
        return None
    changed, created = evidence.live.age(evidence.dcr), evidence.live.age(evidence.dcr, since="createdAt")
    if changed is None or changed > dcr_propagation() or not is_as_declared(evidence):
        return None
    is_new = created is not None and created - changed < _SAME_WRITE
    # A DCR that was never another has no old copy that could mangle records.
    if is_new and error is None:
        return None
    minutes = int(dcr_propagation().total_seconds() // 60)
    event = f"the rule was {'made' if is_new else 'changed'} {format_age(changed)} ago"
    effect = "not know it" if is_new else "use its old copy"
    return Diagnosis(
        "rule-spreading",
        f"{event}: for up to {minutes} minutes the endpoint may {effect}",
        (
            "the live rule is as the manifest wants it",
            *((evidence.endpoint_message,) if evidence.endpoint_message else ()),
        ),
        f"wait {minutes} minutes and run verify again; records sent meanwhile may lose columns",
        transient=True,
    )
