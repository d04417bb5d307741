"""Sending: every stream at once, and again for as long as a refusal may pass."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from provisioner.diagnose.diagnosis import Case, diagnose
from provisioner.errors import CloudError
from provisioner.probes.live_state import Scene
from provisioner.probes.probe import Shot
from provisioner.probes.timing import Pace
from provisioner.progress import Progress, ProgressEvent
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.azure.ingestion_client import Ingestion

_TELL = dt.timedelta(minutes=1)
"""A wait is told when its reason changes, and else so often."""


@dataclass(slots=True)
class _Attempt:
    """One shot's way to acceptance. `due` is when it is sent next; None while it is under way or over."""

    shot: Shot
    deadline: dt.datetime
    delays: Iterator[float]
    due: dt.datetime | None
    over: bool = False
    future: Future[None] | None = None
    told: tuple[str, dt.datetime] | None = None


class Sender:
    """Keeps all shots going over a few threads; whoever waits for a grant holds none of them."""

    def __init__(
        self, shots: Sequence[Shot], scene: Scene, ingestion: Ingestion, pace: Pace, progress: Progress
    ) -> None:
        self._scene, self._ingestion, self._pace, self._progress = scene, ingestion, pace, progress
        self._pool = ThreadPoolExecutor(min(pace.workers, len(shots)), "send")
        self.idle = threading.Event()
        """Set whenever nothing is under way any more."""
        now = _now()
        deadline = now + dt.timedelta(seconds=pace.budget)
        self._attempts = [_Attempt(shot, deadline, pace.delays(), now) for shot in shots]
        self._running = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Whether a shot is still to be accepted."""
        return any(not each.over for each in self._attempts)

    def step(self) -> float:
        """Send what is due; seconds to the next that will be. Raises what a thread of ours raised."""
        now = _now()
        for each in self._attempts:
            if each.future is not None and each.future.done():
                each.future.result()
            if each.due is not None and each.due <= now:
                self._submit(each)
        waiting = [each.due for each in self._attempts if each.due is not None]
        return max(0.0, (min(waiting) - _now()).total_seconds()) if waiting else self._pace.slowest

    def again(self, shot: Shot) -> None:
        """Send an accepted shot once more."""
        for each in self._attempts:
            if each.shot is shot and each.over and each.due is None:
                each.over, each.due = False, _now()

    def _submit(self, attempt: _Attempt) -> None:
        attempt.due = None
        with self._lock:
            self._running += 1
            self.idle.clear()
        if attempt.told is None:
            self._progress(
                ProgressEvent("start", attempt.shot.name, f"sending {plural(len(attempt.shot.records), 'record')}")
            )
        attempt.future = self._pool.submit(self._send, attempt)

    def _send(self, attempt: _Attempt) -> None:
        try:
            self._try(attempt)
        finally:
            with self._lock:
                self._running -= 1
                if not self._running:
                    self.idle.set()

    def _try(self, attempt: _Attempt) -> None:
        shot = attempt.shot
        try:
            self._ingestion.send(shot.endpoint, shot.immutable_id, shot.stream.name, shot.records)
        except CloudError as error:
            shot.error = error
            self._refused(attempt)
            return
        shot.error, shot.accepted = None, _now()
        shot.first_accepted = shot.first_accepted or shot.accepted
        attempt.over = True
        self._progress(ProgressEvent("start", shot.name, "accepted, looking for it"))

    def _refused(self, attempt: _Attempt) -> None:
        """Look for the reason; one that passes is borne until the budget is used up."""
        self._scene.forget(seconds=1.0)
        cause = diagnose(Case(attempt.shot.legs[0], self._scene)) if attempt.shot.legs else None
        for leg in attempt.shot.legs:
            leg.diagnosis = cause
        due = _now() + dt.timedelta(seconds=next(attempt.delays))
        if cause is None or not cause.passing or due > attempt.deadline:
            attempt.over = True
            return
        attempt.due = due
        if attempt.told is None or attempt.told[0] != cause.code or _now() - attempt.told[1] > _TELL:
            attempt.told = (cause.code, _now())
            left = int((attempt.deadline - _now()).total_seconds())
            self._progress(ProgressEvent("wait", attempt.shot.name, f"{cause.message}; {_minutes(left)} left"))


def _minutes(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
