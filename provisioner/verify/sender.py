"""Sends all probes at once, and again for as long as the reason of a refusal may pass."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from provisioner.diagnose import Evidence, diagnose
from provisioner.errors import CloudError
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import LiveState
from provisioner.probes.probe import Probe
from provisioner.probes.timing import VerifyTiming
from provisioner.progress import Progress, ProgressEvent
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.azure.ingestion_client import IngestionClient

_REPORT_INTERVAL = dt.timedelta(minutes=1)
"""How often a wait is reported whose reason does not change."""


@dataclass(slots=True)
class _Delivery:
    """One probe until the endpoint accepts it. `due` is when it is sent next; None while it is under way or finished.

    `last_report` is the code of the last wait that was reported, and when.
    """

    probe: Probe
    deadline: dt.datetime
    delays: Iterator[float]
    due: dt.datetime | None
    finished: bool = False
    future: Future[None] | None = None
    last_report: tuple[str, dt.datetime] | None = None


class Sender:
    """Keeps all probes going over a few threads; one that waits for a grant occupies none of them."""

    def __init__(
        self,
        probes: Sequence[Probe],
        live: LiveState,
        ingestion: IngestionClient,
        timing: VerifyTiming,
        progress: Progress,
    ) -> None:
        self._live, self._ingestion, self._timing, self._progress = live, ingestion, timing, progress
        self._pool = ThreadPoolExecutor(min(timing.send_threads, len(probes)), "send")
        self.idle = threading.Event()
        """Set whenever no request is under way any more."""
        now = _now()
        deadline = now + dt.timedelta(seconds=timing.send_budget)
        self._deliveries = [_Delivery(probe, deadline, timing.poll_delays(), now) for probe in probes]
        self._under_way = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # After an interrupt nothing more is sent, and no thread writes to states that are being reported.
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Whether a probe may still be accepted."""
        return any(not delivery.finished for delivery in self._deliveries)

    def send_due(self) -> float:
        """Send what is due. Returns the seconds until the next one is; raises what a thread of ours raised."""
        now = _now()
        for delivery in self._deliveries:
            if delivery.future is not None and delivery.future.done():
                # An error that is no refusal ends the run instead of leaving its probe waiting.
                delivery.future.result()
            if delivery.due is not None and delivery.due <= now:
                self._submit(delivery)
        waiting = [delivery.due for delivery in self._deliveries if delivery.due is not None]
        return max(0.0, (min(waiting) - _now()).total_seconds()) if waiting else self._timing.max_poll_interval

    def resend(self, probe: Probe) -> None:
        """Send an accepted probe once more."""
        for delivery in self._deliveries:
            if delivery.probe is probe and delivery.finished and delivery.due is None:
                delivery.finished, delivery.due = False, _now()

    def _submit(self, delivery: _Delivery) -> None:
        delivery.due = None
        with self._lock:
            self._under_way += 1
            self.idle.clear()
        if delivery.last_report is None:
            message = f"sending {plural(len(delivery.probe.records), 'record')}"
            self._progress(ProgressEvent("start", delivery.probe.title, message))
        delivery.future = self._pool.submit(self._send, delivery)

    def _send(self, delivery: _Delivery) -> None:
        try:
            self._deliver(delivery)
        finally:
            with self._lock:
                self._under_way -= 1
                if not self._under_way:
                    self.idle.set()

    def _deliver(self, delivery: _Delivery) -> None:
        probe = delivery.probe
        try:
            self._ingestion.send(probe.endpoint, probe.immutable_id, probe.stream.name, probe.records)
        except CloudError as error:
            probe.send_error = error
            self._handle_refusal(delivery)
            return
        probe.send_error, probe.accepted_at = None, _now()
        probe.first_accepted_at = probe.first_accepted_at or probe.accepted_at
        delivery.finished = True
        self._progress(ProgressEvent("start", probe.title, "accepted, looking for it"))

    def _handle_refusal(self, delivery: _Delivery) -> None:
        """Look for the cause; a transient one is waited out until the budget is used up."""
        flows = delivery.probe.flows
        # Many probes are refused at once, mostly for the same cause: they share what was read within this second.
        self._live.invalidate(older_than=1.0)
        diagnosis = diagnose(Evidence(flows[0], self._live)) if flows else None
        for flow in flows:
            flow.state.diagnosis = diagnosis
        due = _now() + dt.timedelta(seconds=next(delivery.delays))
        if diagnosis is None or not diagnosis.transient or due > delivery.deadline:
            delivery.finished = True
            return
        delivery.due = due
        self._report_wait(delivery, diagnosis)

    def _report_wait(self, delivery: _Delivery, diagnosis: Diagnosis) -> None:
        last = delivery.last_report
        if last is not None and last[0] == diagnosis.code and _now() - last[1] <= _REPORT_INTERVAL:
            return
        delivery.last_report = (diagnosis.code, _now())
        remaining = _format_remaining(int((delivery.deadline - _now()).total_seconds()))
        self._progress(ProgressEvent("wait", delivery.probe.title, f"{diagnosis.message}; {remaining} left"))


def _format_remaining(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
