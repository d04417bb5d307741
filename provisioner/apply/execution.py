"""Applies a plan by single writes: wave by wave, several changes at once; after a failure the next run continues."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.apply.applied import Applied
from provisioner.apply.apply_options import APPLY_DEFAULTS, ApplyOptions
from provisioner.apply.change_writer import ChangeWriter, body_to_send
from provisioner.apply.dependency_waves import dependency_waves
from provisioner.apply.flow_errors import ErrorLocator, FlowError, flow_errors
from provisioner.apply.interrupt import Interrupt
from provisioner.apply.journal import Journal
from provisioner.apply.outcome import Outcome
from provisioner.apply.state_lock import state_lock
from provisioner.azure.thread_pool import map_unordered
from provisioner.errors import CloudError, Conflict, ProvisionerError, StalePlan
from provisioner.live import read_live
from provisioner.plan import Change, Plan
from provisioner.plan.fingerprint import change_digest
from provisioner.plan.resource_change import resource_change
from provisioner.progress import ProgressEvent
from provisioner.resources import Body, Graph, Key, Param, Ref, Resource, substitute
from provisioner.resources.application_resource import principal_id

if TYPE_CHECKING:
    from provisioner.azure import Azure


def apply(
    plan: Plan,
    azure: Azure,
    options: ApplyOptions = APPLY_DEFAULTS,
    state_directory: Path | None = None,
    locate_error: ErrorLocator | None = None,
) -> Applied:
    """Carry out a plan by single writes and return the outcome of each change; after a failure no other is begun.

    `state_directory` holds the lock and the journal; without it there are none. `locate_error` finds the manifest's
    position of a refused flow. Raises UnsafePlan before anything is sent, StateLocked where another run holds the
    directory, and after a signal KeyboardInterrupt, or what SIGTERM was set to.
    """
    with executing(plan, azure, options, state_directory, locate_error) as execution:
        execution.write(plan.changes)
    return execution.applied()


@contextmanager
def executing(
    plan: Plan,
    azure: Azure,
    options: ApplyOptions,
    state_directory: Path | None,
    locate_error: ErrorLocator | None,
) -> Iterator[Execution]:
    """An execution with the lock held and signals handled; a signal is delivered at the end, with the outcomes."""
    # Also here, and not only in the command line: library callers must not apply an unsafe plan by accident.
    plan.raise_if_unsafe(options.allow)
    # Nothing to write: no lock is taken, and no state directory made.
    directory = None if plan.empty else state_directory
    with state_lock(directory, f"apply {plan.environment or ''}".strip()), Interrupt().handling_signals() as interrupt:
        journal = Journal(directory, uuid.uuid4().hex, str(azure.identity), plan.environment, plan.fingerprint)
        execution = Execution(plan, azure, options, journal, interrupt, locate_error)
        yield execution
        if interrupt.signal_number is not None:
            if options.on_interrupt is not None:
                options.on_interrupt(execution.applied())
            interrupt.deliver()


class Execution:
    """One run of apply: the outcomes so far, whether a change failed, and the writer and journal in use."""

    def __init__(
        self,
        plan: Plan,
        azure: Azure,
        options: ApplyOptions,
        journal: Journal,
        interrupt: Interrupt,
        locate_error: ErrorLocator | None,
    ) -> None:
        self.plan, self.azure, self.journal, self.interrupt = plan, azure, journal, interrupt
        self.progress, self.parallelism = options.progress, max(1, options.parallelism)
        self.writer = ChangeWriter(azure, options.retry_deadline)
        self.locate_error = locate_error
        self.failed = False
        self.written: set[Key] = set()
        self.outcome_by_key: dict[Key, Outcome] = {}

    def applied(self) -> Applied:
        """The outcomes so far, in the plan's order."""
        changes = (change for change in self.plan.changes if change.key in self.outcome_by_key)
        return Applied(self.plan, (self.outcome_by_key[change.key] for change in changes))

    def write(self, changes: Sequence[Change]) -> None:
        """Apply changes of the plan, in waves, and keep their outcomes."""
        types = [change.type for change in changes if change.writes]
        if not types:
            return
        # Importing the SDK's clients takes up to a second; it happens while the first wave waits for the network.
        threading.Thread(target=self.azure.management.operations.import_clients, args=(types,), daemon=True).start()
        for wave in dependency_waves(changes):
            self.outcome_by_key |= {change.key: outcome for change, outcome in self._apply_wave(wave)}

    def _apply_wave(self, wave: tuple[Change, ...]) -> list[tuple[Change, Outcome]]:
        if self.stopped:
            return [(change, Outcome.of_change(change, "skipped")) for change in wave]
        try:
            refreshed = self.refresh(wave)
        except ProvisionerError as error:
            self.failed = True
            for change in wave:
                self._report("failed", change, error.message)
            return [(change, Outcome.of_change(change, "skipped", error=error)) for change in wave]
        return list(map_unordered(self._apply_change, refreshed, self.parallelism))

    @property
    def stopped(self) -> bool:
        """Whether no further change is begun: one has failed, or a signal has come."""
        return self.failed or self.interrupt.signal_number is not None

    def refresh(self, wave: tuple[Change, ...]) -> tuple[Change, ...]:
        """Read the wave's resources again and return its changes against that reading.

        Raises StalePlan where what the manifest declares has changed since the plan was made. Properties that it does
        not declare may have changed, and are merged from this reading. A scope that this run has created is empty, so
        nothing in it is read.
        """
        created_keys = {change.key for change in self.plan.changes if change.action in {"create", "replace"}}
        readable = {
            change.key: change for change in wave if change.action != "create" or _scope_of(change) not in created_keys
        }
        graph = Graph(_resource_of(change) for change in readable.values())
        live = read_live(self.azure, self._with_list_scopes(graph), only=readable.keys())
        return tuple(
            self._recheck(change, live.graph.get(change.key)) if change.key in readable else change for change in wave
        )

    def _with_list_scopes(self, graph: Graph) -> Graph:
        # live.read lists tables of the workspace and rules of the group, so the graph must hold those two.
        anchors = [*self.plan.desired.of_type("workspace"), *self.plan.desired.of_type("group")]
        return Graph([*graph, *(anchor for anchor in anchors if anchor.key not in graph)])

    def _recheck(self, change: Change, live_resource: Resource | None) -> Change:
        """The change against a newer reading of its resource. Raises StalePlan where it would do something else now."""
        if change.action == "delete":
            return change
        assert change.desired is not None
        newer = Graph([live_resource] if live_resource is not None else [])
        removed = frozenset(column.lower() for column in change.removed_columns)
        change_now = resource_change(change.desired, self.plan.desired, replace(self.plan.live, graph=newer), removed)
        digest_now = change_digest(change_now) if change_now is not None else "none"
        if change_digest(change) != digest_now and not (
            set(change.needs) & self.written and _explained_by_own_writes(change, change_now)
        ):
            raise StalePlan(self.plan.fingerprint, digest_now, f"{change.type} {change.name}")
        return replace(change, live=live_resource)

    def _apply_change(self, change: Change) -> Outcome:
        if self.stopped:
            return Outcome.of_change(change, "skipped")
        self._report("start", change, change.action)
        self.journal.begin(change)
        # A failed write may have no answer; without this its outcome would carry the id of the write before it.
        self.azure.observer.record_request_id(None)
        started = time.monotonic()
        before = change.live.body if change.live else None
        try:
            after: Body | None = self.writer.write(
                self.with_principals(change), lambda why: self._report("wait", change, why)
            )
        except ProvisionerError as error:
            self.failed = True
            outcome = Outcome.of_change(change, "failed", time.monotonic() - started, _with_conflict_hint(error))
            outcome = replace(outcome, flow_errors=self._flow_errors_of(error, change))
            self._report("failed", change, error.message)
            self.journal.end(change, outcome, before, None)
            return outcome
        outcome = Outcome.of_change(change, "applied", time.monotonic() - started, body=after)
        outcome = replace(outcome, request_id=self.azure.observer.request_id)
        self.written.add(change.key)
        self.writer.has_created = self.writer.has_created or change.action in {"create", "replace"}
        self.journal.end(change, outcome, before, after)
        self._report("done", change, f"{_PAST_TENSE[change.action]} in {outcome.seconds:.1f} s")
        return outcome

    def with_principals(self, change: Change) -> Change:
        """The change with the object ids of service principals, which are known once their applications are made.

        Raises StalePlan where one is not.
        """

        def resolve(value: Ref | Param) -> object:
            if isinstance(value, Param):
                return value
            outcome, live = self.outcome_by_key.get(value.key), self.plan.live.graph.get(value.key)
            body = outcome.body if outcome is not None and outcome.body else live.body if live else {}
            if (object_id := principal_id(body)) is None:
                raise StalePlan(self.plan.fingerprint, "none", f"{change.type} {change.name}: {value} is not known")
            return object_id

        return change if change.body is None else replace(change, body=substitute(change.body, resolve))

    def _flow_errors_of(self, error: ProvisionerError, change: Change) -> tuple[FlowError, ...]:
        """The flows that Azure's refusal points into, with their positions in the manifest where they can be found."""
        if not isinstance(error, CloudError):
            return ()
        errors = flow_errors(error, body_to_send(change))
        return tuple(
            replace(flow_error, position=self.locate_error(flow_error) if self.locate_error else None)
            for flow_error in errors
        )

    def _report(self, kind: str, change: Change, message: str) -> None:
        self.progress(ProgressEvent(kind, f"{change.type} {change.name}", message))  # type: ignore[arg-type]


_PAST_TENSE = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "no-op": "unchanged",
}


def _explained_by_own_writes(change: Change, now: Change | None) -> bool:
    """Whether this run's own writes can explain that a change differs from its plan."""
    # A default follows another property (a table's retention the workspace's), and changes when that one is written.
    if now is None:
        return True
    planned = {delta.path for delta in change.deltas}
    return now.action == change.action and {delta.path for delta in now.deltas} <= planned


def _scope_of(change: Change) -> Key | None:
    return _resource_of(change).scope


def _resource_of(change: Change) -> Resource:
    resource = change.desired or change.live
    assert resource is not None
    return resource


def _with_conflict_hint(error: ProvisionerError) -> ProvisionerError:
    # 412: the etag of our If-Match is no longer current, so somebody wrote between our read and our write.
    if isinstance(error, Conflict) and error.status == 412:
        error.hint = "somebody else wrote it at the same moment; plan again"
    return error
