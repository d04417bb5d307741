"""All probes: each data file of `schemas/probes/` read by the module that asks its kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from provisioner.calibration.calibration_probe import CalibrationProbe, ProbeKind
from provisioner.calibration.kinds import (
    behaviour_probes,
    coercion_probes,
    delay_probes,
    endpoint_probes,
    manifest_probes,
    plan_switch_probes,
    query_probes,
    request_probes,
    transform_probes,
    version_probes,
)
from provisioner.errors import ProvisionerError
from provisioner.package_data import data_directory, load_facts
from provisioner.suggest import did_you_mean

KINDS: Mapping[str, ProbeKind] = {
    "transform": transform_probes,
    "manifest": manifest_probes,
    "request": request_probes,
    "version": version_probes,
    "plan_switch": plan_switch_probes,
    "coercion": coercion_probes,
    "behaviour": behaviour_probes,
    "query": query_probes,
    "endpoint": endpoint_probes,
    "delay": delay_probes,
}
"""The value of `asked_by` in a data file → the module that reads, predicts and asks."""


@cache
def all_probes() -> tuple[CalibrationProbe, ...]:
    """Every probe, by family and in the order of the files' rows."""
    # Every file of the folder: a new family needs no line of code.
    files = sorted((data_directory("schemas") / "probes").glob("*.yaml"))
    families = {file.stem: load_facts(f"probes/{file.name}") for file in files}
    return tuple(
        probe for family, facts in families.items() for probe in KINDS[facts["asked_by"]].probes(family, facts)
    )


def select_probes(names: Collection[str] = ()) -> tuple[CalibrationProbe, ...]:
    """The probes of these families or with these ids; all without names. Raises ProvisionerError for an unknown one."""
    probes = all_probes()
    families = {probe.family for probe in probes}
    ids = {probe.id for probe in probes}
    for name in names:
        if name not in families | ids:
            candidates = families if "/" not in name else ids
            hint = did_you_mean(name, sorted(candidates)) or f"the families are {', '.join(sorted(families))}"
            raise ProvisionerError(f"there is no probe or family {name!r}", hint=hint)
    return tuple(probe for probe in probes if not names or probe.family in names or probe.id in names)


def predict(probe: CalibrationProbe) -> str:
    """What the product says will happen."""
    return KINDS[probe.asked_by].predict(probe)
