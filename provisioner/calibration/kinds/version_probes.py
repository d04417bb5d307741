"""Api-versions: which versions of each type answer a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each listed version of the file's types, and one for a version that there is not."""
    for arm_type in facts["types"]:
        for version in (*_listed_versions(arm_type), str(facts["invented"])):
            # No fact: what an answer changes is the list itself, which a person extends.
            row = {"type": arm_type, "version": str(version), "fact": None}
            yield from row_probes(family, {**facts, "rows": {f"{arm_type} {version}": row}})


def predict(probe: CalibrationProbe) -> str:
    """Accepted where the version is listed."""
    return ACCEPTED if probe.row["version"] in map(str, _listed_versions(probe.row["type"])) else REFUSED


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """List the resources of the type with this version."""
    _, _, name = probe.row["type"].rpartition("/workspaces/")
    # A child is listed under its workspace, everything else in the group.
    is_child = name != probe.row["type"]
    path = f"{site.workspace_id}/{name}" if is_child else f"{site.group_id}/providers/{probe.row['type']}"
    return site.request("GET", path, probe.row["version"])


def _listed_versions(arm_type: str) -> list[str]:
    versions: list[str] = load_facts("emulator.yaml")["versions"][arm_type]
    return versions
