"""Queries over one stored row: what the query API answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.calibration.calibration_facts import SAMPLE_TABLE, calibration_facts
from provisioner.calibration.calibration_probe import REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.calibration.service_answers import refusal
from provisioner.errors import CloudError
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

NOTHING = "no row"


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row of the file: a query."""
    return row_probes(family, facts)


def predict(probe: CalibrationProbe) -> str:
    """The first row of the answer here, as JSON: once stored, a guid is a string; refused where it does not bind."""
    declared = calibration_facts()["manifest"]["tables"][SAMPLE_TABLE]["columns"]
    columns = {name: _stored_type(type_name) for name, type_name in {**declared, **_standard_columns()}.items()}
    # The standard columns are there in every table without being declared.
    query, _ = kql.bind(probe.row["row"], tables={SAMPLE_TABLE: columns}, dialect="query")
    if query is None:
        return REFUSED
    sample = load_facts(f"probes/{probe.family}.yaml")["sample"]
    row = {**dict.fromkeys(columns), **sample, "Type": SAMPLE_TABLE, "_IsBillable": True}
    return _first_row(list(kql.evaluate(query, {SAMPLE_TABLE: [row]}, form="json")))


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Run the query once the sample row is there."""
    if site.records.find_sample() is None:
        return Answer(None, words="the sample row did not arrive")
    try:
        return Answer(_first_row(site.records.query(probe.row["row"])), 200)
    except CloudError as error:
        return refusal(error)


def _first_row(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows[0], ensure_ascii=False) if rows else NOTHING


def _stored_type(type_name: str) -> str:
    return "string" if type_name == "guid" else type_name


def _standard_columns() -> dict[str, str]:
    columns: dict[str, str] = load_facts("emulator.yaml")["standard_columns"]["columns"]
    return columns
