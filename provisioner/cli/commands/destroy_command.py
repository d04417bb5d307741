"""`provisioner destroy`."""

from __future__ import annotations

import json

import click

from provisioner.cli import options
from provisioner.cli.azure_session import answerable, confirm, online
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.text import plural


@click.command()
@options.output("text", "json")
@options.yes
@options.allow
@options.parallelism
@options.project
def destroy(project: Project, console: Console, form: str, yes: bool, allow: tuple[str, ...], parallelism: int) -> int:
    """Remove what the manifest declares and owns.

    Tables and the workspace go only with --allow destructive:NAME; a resource group never.

    \b
    Example: provisioner destroy -e staging --yes --allow destructive:Orders_CL
    """  # noqa: D301
    from provisioner.apply import report as outcome
    from provisioner.plan import report

    local = project.raise_if_invalid().target.cloud == "local"
    answerable(yes=yes, local=local)
    patient = project.alone(waiting=lambda who: console.note(f"waiting for another run: {who}"))
    with online(project, console) as azure, patient:
        plan = project.plan_destroy(azure, allow=allow)
        console.note(report.text(plan, color=console.color, nothing="Nothing to remove."))
        plan.raise_if_unsafe(allow)
        if not plan.empty:
            count = sum(change.writes for change in plan.changes)
            confirm(f"Remove {plural(count, 'resource')}?", yes=yes, local=local)
        with console.progress() as progress:
            outcomes = project.apply(
                plan,
                azure,
                allow=allow,
                parallelism=parallelism,
                progress=progress,
                recorded=lambda found: console.note(outcome.text(found, color=console.color)),
                locked=True,
            )
        requests = azure.requests.snapshot()
    if form == "json":
        console.data(json.dumps(outcome.data(outcomes, None, requests), indent=2))
    else:
        console.data(outcome.text(outcomes, color=False))
    return 1 if outcome.failed(outcomes) else 0
