"""`provisioner drift`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import environments, options
from provisioner.cli.azure_session import online
from provisioner.cli.console import Console
from provisioner.cli.environments import Answer, gather
from provisioner.project import Project

if TYPE_CHECKING:
    from provisioner.plan.drift_findings import Drift


@click.command()
@options.output("text", "json", "markdown", "sarif", "junit")
@click.option("--strict", is_flag=True, help="What could not be read fails: it is not known to be in sync.")
@click.option("--strict-undeclared", is_flag=True, help="What strangers own counts as a difference.")
@options.projects()
def drift(projects: tuple[Project, ...], console: Console, form: str, strict: bool, strict_undeclared: bool) -> int:
    """Compare Azure with the manifest.

    \b
    Example: provisioner drift -e prod --format markdown --strict
    """  # noqa: D301
    from provisioner.plan import drift_report

    if form in {"sarif", "junit"} and len(projects) > 1:
        raise click.UsageError(f"--format {form} tells of one environment")

    def work(project: Project) -> Drift:
        with online(project, console) as azure:
            return project.drift(azure, strict_undeclared=strict_undeclared)

    def text(answer: Answer[Drift]) -> str:
        assert answer.value is not None
        match form:
            case "markdown":
                return drift_report.markdown(answer.value)
            case "sarif":
                return drift_report.sarif(answer.value, answer.project.place)
            case "junit":
                return drift_report.junit(answer.value)
            case _:
                return drift_report.text(answer.value, color=console.color and sys.stdout.isatty())

    def data(answer: Answer[Drift]) -> dict[str, Any]:
        assert answer.value is not None
        return drift_report.data(answer.value, answer.project.place)

    answers = gather(projects, work)
    environments.report(answers, console, form, text, data, (("drift", "differences", "not read"), _row))
    found = [each.value for each in answers]
    if any(each is None or (strict and each.gaps) for each in found):
        return 1
    return 2 if any(each.drifted for each in found if each) else 0


def _row(drift: Drift) -> list[Any]:
    differences = sum(each.difference for each in drift.findings)
    return ["yes" if drift.drifted else "no", differences, len(drift.gaps)]
