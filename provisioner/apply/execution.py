"""A plan carried out: wave by wave, several changes at once, each outcome told; the next run continues."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.apply.change_writer import DEADLINE, Writer, sent
from provisioner.apply.dependency_waves import waves
from provisioner.apply.flow_errors import Blame, Locate, blames
from provisioner.apply.interrupt import Interrupt
from provisioner.apply.journal import Journal
from provisioner.apply.outcome import Outcome
from provisioner.apply.state_lock import held
from provisioner.azure.thread_pool import each
from provisioner.errors import CloudError, Conflict, ProvisionerError, StalePlan
from provisioner.live import read
from provisioner.plan import Change, Plan
from provisioner.plan.fingerprint import digest
from provisioner.plan.resource_change import need
from provisioner.progress import Progress, ProgressEvent, ignore_progress
from provisioner.resources import Body, Graph, Key, Resource

if TYPE_CHECKING:
    from provisioner.azure import Azure


def apply(
    plan: Plan,
    azure: Azure,
    *,
    allow: Collection[str] = (),
    parallelism: int = 10,
    progress: Progress = ignore_progress,
    state: Path | None = None,
    deadline: float = DEADLINE,
    recorded: Callable[[tuple[Outcome, ...]], None] | None = None,
    locked: bool = False,
    locate: Locate | None = None,
) -> tuple[Outcome, ...]:
    """Carry out a plan and tell what became of each change; a failed one stops what has not begun.

    `state` is the directory for the lock and the journal; `locked` says that the caller holds the lock. An
    interrupt finishes what is under way, gives the outcomes to `recorded` and is then passed on (KeyboardInterrupt,
    or what SIGTERM was set to). Raises UnsafePlan before anything is sent, and Busy where another run holds the
    directory.
    """
    plan.raise_if_unsafe(allow)
    if plan.empty:
        return ()
    lock = None if locked else state
    with held(lock, f"apply {plan.environment or ''}".strip()), Interrupt().watching() as interrupt:
        run = Run(plan, azure, parallelism, progress, state, deadline, interrupt)
        run.locate = locate
        outcomes = run.outcomes()
        if interrupt.asked is not None:
            if recorded is not None:
                recorded(outcomes)
            interrupt.pass_on()
    return outcomes


class Run:
    """One apply: what was written so far, and whether to go on."""

    def __init__(
        self,
        plan: Plan,
        azure: Azure,
        parallelism: int,
        progress: Progress,
        state: Path | None,
        deadline: float,
        interrupt: Interrupt,
    ) -> None:
        self.plan, self.azure, self.progress, self.interrupt = plan, azure, progress, interrupt
        self.parallelism = max(1, parallelism)
        self.writer = Writer(azure, deadline)
        self.journal = Journal(state, uuid.uuid4().hex, str(azure.identity), plan.environment, plan.fingerprint)
        self.failed = False
        self.written: set[Key] = set()
        self.locate: Locate | None = None

    def outcomes(self) -> tuple[Outcome, ...]:
        """Every change's, in the plan's order."""
        found = {change.key: outcome for change, outcome in self.pairs()}
        return tuple(found[change.key] for change in self.plan.changes if change.key in found)

    def pairs(self) -> Iterator[tuple[Change, Outcome]]:
        """Changes as they end."""
        shorts = [change.type for change in self.plan.changes if change.writes]
        # While the first waves wait for the network, the clients of the later ones are imported.
        threading.Thread(target=self.azure.management.services.warm, args=(shorts,), daemon=True).start()
        for wave in waves(self.plan.changes):
            yield from self._wave(wave)

    def _wave(self, wave: tuple[Change, ...]) -> list[tuple[Change, Outcome]]:
        if self._over():
            return [(change, Outcome.of(change, "skipped")) for change in wave]
        try:
            fresh = self.fresh(wave)
        except ProvisionerError as error:
            self.failed = True
            for change in wave:
                self._tell("failed", change, error.message)
            return [(change, Outcome.of(change, "skipped", error=error)) for change in wave]
        return list(each(self._one, fresh, self.parallelism))

    def _over(self) -> bool:
        return self.failed or self.interrupt.asked is not None

    def fresh(self, wave: tuple[Change, ...]) -> tuple[Change, ...]:
        """The wave against what is there now: nobody else may have touched what the manifest declares.

        What it does not declare may have moved, and is merged from this reading. Nothing stands in a scope that
        this run has just created, so that is not read. Raises StalePlan.
        """
        made = {change.key for change in self.plan.changes if change.action in {"create", "replace"}}
        known = {change.key: change for change in wave if change.action != "create" or _scope(change) not in made}
        graph = Graph(_resource(change) for change in known.values())
        live = read(self.azure, self._with_anchors(graph), only=known.keys())
        return tuple(
            self._again(change, live.graph.get(change.key)) if change.key in known else change for change in wave
        )

    def _with_anchors(self, graph: Graph) -> Graph:
        """Lists are anchored at the workspace and the group, so those stand in the graph too."""
        anchors = [*self.plan.desired.of("workspace"), *self.plan.desired.of("group")]
        return Graph([*graph, *(one for one in anchors if one.key not in graph)])

    def _again(self, change: Change, twin: Resource | None) -> Change:
        """The same change against a newer reading; StalePlan where its meaning has changed."""
        if change.action == "delete":
            return change
        assert change.desired is not None
        newer = Graph([twin] if twin is not None else [])
        named = frozenset(column.lower() for column in change.drops)
        now = need(change.desired, self.plan.desired, replace(self.plan.live, graph=newer), named)
        found = digest(now) if now is not None else "none"
        if digest(change) != found and not (set(change.needs) & self.written and _alike(change, now)):
            raise StalePlan(self.plan.fingerprint, found, f"{change.type} {change.name}")
        return replace(change, live=twin)

    def _one(self, change: Change) -> Outcome:
        if self._over():
            return Outcome.of(change, "skipped")
        self._tell("start", change, change.action)
        self.journal.begin(change)
        self.azure.waits.remember(None)
        started = time.monotonic()
        before = change.live.body if change.live else None
        try:
            after: Body | None = self.writer.write(change, lambda why: self._tell("wait", change, why))
        except ProvisionerError as error:
            self.failed = True
            outcome = Outcome.of(change, "failed", time.monotonic() - started, _explained(error))
            outcome = replace(outcome, blames=self.blamed(error, change))
            self._tell("failed", change, error.message)
            self.journal.end(change, outcome, before, None)
            return outcome
        outcome = Outcome.of(change, "applied", time.monotonic() - started, body=after)
        outcome = replace(outcome, request_id=self.azure.waits.request_id)
        self.written.add(change.key)
        self.writer.fresh = self.writer.fresh or change.action in {"create", "replace"}
        self.journal.end(change, outcome, before, after)
        self._tell("done", change, f"{_PAST[change.action]} in {outcome.seconds:.1f} s")
        return outcome

    def blamed(self, error: ProvisionerError, change: Change) -> tuple[Blame, ...]:
        """The flows that a refusal means, with their places in the manifest where those can be found."""
        if not isinstance(error, CloudError):
            return ()
        found = blames(error, sent(change))
        return tuple(replace(each, place=self.locate(each) if self.locate else None) for each in found)

    def _tell(self, kind: str, change: Change, message: str) -> None:
        self.progress(ProgressEvent(kind, f"{change.type} {change.name}", message))  # type: ignore[arg-type]


_PAST = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "no-op": "unchanged"}


def _alike(change: Change, now: Change | None) -> bool:
    """Whether a difference from the plan can be our own doing: a default moved when what it follows was written."""
    if now is None:
        return True
    planned = {delta.path for delta in change.deltas}
    return now.action == change.action and {delta.path for delta in now.deltas} <= planned


def _scope(change: Change) -> Key | None:
    return _resource(change).scope


def _resource(change: Change) -> Resource:
    found = change.desired or change.live
    assert found is not None
    return found


def _explained(error: ProvisionerError) -> ProvisionerError:
    """A precondition that failed is somebody else's write between our reading and ours."""
    if isinstance(error, Conflict) and error.status == 412:
        error.hint = "somebody else wrote it at the same moment; plan again"
    return error
