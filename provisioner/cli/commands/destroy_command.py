"""`provisioner destroy`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.azure_session import azure_session, confirm, require_confirmation
from provisioner.cli.console import Console
from provisioner.cli.progress_lines import progress_option
from provisioner.cli.ready_command import ready_command
from provisioner.project import Project
from provisioner.reports.format_registry import render_report
from provisioner.text import plural


@click.command()
@options.output("destroy")
@progress_option
@options.yes
@options.allow
@options.parallelism
@options.project_with_templates
def destroy(
    project: Project, console: Console, format_name: str, yes: bool, allow: tuple[str, ...], parallelism: int
) -> int:
    """Remove what the manifest declares and owns.

    Tables and the workspace go only with --allow destructive:NAME; a resource group never.

    \b
    Example: provisioner destroy -e staging --yes --allow destructive:Orders_CL
    """  # noqa: D301
    from provisioner.apply import ApplyOptions
    from provisioner.apply import report as outcome
    from provisioner.plan import PlanOptions
    from provisioner.plan.text_report import format_text

    local = project.raise_if_invalid().target.cloud == "local"
    require_confirmation(yes=yes, local=local)
    lock = project.lock(on_wait=lambda holder: console.note(f"waiting for another run: {holder}"))
    with azure_session(project, console) as azure, lock:
        plan = project.plan_destroy(azure, PlanOptions(allow=allow))
        command = ready_command("destroy", plan.options, project.environment)
        console.note(format_text(plan, color=console.color, command=command, no_changes="Nothing to remove."))
        # The plan is shown first: its refusal then has its reasons above it.
        plan.raise_if_unsafe(allow)
        if not plan.empty:
            count = sum(change.writes for change in plan.changes)
            confirm(f"Remove {plural(count, 'resource')}?", yes=yes, local=local)
        with console.progress() as progress:
            apply_options = ApplyOptions(
                allow=allow,
                parallelism=parallelism,
                progress=progress,
                on_interrupt=lambda outcomes: console.note(outcome.outcomes_text(outcomes, color=console.color)),
            )
            outcomes = project.apply(plan, azure, apply_options)
        requests = azure.requests.snapshot()
    console.data(render_report("destroy", format_name, outcome.DestroyReport(outcomes, requests)))
    return 1 if outcome.any_failed(outcomes) else 0
