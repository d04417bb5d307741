"""The same plan through Azure's own engine: one template, however many resources; its what-if shown beside our plan."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner import render
from provisioner.apply.change_writer import DEADLINE
from provisioner.apply.dependency_waves import waves
from provisioner.apply.execution import Run
from provisioner.apply.flow_errors import Locate
from provisioner.apply.interrupt import Interrupt
from provisioner.apply.outcome import Outcome
from provisioner.apply.state_lock import held
from provisioner.errors import CloudError, ProvisionerError
from provisioner.package_data import load_facts
from provisioner.plan import Change, Plan, merged
from provisioner.progress import Progress, ProgressEvent, ignore_progress
from provisioner.resources import Body, Graph, Key

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.model import Manifest

_BYTES = 3_500_000
"""A template may hold 4 MB after its expressions are expanded."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What Azure foretells of one resource, beside what our plan says."""

    id: str
    azure: str
    ours: str

    def json(self) -> dict[str, str]:
        """As data."""
        return {"id": self.id, "azure": self.azure, "ours": self.ours}


def templates(plan: Plan, manifest: Manifest) -> Iterator[tuple[tuple[Change, ...], Body]]:
    """The changes that a template can carry, in parts of at most 800 resources, each with its template.

    Bodies are merged with what is there, since a deployment replaces just as a PUT does. The group, what is only
    patched, replaced or removed is not in it: templates cannot say that.
    """
    carried = [change for wave in waves(plan.changes) for change in wave if _carried(change)]
    for part in _parts(carried):
        yield part, _template(plan, manifest, {change.key: change for change in part})


def what_if(plan: Plan, manifest: Manifest, azure: Azure) -> tuple[Forecast, ...]:
    """Azure's forecast for each resource of the templates. Raises CloudError; the group must be there."""
    ours = {change.id.lower(): change.action for change in plan.changes}
    found = []
    for number, (_, template) in enumerate(templates(plan, manifest)):
        for each in azure.management.what_if(manifest.target.resource_group, _name(plan, number), template):
            id_ = str(each.get("resourceId", ""))
            if each.get("changeType") not in {"Ignore", "NoChange"} or id_.lower() in ours:
                found.append(Forecast(id_, str(each.get("changeType")), ours.get(id_.lower(), "no-op")))
    return tuple(found)


def deploy(
    plan: Plan,
    manifest: Manifest,
    azure: Azure,
    *,
    allow: Collection[str] = (),
    parallelism: int = 10,
    progress: Progress = ignore_progress,
    state: Path | None = None,
    locked: bool = False,
    recorded: Callable[[tuple[Outcome, ...]], None] | None = None,
    locate: Locate | None = None,
) -> tuple[Outcome, ...]:
    """Carry out a plan as `apply` does, with deployments in place of single writes wherever a template can say it."""
    plan.raise_if_unsafe(allow)
    if plan.empty:
        return ()
    with held(None if locked else state, "apply --via deployment"), Interrupt().watching() as interrupt:
        before = [each for each in plan.changes if not _carried(each) and each.action != "delete"]
        after = [each for each in plan.changes if each.action == "delete"]

        def run(changes: Sequence[Change]) -> Run:
            part = replace(plan, changes=tuple(changes))
            made = Run(part, azure, parallelism, progress, state, DEADLINE, interrupt)
            made.locate = locate
            return made

        done = {each.key: outcome for each, outcome in run(before).pairs()}
        carrier = _Carrier(run(plan.changes), plan, manifest, azure, progress)
        carrier.failed = any(outcome.state != "applied" for outcome in done.values())
        done |= carrier.outcomes()
        rest = run(after)
        rest.failed = any(outcome.state != "applied" for outcome in done.values())
        done |= {each.key: outcome for each, outcome in rest.pairs()}
        outcomes = tuple(done[each.key] for each in plan.changes if each.key in done)
        if interrupt.asked is not None:
            if recorded is not None:
                recorded(outcomes)
            interrupt.pass_on()
    return outcomes


