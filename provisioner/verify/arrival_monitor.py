"""Sending and looking: one query for all tables, an end as soon as nothing is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from provisioner.diagnose.diagnosis import Case, diagnose
from provisioner.probes.live_state import Scene
from provisioner.probes.probe import Leg, Shot
from provisioner.probes.timing import Pace
from provisioner.progress import Progress, ProgressEvent
from provisioner.text import plural
from provisioner.verify.report import span
from provisioner.verify.row_lookup import Finder
from provisioner.verify.sender import Sender

if TYPE_CHECKING:
    from provisioner.azure.ingestion_client import Ingestion


class Probe:
    """One run over all shots."""

    def __init__(self, scene: Scene, ingestion: Ingestion, finder: Finder, pace: Pace, progress: Progress) -> None:
        self._scene = scene
        self._ingestion = ingestion
        self._finder = finder
        self._pace = pace
        self._progress = progress

    def run(self, shots: Sequence[Shot]) -> None:
        """Send all and look for them until each leg arrived, a cause is known that no waiting cures, or time is up."""
        if not shots:
            return
        with Sender(shots, self._scene, self._ingestion, self._pace, self._progress) as sender:
            self._watch(shots, sender)
        self._explain([leg for shot in shots for leg in shot.legs])

    def _watch(self, shots: Sequence[Shot], sender: Sender) -> None:
        """Look for what was accepted, at once when everything is sent, then less and less often."""
        delays = self._pace.delays()
        look = _now() + _seconds(next(delays))
        while True:
            due = sender.step()
            if _now() >= look:
                if not self._look(shots, sender) and not sender.busy:
                    return
                look = _now() + _seconds(next(delays))
            rest = max(0.001, min(due, (look - _now()).total_seconds()))
            if sender.idle.wait(rest):
                sender.idle.clear()
                delays = self._pace.delays()
                look = _now()

    def _look(self, shots: Sequence[Shot], sender: Sender) -> list[Leg]:
        """One query for all that is open; what remains open."""
        open_ = [leg for shot in shots if shot.accepted and not shot.error for leg in shot.legs if not leg.settled]
        if not open_:
            return []
        self._finder.look(open_)
        for leg in open_:
            if leg.arrived and not leg.lane.unwritten:
                self._tell(leg, good=True)
        open_ = [leg for leg in open_ if not leg.settled]
        self._suspect(open_)
        self._again(open_, sender)
        return [leg for leg in open_ if not leg.settled and not self._late(leg)]

    def _late(self, leg: Leg) -> bool:
        first = leg.shot.first_accepted or _now()
        return _now() - first > _seconds(min(self._pace.arrival, self._pace.budget))

    def _suspect(self, legs: Iterable[Leg]) -> None:
        """Look for reasons where a row differs or is late; the later it is, the more seldom."""
        suspects = [leg for leg in legs if not leg.missing or leg.query_error or leg.waited > self._patience(leg)]
        if not suspects:
            return
        self._scene.forget(seconds=1.0)
        self._finder.look_everywhere([leg for leg in suspects if leg.missing])
        for leg in suspects:
            leg.suspected = leg.waited
            before, leg.diagnosis = leg.diagnosis, diagnose(Case(leg, self._scene))
            if leg.diagnosis and leg.diagnosis.passing and (before is None or before.code != leg.diagnosis.code):
                self._progress(ProgressEvent("wait", _name(leg), leg.diagnosis.message))

    def _patience(self, leg: Leg) -> float:
        return max(self._pace.suspect, 2 * leg.suspected)

    def _again(self, legs: Iterable[Leg], sender: Sender) -> None:
        """Send once more where a young rule may have mangled the records."""
        for shot in {id(leg.shot): leg.shot for leg in legs}.values():
            mangled = any(leg.diagnosis and leg.diagnosis.code == "rule-spreading" for leg in shot.legs)
            if mangled and shot.accepted and _now() - shot.accepted > _seconds(self._pace.again):
                sender.again(shot)

    def _explain(self, legs: Sequence[Leg]) -> None:
        """The last word on each leg, by what Azure says at the end."""
        unclear = [leg for leg in legs if not leg.settled and not leg.shot.error]
        if unclear:
            self._scene.forget()
            self._finder.look_everywhere([leg for leg in unclear if leg.missing])
        for leg in legs:
            if leg.arrived or leg.diagnosis is None or leg.diagnosis.passing:
                leg.diagnosis = diagnose(Case(leg, self._scene))
            self._tell(leg, good=leg.arrived and leg.diagnosis is None and leg.shot.error is None)

    def _tell(self, leg: Leg, *, good: bool) -> None:
        if leg.told:
            return
        leg.told = True
        if good:
            latency = f", {span(leg.latency)}" if leg.latency is not None else ""
            self._progress(ProgressEvent("done", _name(leg), f"{plural(len(leg.found), 'row')} arrived{latency}"))
        else:
            self._progress(ProgressEvent("failed", _name(leg), leg.diagnosis.message if leg.diagnosis else ""))


def _name(leg: Leg) -> str:
    return f"{leg.shot.stream.key} → {leg.table}"


def _seconds(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
