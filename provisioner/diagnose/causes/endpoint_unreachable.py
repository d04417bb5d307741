"""The endpoint's host cannot be reached at all."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.errors import Unreachable
from provisioner.probes.arrival import Diagnosis


def endpoint_unreachable(evidence: Evidence) -> Diagnosis | None:
    """No name, no connection, or a certificate that is not trusted."""
    error, live = evidence.send_error, evidence.live
    if not isinstance(error, Unreachable):
        return None
    # The host name of a new endpoint takes a while to be known everywhere.
    recent = error.host_unknown and (
        live.changed_recently(live.endpoint(evidence.dcr)) or live.changed_recently(evidence.dcr)
    )
    return Diagnosis(
        "endpoint-unreachable",
        f"the endpoint {evidence.probe.endpoint} cannot be reached from here",
        (error.message, *(("it was made or changed minutes ago",) if recent else ())),
        error.hint or "check name resolution, firewall and proxy on the way from here to the endpoint",
        transient=recent,
    )
