"""Sending and looking: every stream at once, one query for all tables, an end as soon as nothing is open."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.errors import CloudError
from provisioner.progress import Event, Progress
from provisioner.verify.arrival import Diagnosis
from provisioner.verify.causes import Case, diagnose
from provisioner.verify.find import Finder
from provisioner.verify.report.arrivals import span
from provisioner.verify.scene import Scene
from provisioner.verify.shot import Leg, Shot

if TYPE_CHECKING:
    from provisioner.azure.ingestion import Ingestion


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: `budget` for the right to send, `arrival` for rows after acceptance, `poll` first wait between looks.

    `suspect` is how long a row may be missing before reasons are looked for, `again` when records that a young rule
    mangled are sent once more.
    """

    budget: float = 1800.0
    arrival: float = 900.0
    poll: float = 2.0
    slowest: float = 15.0
    suspect: float = 60.0
    again: float = 60.0
    workers: int = 16


QUICK = Pace(budget=60.0, arrival=30.0, poll=0.05, slowest=1.0, suspect=2.0, again=5.0)
"""Under the emulator nothing takes minutes but by request."""


class Probe:
    """One run over all shots."""

    def __init__(self, scene: Scene, ingestion: Ingestion, finder: Finder, pace: Pace, progress: Progress) -> None:
        self._scene = scene
        self._ingestion = ingestion
        self._finder = finder
        self._pace = pace
        self._progress = progress
        self._stop = threading.Event()
        self._changed = threading.Event()

    def run(self, shots: Sequence[Shot]) -> None:
        """Send all and look for them until each leg arrived, a cause is known that no waiting cures, or time is up."""
        if not shots:
            return
        with ThreadPoolExecutor(min(self._pace.workers, len(shots)), "send") as pool:
            try:
                sending = [pool.submit(self._deliver, shot) for shot in shots]
                for each in sending:
                    each.add_done_callback(lambda _: self._wake(sending))
                self._watch(shots, lambda: any(not each.done() for each in sending))
                for each in sending:
                    each.result()
            finally:
                self._stop.set()
        for leg in (leg for shot in shots for leg in shot.legs):
            self._explain(leg)

    def _wake(self, sending: Sequence[Future[None]]) -> None:
        """Look at once when the last is sent; before, at the pace of the looks: each is a query over all tables."""
        if all(each.done() for each in sending):
            self._changed.set()

    def _deliver(self, shot: Shot) -> None:
        """Send until accepted; a refusal that may pass is borne until the budget is used up."""
        self._progress(Event("start", shot.name, f"sending {len(shot.records)} record(s)"))
        deadline = _now() + dt.timedelta(seconds=self._pace.budget)
        for delay in _delays(self._pace.poll, self._pace.slowest):
            if self._post(shot):
                self._progress(Event("start", shot.name, "accepted, looking for it"))
                break
            cause = self._why(shot)
            if cause is None or not cause.passing or _now() + dt.timedelta(seconds=delay) > deadline:
                break
            left = int((deadline - _now()).total_seconds())
            self._progress(Event("wait", shot.name, f"{cause.message}; {_minutes(left)} left"))
            if self._stop.wait(delay):
                break

    def _post(self, shot: Shot) -> bool:
        try:
            self._ingestion.send(shot.endpoint, shot.immutable_id, shot.stream.name, shot.records)
        except CloudError as error:
            shot.error = error
            return False
        shot.error, shot.accepted = None, _now()
        shot.first_accepted = shot.first_accepted or shot.accepted
        return True

    def _why(self, shot: Shot) -> Diagnosis | None:
        """Why the endpoint refuses, read anew: a grant may be made while we wait."""
        self._scene.forget()
        cause = diagnose(Case(shot.legs[0], self._scene)) if shot.legs else None
        for leg in shot.legs:
            leg.diagnosis = cause
        return cause

    def _watch(self, shots: Sequence[Shot], sending: Callable[[], bool]) -> None:
        """Look for what was accepted; the waits grow, and start anew when everything is sent."""
        delays = _delays(self._pace.poll, self._pace.slowest)
        while True:
            open_ = [leg for shot in shots if shot.accepted and not shot.error for leg in shot.legs if not leg.settled]
            if open_:
                self._finder.look(open_)
                self._report(shots)
                open_ = [leg for leg in open_ if not leg.settled]
                self._suspect(open_)
                open_ = [leg for leg in open_ if not leg.settled and not self._late(leg)]
            if not open_ and not sending():
                return
            if self._changed.wait(next(delays)):
                self._changed.clear()
                delays = _delays(self._pace.poll, self._pace.slowest)

    def _late(self, leg: Leg) -> bool:
        first = leg.shot.first_accepted or _now()
        return (_now() - first).total_seconds() > min(self._pace.arrival, self._pace.budget)

    def _suspect(self, legs: Sequence[Leg]) -> None:
        """Look for reasons where a row is late or differs, and send again where a young rule may have mangled it."""
        now = _now()
        for leg in legs:
            assert leg.shot.accepted is not None
            waited = (now - leg.shot.accepted).total_seconds()
            if not leg.missing or waited > self._pace.suspect:
                before = leg.diagnosis
                self._scene.forget()
                leg.diagnosis = diagnose(Case(leg, self._scene))
                if leg.diagnosis and leg.diagnosis.passing and leg.diagnosis != before:
                    self._progress(Event("wait", _name(leg), leg.diagnosis.message))
        for shot in {id(leg.shot): leg.shot for leg in legs}.values():
            mangled = any(leg.diagnosis and leg.diagnosis.code == "rule-spreading" for leg in shot.legs)
            if mangled and shot.accepted and (now - shot.accepted).total_seconds() > self._pace.again:
                self._post(shot)

    def _explain(self, leg: Leg) -> None:
        """The last word on a leg, by what Azure says at the end."""
        self._scene.forget() if not leg.arrived else None
        if leg.diagnosis is None or leg.diagnosis.passing or leg.arrived:
            leg.diagnosis = diagnose(Case(leg, self._scene))
        good = leg.arrived and leg.diagnosis is None and leg.shot.error is None
        if not good or not leg.told:
            self._tell(leg, good=good)

    def _report(self, shots: Sequence[Shot]) -> None:
        for leg in (leg for shot in shots for leg in shot.legs):
            if leg.arrived and leg.expected and not leg.told and not leg.lane.unwritten:
                self._tell(leg, good=True)

    def _tell(self, leg: Leg, *, good: bool) -> None:
        leg.told = True
        seconds = span(leg.latency) if leg.latency is not None else ""
        message = (
            f"{len(leg.found)} row(s) arrived, {seconds}" if good else leg.diagnosis.message if leg.diagnosis else ""
        )
        self._progress(Event("done" if good else "failed", _name(leg), message))


def _name(leg: Leg) -> str:
    return f"{leg.shot.stream.key} → {leg.table}"


def _delays(first: float, slowest: float) -> itertools.accumulate[float]:
    """Waits that grow by half, up to the slowest, for ever."""
    return itertools.accumulate(itertools.repeat(first), lambda last, _: min(last * 1.5, slowest))


def _minutes(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
