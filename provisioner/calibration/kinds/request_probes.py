"""Requests that no manifest makes: steps that are sent in order, of which the last one is the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.calibration.calibration_facts import RESULTS_TABLE
from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.fact_evidence import judge, read_evidence
from provisioner.package_data import load_facts
from provisioner.resources import resource_type

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite
    from provisioner.resources import TypeName


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row."""
    return row_probes(family, facts)


def predict(probe: CalibrationProbe) -> str:
    """What the row's evidence comes to; without any, what is assumed."""
    if "evidence" not in probe.row:
        return str(probe.row["assumed"])
    sources = load_facts(f"probes/{probe.family}.yaml")["sources"]
    return ACCEPTED if judge(read_evidence(probe.row["evidence"], sources)).accepted else REFUSED


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Send the steps; one before the last that is refused leaves the question open."""
    number = site.next_number()
    paths = _paths(site, number)
    values = {
        **paths,
        "region": site.target.location,
        "other_region": site.other_region,
        "results": RESULTS_TABLE,
        "table_name": f"Probe{number}_CL",
    }
    # What comes before the question must go through, or its answer is about something else.
    *preparations, question = probe.row["steps"]
    for step in preparations:
        prepared = _send(step, paths, values, site)
        if prepared.seen != ACCEPTED:
            return Answer(None, prepared.status, prepared.code, f"before the question: {prepared.words}")
    return _send(question, paths, values, site)


def _send(step: Any, paths: Mapping[str, str], values: Mapping[str, str], site: ThrowawaySite) -> Answer:
    method, target, *rest = step
    type_name: TypeName = "table" if target == "azure_table" else target
    content = _filled(rest[0], values) if rest else None
    api_version = str(rest[1]) if rest[1:] else resource_type(type_name).api_version
    return site.request(method, paths[target], api_version, content)


def _paths(site: ThrowawaySite, number: str) -> dict[str, str]:
    return {
        "workspace": site.workspace_id,
        "table": site.table_id(f"Probe{number}_CL"),
        "azure_table": site.table_id("Syslog"),
        "dcr": site.id_of("dcr", f"dcr-probe-{number}"),
        "endpoint": site.id_of("endpoint", f"dce-probe-{number}"),
    }


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """The body with the values in the place of their names in braces."""
    if isinstance(value, Mapping):
        return {key: _filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    if not isinstance(value, str):
        return value
    for name, text in values.items():
        value = value.replace(f"{{{name}}}", text)
    return value
