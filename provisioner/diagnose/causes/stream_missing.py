"""The live rule does not declare the stream."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import properties_of


def stream_missing(evidence: Evidence) -> Diagnosis | None:
    """400 InvalidStream, and the live DCR does not declare the stream either."""
    error = evidence.send_error
    if error is None or evidence.status != 400 or error.code != "InvalidStream":
        return None
    if evidence.live_flows or evidence.live_stream_columns is not None:
        return None
    names = sorted(properties_of(evidence.dcr).get("streamDeclarations") or {})
    return Diagnosis(
        "stream-missing",
        f"the rule {evidence.dcr_name} has no stream {evidence.stream_name}",
        (f"it declares {', '.join(names) or 'none'}", evidence.endpoint_message),
        "run `plan`: the rule was changed by hand or not applied yet; a URL takes the stream's name, not the table's",
    )
