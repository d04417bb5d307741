"""Sends probes and watches for their rows: one query for all tables, an end as soon as nothing is open."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from provisioner.diagnose import Evidence, diagnose
from provisioner.operating_system import LOCK_WAIT_SECONDS
from provisioner.probes.live_state import LiveState
from provisioner.probes.probe import FlowProbe, Probe
from provisioner.probes.timing import VerifyTiming
from provisioner.progress import Progress, ProgressEvent
from provisioner.reports.durations import format_seconds
from provisioner.text import plural
from provisioner.verify.row_lookup import RowLookup
from provisioner.verify.sender import Sender

if TYPE_CHECKING:
    from provisioner.azure.ingestion_client import IngestionClient

_MIN_WAIT = 0.001
"""Seconds; a wait of none would spin while a search is due."""


class ArrivalMonitor:
    """Sends and watches all probes of one run; what it finds is in the states of their flows."""

    def __init__(
        self, live: LiveState, ingestion: IngestionClient, lookup: RowLookup, timing: VerifyTiming, progress: Progress
    ) -> None:
        self._live = live
        self._ingestion = ingestion
        self._lookup = lookup
        self._timing = timing
        self._progress = progress

    def run(self, probes: Sequence[Probe]) -> None:
        """Send all, and search until each flow arrived, has a cause that no waiting cures, or the time is up."""
        if not probes:
            return
        with Sender(probes, self._live, self._ingestion, self._timing, self._progress) as sender:
            self._watch(probes, sender)
        self._conclude([flow for probe in probes for flow in probe.flows])

    def _watch(self, probes: Sequence[Probe], sender: Sender) -> None:
        """Search for what was accepted: at once when everything is sent, then less and less often."""
        delays = self._timing.poll_delays()
        next_search = _now() + _seconds(next(delays))
        while True:
            seconds_to_send = sender.send_due()
            if _now() >= next_search:
                if not self._search(probes, sender) and not sender.busy:
                    return
                next_search = _now() + _seconds(next(delays))
            wait = min(seconds_to_send, (next_search - _now()).total_seconds(), LOCK_WAIT_SECONDS or math.inf)
            # Rows of what was just accepted come soon, so the delays begin with the shortest again.
            if sender.idle.wait(max(_MIN_WAIT, wait)):
                sender.idle.clear()
                delays = self._timing.poll_delays()
                next_search = _now()

    def _search(self, probes: Sequence[Probe], sender: Sender) -> list[FlowProbe]:
        """One search for all flows that are open. Returns those that remain open."""
        accepted = [probe for probe in probes if probe.accepted_at and not probe.send_error]
        open_flows = [flow for probe in accepted for flow in probe.flows if not flow.settled]
        if not open_flows:
            return []
        self._lookup.search(open_flows)
        for flow in open_flows:
            # A flow with unwritten columns has a diagnosis to come, although its rows arrived.
            if flow.arrived and not flow.bound_flow.unwritten_columns:
                self._report(flow, ok=True)
        open_flows = [flow for flow in open_flows if not flow.settled]
        self._diagnose_suspects(open_flows)
        self._resend_mangled(open_flows, sender)
        return [flow for flow in open_flows if not flow.settled and not self._is_overdue(flow)]

    def _is_overdue(self, flow: FlowProbe) -> bool:
        accepted = flow.probe.first_accepted_at or _now()
        return _now() - accepted > _seconds(min(self._timing.arrival_timeout, self._timing.send_budget))

    def _diagnose_suspects(self, flows: Iterable[FlowProbe]) -> None:
        """Look for causes where a row differs or is late."""
        suspects = [flow for flow in flows if self._is_suspect(flow)]
        if not suspects:
            return
        self._live.invalidate(older_than=1.0)
        self._lookup.search_any_time([flow for flow in suspects if flow.missing])
        for flow in suspects:
            state = flow.state
            state.diagnosed_after = flow.seconds_waited
            previous, state.diagnosis = state.diagnosis, diagnose(Evidence(flow, self._live))
            changed = state.diagnosis and (previous is None or previous.code != state.diagnosis.code)
            if state.diagnosis and state.diagnosis.transient and changed:
                self._progress(ProgressEvent("wait", flow.title, state.diagnosis.message))

    def _is_suspect(self, flow: FlowProbe) -> bool:
        if not flow.missing or flow.state.query_error:
            return True
        # Causes read a dozen resources: the later the row, the more rarely they are looked for.
        return flow.seconds_waited > max(self._timing.diagnose_after, 2 * flow.state.diagnosed_after)

    def _resend_mangled(self, flows: Iterable[FlowProbe], sender: Sender) -> None:
        """Send once more where an outdated copy of the DCR may have mangled the records."""
        for probe in dict.fromkeys(flow.probe for flow in flows):
            diagnoses = [flow.state.diagnosis for flow in probe.flows if flow.state.diagnosis]
            mangled = any(diagnosis.code == "rule-spreading" for diagnosis in diagnoses)
            if mangled and probe.accepted_at and _now() - probe.accepted_at > _seconds(self._timing.resend_after):
                sender.resend(probe)

    def _conclude(self, flows: Sequence[FlowProbe]) -> None:
        """The final diagnosis of each flow, by what Azure says at the end."""
        open_flows = [flow for flow in flows if not flow.settled and not flow.probe.send_error]
        if open_flows:
            self._live.invalidate()
            self._lookup.search_any_time([flow for flow in open_flows if flow.missing])
        for flow in flows:
            state = flow.state
            if flow.arrived or state.diagnosis is None or state.diagnosis.transient:
                state.diagnosis = diagnose(Evidence(flow, self._live))
            self._report(flow, ok=flow.arrived and state.diagnosis is None and flow.probe.send_error is None)

    def _report(self, flow: FlowProbe, *, ok: bool) -> None:
        state = flow.state
        if state.reported:
            return
        state.reported = True
        if ok:
            latency = f", {format_seconds(flow.latency)}" if flow.latency is not None else ""
            message = f"{plural(len(state.rows), 'row')} arrived{latency}"
            self._progress(ProgressEvent("done", flow.title, message))
        else:
            message = state.diagnosis.message if state.diagnosis else ""
            self._progress(ProgressEvent("failed", flow.title, message))


def _seconds(seconds: float) -> dt.timedelta:
    return dt.timedelta(seconds=seconds)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
