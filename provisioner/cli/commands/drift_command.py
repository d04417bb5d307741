"""`provisioner drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import environments, options
from provisioner.cli.azure_session import azure_session
from provisioner.cli.console import Console
from provisioner.cli.environments import run_concurrently
from provisioner.project import Project

if TYPE_CHECKING:
    from provisioner.plan.drift_findings import Drift


@click.command()
@options.output("drift")
@click.option("--strict", is_flag=True, help="What could not be read fails: it is not known to be in sync.")
@click.option("--strict-undeclared", is_flag=True, help="What strangers own counts as a difference.")
@options.projects()
def drift(
    projects: tuple[Project, ...], console: Console, format_name: str, strict: bool, strict_undeclared: bool
) -> int:
    """Compare Azure with the manifest.

    \b
    Example: provisioner drift -e prod --format markdown --strict
    """  # noqa: D301
    # Both formats are one document a run, which other tools read; several would have to be merged.
    if format_name in {"sarif", "junit"} and len(projects) > 1:
        raise click.UsageError(f"--format {format_name} tells of one environment")

    def work(project: Project) -> Drift:
        with azure_session(project, console) as azure:
            return project.drift(azure, strict_undeclared=strict_undeclared)

    results = run_concurrently(projects, work)
    environments.print_results(
        results,
        console,
        "drift",
        format_name,
        (("drift", "differences", "not read"), _row),
        lambda project: console.report_options(find_place=project.position_of),
    )
    comparisons = [result.value for result in results]
    if any(comparison is None or (strict and comparison.gaps) for comparison in comparisons):
        return 1
    return 2 if any(comparison.drifted for comparison in comparisons if comparison) else 0


def _row(drift: Drift) -> list[Any]:
    differences = sum(finding.difference for finding in drift.findings)
    return ["yes" if drift.drifted else "no", differences, len(drift.gaps)]
