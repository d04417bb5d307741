"""`provisioner plan`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import environments, options
from provisioner.cli.azure_session import online
from provisioner.cli.console import Console
from provisioner.cli.environments import Answer, gather
from provisioner.project import Project

if TYPE_CHECKING:
    from provisioner.plan import Plan


@click.command()
@options.output("text", "json", "markdown")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for `apply`.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there are differences.")
@options.allow
@options.only
@options.prune
@options.projects()
def plan(
    projects: tuple[Project, ...],
    console: Console,
    form: str,
    out: Path | None,
    detailed_exitcode: bool,
    allow: tuple[str, ...],
    only: tuple[str, ...],
    prune: bool,
) -> int:
    """Show what apply would change.

    \b
    Example: provisioner plan -e prod --out plan.json --detailed-exitcode
    """  # noqa: D301
    from provisioner.plan import plan_file, report

    if out is not None and len(projects) > 1:
        raise click.UsageError("--out saves the plan of one environment")

    def work(project: Project) -> Plan:
        with online(project, console) as azure:
            made = project.plan(azure, prune=prune, allow=allow, only=only)
            if out is not None:
                text = plan_file.dump(
                    made,
                    project.manifest,
                    principal=azure.identity.object_id,
                    root=Path(os.path.relpath(project.document.root, out.resolve().parent)),
                    prune=prune,
                    only=only,
                    allow=allow,
                    where=project.document.place,
                )
                out.write_text(text, encoding="utf-8")
        return made

    def text(answer: Answer[Plan]) -> str:
        assert answer.value is not None
        if form == "markdown":
            return report.markdown(answer.value)
        return report.text(answer.value, color=console.color and sys.stdout.isatty())

    def data(answer: Answer[Plan]) -> dict[str, Any]:
        assert answer.value is not None
        return report.data(answer.value, answer.project.place)

    answers = gather(projects, work)
    head = ("create", "update", "replace", "delete", "risk")
    environments.report(answers, console, form, text, data, (head, _row))
    if out is not None:
        console.note(f"saved to {out}: `provisioner apply {out}` carries out just this")
    if any(each.value is None for each in answers):
        return 1
    return 2 if detailed_exitcode and not all(each.value and each.value.empty for each in answers) else 0


def _row(plan: Plan) -> list[Any]:
    from provisioner.plan.change import worst

    return [*plan.summary.values(), worst([each.risk for each in plan.changes])]