class _Carrier:
    """The parts of a plan that go as deployments, one after another."""

    def __init__(self, run: Run, plan: Plan, manifest: Manifest, azure: Azure, progress: Progress) -> None:
        self.run, self.plan, self.manifest, self.azure, self.progress = run, plan, manifest, azure, progress
        self.failed = False

    def outcomes(self) -> dict[Key, Outcome]:
        found: dict[Key, Outcome] = {}
        for number, (part, _) in enumerate(templates(self.plan, self.manifest)):
            found |= self._part(number, part)
        return found

    def _part(self, number: int, part: tuple[Change, ...]) -> dict[Key, Outcome]:
        if self.failed or self.run.interrupt.asked is not None:
            return {change.key: Outcome.of(change, "skipped") for change in part}
        name = _name(self.plan, number)
        self.progress(ProgressEvent("start", f"deployment {name}", f"{len(part)} resources"))
        started = time.monotonic()
        try:
            fresh = self.run.fresh(part)
            template = _template(self.plan, self.manifest, {change.key: change for change in fresh})
            for change in fresh:
                self.run.journal.begin(change)
            with self.azure.management.listening(
                lambda why: self.progress(ProgressEvent("wait", f"deployment {name}", why))
            ):
                self.azure.management.deploy(self.manifest.target.resource_group, name, template)
        except ProvisionerError as error:
            self.failed = True
            self.progress(ProgressEvent("failed", f"deployment {name}", error.message))
            return self._ended(part, name, time.monotonic() - started, error)
        seconds = time.monotonic() - started
        self.progress(ProgressEvent("done", f"deployment {name}", f"deployed in {seconds:.1f} s"))
        return self._ended(part, name, seconds, None)

    def _ended(
        self, part: tuple[Change, ...], name: str, seconds: float, error: ProvisionerError | None
    ) -> dict[Key, Outcome]:
        """One outcome each: a deployment that failed has still made those that its operations list as done."""
        made = {change.id.lower() for change in part} if error is None else self._succeeded(name)
        found = {}
        for change in part:
            ok = change.id.lower() in made
            outcome = Outcome.of(change, "applied" if ok else "failed", seconds, None if ok else error)
            self.run.journal.end(change, outcome, change.live.body if change.live else None, None)
            found[change.key] = outcome
        return found

    def _succeeded(self, name: str) -> set[str]:
        group = self.plan.desired.of("group")[0].id
        version = str(load_facts("deployments.yaml")["api_version"])
        try:
            listed = self.azure.management.list(f"{group}/deployments/{name}/operations", version)
        except CloudError:
            # What the operations say is a help only; the error of the deployment itself is what is told.
            return set()
        return {
            str(((each.get("properties") or {}).get("targetResource") or {}).get("id", "")).lower()
            for each in listed or ()
            if (each.get("properties") or {}).get("provisioningState") == "Succeeded"
        }


def _carried(change: Change) -> bool:
    """Whether a template can say it: a creation, or an update by PUT."""
    if change.desired is None or change.desired.type.update == "never":
        return False
    return change.action == "create" or (change.action == "update" and change.desired.type.update != "patch")


def _parts(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    """In order, cut where a template would grow too large."""
    limit = int(load_facts("deployments.yaml")["max_resources"])
    part: list[Change] = []
    size = 0
    for change in changes:
        own = len(json.dumps(_body(change)))
        if part and (len(part) == limit or size + own > _BYTES):
            yield tuple(part)
            part, size = [], 0
        part.append(change)
        size += own
    if part:
        yield tuple(part)


def _body(change: Change) -> Body:
    assert change.desired is not None
    assert change.body is not None
    if change.live is None:
        return change.body
    return merged(change.desired.type, change.body, change.live.body, change.drops)


def _template(plan: Plan, manifest: Manifest, part: dict[Key, Change]) -> Body:
    """The rendered template with the merged bodies of a part; everything else is there already, or comes later."""
    graph = Graph(
        replace(each, body=_body(part[each.key]), after=tuple(each.needs()))
        if each.key in part
        else replace(each, existing=True)
        for each in plan.desired
    )
    found: dict[str, Any] = json.loads(render.render(manifest, graph, "arm")["template.json"])
    found.pop("outputs", None)
    return found


def _name(plan: Plan, number: int) -> str:
    return f"provisioner-{plan.fingerprint}-{number}"
