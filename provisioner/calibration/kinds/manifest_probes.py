"""Manifests: what `validate` says of each is the prediction, and its tables, endpoints and rules are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner import validate
from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer, CalibrationProbe
from provisioner.calibration.limit_values import fragment_of_size, limit_of
from provisioner.calibration.probe_manifest import probe_document, written_resources
from provisioner.calibration.probe_rows import row_probes
from provisioner.diagnostics import has_failures
from provisioner.model.reserved_columns import reserved_columns

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

_NAME_SOURCES = {"reserved_columns": reserved_columns}


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row; two, at the limit and one beyond it, for a row with a `limit`."""
    for name, entry in _rows(facts).items():
        if "limit" not in entry:
            yield from row_probes(family, facts, {name: entry})
            continue
        at = limit_of(tuple(entry["limit"]))
        beyond = at - 1 if entry.get("direction") == "down" else at + 1
        for size in (at, beyond):
            place = [f"probes/{family}.yaml", "rows", name]
            question = facts["question"].replace("{name}", str(name)).replace("{value}", str(size))
            sized = {**entry, "size": size, "question": question, "fact": place}
            yield from row_probes(family, facts, {f"{name}, {size}": sized})


def _rows(facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The rows of the file; with `names_from` also one for each name that a list of facts has."""
    named: dict[str, dict[str, Any]] = {}
    if "names_from" in facts:
        named = {name: {"form": "reserved"} for name in _NAME_SOURCES[facts["names_from"]]()}
    rows = {**named, **facts["rows"]}
    return {name: {"manifest": facts.get("manifest"), "name": name, **entry} for name, entry in rows.items()}


def predict(probe: CalibrationProbe) -> str:
    """Refused where `validate` has an error."""
    return REFUSED if has_failures(validate.check(probe_document(_fragment(probe, "1")))) else ACCEPTED


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Write what the manifest declares, up to the first refusal."""
    document = probe_document(_fragment(probe, site.next_number()), site.target, site.group.workspace_name)
    if document.manifest is None:
        return Answer(
            None, words="the manifest cannot be loaded: " + "; ".join(d.message for d in document.diagnostics)
        )
    # In the order of dependencies: what comes later would be refused because of what was refused before.
    answer = Answer(None, words="the manifest declares nothing to write")
    for resource, body in written_resources(document.manifest):
        answer = site.write(resource.type, str(resource.id), body)
        if answer.seen != ACCEPTED:
            return answer
    return answer


def _fragment(probe: CalibrationProbe, number: str) -> Any:
    names = {
        "table": f"Probe{number}_CL",
        "rule": f"dcr-probe-{number}",
        "endpoint": f"dce-probe-{number}",
        "name": str(probe.row["name"]),
    }
    return fragment_of_size(probe.row["manifest"], probe.row.get("size", 0), names)
