"""Plans, asks for confirmation and applies: what `apply` and `up` share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provisioner.cli.apply_flags import ApplyFlags
from provisioner.cli.azure_session import confirm
from provisioner.cli.console import Console
from provisioner.cli.ready_command import ready_command
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.apply import Applied, Outcome
    from provisioner.azure import Azure
    from provisioner.plan import Plan
    from provisioner.plannable import Plannable
    from provisioner.resources.sender_outputs import Outputs


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """A plan, the result of its apply, and the outputs for senders (None where a change failed)."""

    plan: Plan
    applied: Applied
    outputs: Outputs | None
    requests: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether every change was applied."""
        return self.applied.ok


def plan_and_apply(
    project: Plannable,
    azure: Azure,
    console: Console,
    flags: ApplyFlags,
    *,
    show: Callable[[str], None],
    on_plan: Callable[[Plan], None] = lambda _: None,
) -> ApplyResult:
    """Plan, show the plan, ask for confirmation, apply with progress, and show the outcomes.

    `show` prints a text; `on_plan` gets the plan before it is shown. Raises StalePlan where the plan has not the
    fingerprint of the flags, UnsafePlan before anything is sent, and Declined where the user does not confirm.
    """
    from provisioner.plan.plan_file import require_fingerprint
    from provisioner.plan.text_report import format_text

    # The lock is held over the plan too: what is confirmed is then what is applied, unless another machine writes.
    with project.lock(on_wait=lambda holder: console.note(f"waiting for another run: {holder}")):
        plan = project.plan(azure, flags.plan)
        if flags.fingerprint is not None:
            require_fingerprint(flags.fingerprint, plan)
        # Before the plan can be refused: `up --format json` prints a refused plan too.
        on_plan(plan)
        show(
            format_text(
                plan,
                color=console.color,
                verbose=bool(console.verbose),
                command=ready_command("apply", flags.plan, project.environment),
            )
        )
        plan.raise_if_unsafe(flags.apply.allow)
        if flags.apply.deployment:
            show(_what_if_text(project, azure, plan))
        writes = sum(change.writes for change in plan.changes)
        if writes:
            confirm(f"Apply {plural(writes, 'change')}?", yes=flags.yes, local=project.target.cloud == "local")
        before = azure.requests.snapshot()
        applied = _apply(project, azure, console, plan, flags, show)
    after = azure.requests.snapshot()
    requests = {kind: after[kind] - before[kind] for kind in after}
    if writes:
        summary = _outcomes_text(applied, console).rstrip()
        show(f"{summary} {plural(requests['writes'], 'write')}.")
    outputs = project.outputs(azure, after=applied) if applied.ok else None
    return ApplyResult(plan, applied, outputs, requests)


def _apply(
    project: Plannable, azure: Azure, console: Console, plan: Plan, flags: ApplyFlags, show: Callable[[str], None]
) -> Applied:
    with console.progress() as progress:
        options = replace(
            flags.apply, progress=progress, on_interrupt=lambda outcomes: show(_outcomes_text(outcomes, console))
        )
        return project.apply(plan, azure, options)


def _outcomes_text(outcomes: Sequence[Outcome], console: Console) -> str:
    from provisioner.apply import report

    return report.outcomes_text(outcomes, color=console.color, brief=True)


def _what_if_text(project: Plannable, azure: Azure, plan: Plan) -> str:
    """Azure's what-if beside our plan as text. Azure needs the resource group for it, which a first run creates."""
    if any(change.type == "group" and change.action == "create" for change in plan.changes):
        return "Azure's what-if: not asked, the group is not there yet.\n"
    forecast = project.what_if(plan, azure)
    rows = [f"  {row.azure_change:<12}{row.our_action:<10}{row.id}" for row in forecast]
    return (
        "\n".join(["Azure's what-if (change in Azure, action in the plan, resource):", *(rows or ["  no change"])])
        + "\n"
    )
