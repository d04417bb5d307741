"""The live rule has no such stream."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.probes.arrival import Diagnosis


def stream_unknown(case: Case) -> Diagnosis | None:
    """The endpoint refuses the stream, and the live rule does not declare it either."""
    if case.error is None or case.status != 400 or case.error.code != "InvalidStream":
        return None
    rule = case.rule
    if case.scene.flows(rule, case.stream) or case.scene.stream_columns(rule, case.stream) is not None:
        return None
    names = sorted(case.properties(rule).get("streamDeclarations") or {})
    return Diagnosis(
        "stream-missing",
        f"the rule {case.shot.dcr.name} has no stream {case.stream}",
        (f"it declares {', '.join(names) or 'none'}", case.said),
        "run `plan`: the rule was changed by hand or not applied yet; a URL takes the stream's name, not the table's",
    )
