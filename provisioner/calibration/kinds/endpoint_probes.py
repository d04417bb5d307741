"""Endpoints: a record sent to the site's rule through its own endpoint, the one that it is bound to, and another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.calibration.calibration_facts import CONTROL_STREAM, SITE_RULE
from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.fact_evidence import judge, read_evidence
from provisioner.package_data import load_facts
from provisioner.resources import resource_type
from provisioner.resources.dcr_resource import ingestion_endpoint

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

SHARED_ENDPOINT = "dce-shared"


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row of the file."""
    return row_probes(family, facts)


def predict(probe: CalibrationProbe) -> str:
    """What the row's evidence comes to."""
    sources = load_facts(f"probes/{probe.family}.yaml")["sources"]
    return ACCEPTED if judge(read_evidence(probe.row["evidence"], sources)).accepted else REFUSED


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Send a record through the endpoint of the row, once the right to send counts."""
    url = _url(probe.row["endpoint"], site)
    if url is None:
        return Answer(None, words="there is no such endpoint")
    # A right may count at one endpoint before it does at another: a refusal that is not predicted is tried again.
    is_patient = predict(probe) == ACCEPTED
    return site.records.send_through(url, CONTROL_STREAM, [{"Probe": probe.id}], is_patient=is_patient)


def _url(endpoint: str, site: ThrowawaySite) -> str | None:
    rule = site.records.rules[SITE_RULE]
    if endpoint == "own":
        return ingestion_endpoint(rule, None)
    type_ = resource_type("endpoint")
    name = SHARED_ENDPOINT if endpoint == "shared" else f"dce-probe-{site.next_number()}"
    path = site.id_of("endpoint", name)
    if endpoint == "other":
        site.write(type_, path, {"location": site.target.location, "properties": {}})
    return ingestion_endpoint(rule, site.azure.management.get(path, type_.api_version))
