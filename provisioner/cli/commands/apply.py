"""`provisioner apply`."""

from __future__ import annotations

from typing import Any

import click

from provisioner.cli import environments, options, sender_formats
from provisioner.cli.azure_session import answerable, online
from provisioner.cli.console import Console
from provisioner.cli.environments import Answer, follow
from provisioner.cli.plan_and_apply import Applied, carry_out
from provisioner.project import Project


@click.command()
@options.output("text", "json")
@options.yes
@options.allow
@options.fingerprint
@options.parallelism
@options.only
@options.prune
@options.via
@options.projects(saved=True)
def apply(
    projects: tuple[Project, ...],
    console: Console,
    form: str,
    yes: bool,
    allow: tuple[str, ...],
    fingerprint: str | None,
    parallelism: int,
    only: tuple[str, ...],
    prune: bool,
    via: str,
) -> int:
    """Make Azure look like the manifest, or carry out a saved plan.

    \b
    Example: provisioner apply -e prod --yes --fingerprint 946309cb51a905b0
    """  # noqa: D301
    for project in projects:
        answerable(yes=yes, local=project.raise_if_invalid().target.cloud == "local")
    if fingerprint is not None and len(projects) > 1:
        raise click.UsageError("--fingerprint is that of one environment's plan")

    def work(project: Project) -> Applied:
        with online(project, console) as azure:
            return carry_out(
                project,
                azure,
                console,
                say=console.note if form == "json" else console.data,
                yes=yes,
                allow=allow,
                fingerprint=fingerprint,
                parallelism=parallelism,
                only=only,
                prune=prune,
                via=via,
            )

    def text(answer: Answer[Applied]) -> str:
        assert answer.value is not None
        return sender_formats.text(answer.value.outputs) if answer.value.outputs else ""

    def data(answer: Answer[Applied]) -> dict[str, Any]:
        assert answer.value is not None
        return answer.value.json()

    answers = list(follow(projects, work, lambda done: done.ok))
    environments.report(answers, console, form, text, data, (("applied", "failed", "skipped", "writes"), _row))
    return 0 if len(answers) == len(projects) and all(each.value and each.value.ok for each in answers) else 1


def _row(done: Applied) -> list[int]:
    states = [each.state for each in done.outcomes]
    return [*(states.count(state) for state in ("applied", "failed", "skipped")), done.requests["writes"]]
