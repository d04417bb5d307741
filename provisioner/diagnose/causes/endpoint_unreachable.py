"""The endpoint's host cannot be reached at all."""

from __future__ import annotations

from provisioner.diagnose.evidence import Case
from provisioner.errors import Unreachable
from provisioner.probes.arrival import Diagnosis


def unreachable(case: Case) -> Diagnosis | None:
    """No name, no connection, or a certificate that nobody vouches for."""
    if not isinstance(case.error, Unreachable):
        return None
    rule = case.rule
    # The name of an endpoint that was just made takes a while to be known.
    young = "name is not known" in case.said and (case.scene.fresh(case.scene.endpoint(rule)) or case.scene.fresh(rule))
    return Diagnosis(
        "endpoint-unreachable",
        f"the endpoint {case.shot.endpoint} cannot be reached from here",
        (case.said, *(("it was made or changed minutes ago",) if young else ())),
        case.error.hint or "check name resolution, firewall and proxy on the way from here to the endpoint",
        passing=young,
    )
