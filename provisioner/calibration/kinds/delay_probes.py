"""Delays: how long a grant, a new rule and a change of a rule take to count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.calibration.calibration_facts import PROBE_STREAM, RESULTS_TABLE
from provisioner.calibration.calibration_probe import ACCEPTED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

_WRITES = "source | project TimeGenerated, Probe, Result = '{}'"


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row of the file."""
    return row_probes(family, facts)


def predict(probe: CalibrationProbe) -> str:
    """The longest time that the facts of `verify` give."""
    return f"within {_minutes(probe)} minutes"


def _minutes(probe: CalibrationProbe) -> int:
    return int(load_facts("verification.yaml")["propagation"][probe.row["propagation"]]["minutes"])


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Measure the seconds until it counts."""
    seconds = _MEASURES[probe.row["measures"]](probe, site)
    if seconds is None:
        return Answer(None, words="it did not count while this run waited")
    minutes = _minutes(probe)
    return Answer(f"{'within' if seconds <= 60 * minutes else 'after'} {minutes} minutes", seconds=round(seconds, 1))


def _seconds_of_grant(_: CalibrationProbe, site: ThrowawaySite) -> float | None:
    return site.records.seconds_until_right()


def _seconds_of_new_rule(probe: CalibrationProbe, site: ThrowawaySite) -> float | None:
    """From the write of a rule to the first record that it takes, for an identity whose right counts already."""
    if site.records.seconds_until_right() is None:
        return None
    rule = f"dcr-delay-{site.next_number()}"
    if site.write_rule(rule, _WRITES.format("new")).seen != ACCEPTED:
        return None
    # From the answer to the write: how long Azure took to write is not what senders wait for.
    start = site.waits.clock()
    sent = site.records.send(PROBE_STREAM, [{"Probe": probe.id}], rule)
    return site.waits.clock() - start if sent.seen == ACCEPTED else None


def _seconds_of_change(probe: CalibrationProbe, site: ThrowawaySite) -> float | None:
    """From the change of a rule to the sending of the first record whose row shows it."""
    if site.records.seconds_until_right() is None:
        return None
    rule = f"dcr-delay-{site.next_number()}"
    for text in ("before", "after"):
        if site.write_rule(rule, _WRITES.format(text)).seen != ACCEPTED:
            return None
    start = site.waits.clock()
    for number, is_last in enumerate(site.waits.attempts(_minutes(probe))):
        # Another record each time: one that came through the old copy of the rule says nothing about the new one.
        marker = f"{probe.id} {number}"
        sent_after = site.waits.clock() - start
        if site.records.send(PROBE_STREAM, [{"Probe": marker}], rule).seen != ACCEPTED:
            return None
        row = site.records.find_row(RESULTS_TABLE, marker)
        if row is not None and row.get("Result") == "after":
            return sent_after
        if row is None or is_last:
            return None
    return None


_MEASURES = {"grant": _seconds_of_grant, "rule": _seconds_of_new_rule, "change": _seconds_of_change}
