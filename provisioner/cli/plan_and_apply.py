"""Plan, show, ask, carry out: what `apply` and `up` share."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provisioner.cli.azure_session import confirm
from provisioner.cli.console import Console
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.apply import Outcome
    from provisioner.azure import Azure
    from provisioner.plan import Plan
    from provisioner.project import Project
    from provisioner.resources.sender_outputs import Outputs


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan and what became of it. `outputs` is None where something failed."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    outputs: Outputs | None
    requests: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether everything is as the manifest wants it."""
        return all(each.state == "applied" for each in self.outcomes)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "apply"."""
        from provisioner.apply import report

        return report.data(self.outcomes, self.outputs.json() if self.outputs else None, self.requests)


def carry_out(
    project: Project,
    azure: Azure,
    console: Console,
    *,
    say: Callable[[str], None],
    planned: Callable[[Plan], None] = lambda _: None,
    yes: bool = False,
    allow: Collection[str] = (),
    fingerprint: str | None = None,
    parallelism: int = 10,
    only: Collection[str] = (),
    prune: bool = False,
    via: str = "api",
) -> Applied:
    """Plan, `say` the plan, ask, apply with progress, `say` what became of it; `planned` hears the plan first.

    Raises StalePlan where `fingerprint` is not the plan's, UnsafePlan before anything is sent, and what click
    raises where the answer is no.
    """
    from provisioner.apply import report as outcome
    from provisioner.plan import report
    from provisioner.plan.plan_file import require

    allow = (*allow, *project.accepted)
    with project.alone(waiting=lambda who: console.note(f"waiting for another run: {who}")):
        plan = project.plan(azure, prune=prune, allow=allow, only=only)
        if fingerprint is not None:
            require(fingerprint, plan)
        planned(plan)
        say(report.text(plan, color=console.color))
        plan.raise_if_unsafe(allow)
        if via == "deployment":
            say(_forecast(project, azure, plan))
        writes = sum(change.writes for change in plan.changes)
        if writes:
            confirm(f"Apply {plural(writes, 'change')}?", yes=yes, local=project.manifest.target.cloud == "local")
        before = azure.requests.snapshot()
        with console.progress() as progress:
            outcomes = project.apply(
                plan,
                azure,
                allow=allow,
                parallelism=parallelism,
                progress=progress,
                recorded=lambda found: say(outcome.text(found, color=console.color, brief=True)),
                locked=True,
                via=via,
            )
    after = azure.requests.snapshot()
    done = Applied(plan, outcomes, None, {kind: after[kind] - before[kind] for kind in after})
    if writes:
        said = outcome.text(outcomes, color=console.color, brief=True).rstrip()
        say(f"{said} {plural(done.requests['writes'], 'write')}.")
    return replace(done, outputs=project.outputs(azure)) if done.ok else done


def _forecast(project: Project, azure: Azure, plan: Plan) -> str:
    """Azure's own what-if beside our plan; it needs the group, which a first run has yet to make."""
    from provisioner.apply import template_deployment

    if any(change.type == "group" and change.action == "create" for change in plan.changes):
        return "Azure's what-if: not asked, the group is not there yet.\n"
    found = template_deployment.what_if(plan, project.manifest, azure)
    rows = [f"  {each.azure:<12}{each.ours:<10}{each.id}" for each in found]
    return "\n".join(["Azure's what-if (its word, ours, the resource):", *(rows or ["  no change"])]) + "\n"
