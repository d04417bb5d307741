"""Transforms: a rule with each is written, and Azure takes it or refuses it with its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.calibration.calibration_facts import result_columns, stream_columns
from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.diagnostics import has_failures

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row: `transform` of the file with the row's text in the place of `{row}`."""
    rows = {name: entry if isinstance(entry, Mapping) else {"row": entry} for name, entry in facts["rows"].items()}
    filled = {
        name: {**entry, "transform": facts["transform"].replace("{row}", entry["row"])} for name, entry in rows.items()
    }
    yield from row_probes(family, facts, filled)


def predict(probe: CalibrationProbe) -> str:
    """Refused where the checks of a transform have an error, as in `validate`."""
    # The checks of `validate`, without a manifest around the transform: a hundred times as fast.
    query, diagnostics = kql.bind(probe.row["transform"], stream_columns())
    if query is None or has_failures(diagnostics) or has_failures(kql.fit(query, result_columns())):
        return REFUSED
    return ACCEPTED


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Write a rule with the transform; the rule is lent, since only the answer counts."""
    with site.lent_rule() as rule:
        return site.write_rule(rule, probe.row["transform"])
