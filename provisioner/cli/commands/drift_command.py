"""`provisioner drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import environments, options
from provisioner.cli.azure_session import azure_session
from provisioner.cli.console import Console
from provisioner.cli.environments import run_concurrently
from provisioner.cli.progress_lines import progress_option
from provisioner.cli.report_files import ReportFile, report_files, require_single_result, write_reports
from provisioner.project import Project
from provisioner.reports.report_format import ReportOptions

if TYPE_CHECKING:
    from provisioner.plan.drift_findings import Drift


@click.command()
@options.output("drift")
@progress_option
@report_files("drift")
@click.option("--strict", is_flag=True, help="What could not be read fails: it is not known to be in sync.")
@click.option("--strict-undeclared", is_flag=True, help="What strangers own counts as a difference.")
@options.projects()
def drift(
    projects: tuple[Project, ...],
    console: Console,
    format_name: str,
    reports: tuple[ReportFile, ...],
    strict: bool,
    strict_undeclared: bool,
) -> int:
    """Compare Azure with the manifest.

    \b
    Example: provisioner drift -e prod --format markdown --strict
    """  # noqa: D301
    require_single_result(len(projects), format_name, reports)

    def work(project: Project) -> Drift:
        with azure_session(project, console) as azure:
            return project.drift(azure, strict_undeclared=strict_undeclared)

    def report_options(project: Project) -> ReportOptions:
        return console.report_options(find_place=project.position_of)

    results = run_concurrently(projects, work)
    summary = (("drift", "differences", "not read"), _row)
    environments.print_results(results, console, "drift", format_name, summary, report_options)
    write_reports("drift", results[0].value, report_options(results[0].project), reports)
    comparisons = [result.value for result in results]
    if any(comparison is None or (strict and comparison.gaps) for comparison in comparisons):
        return 1
    return 2 if any(comparison.drifted for comparison in comparisons if comparison) else 0


def _row(drift: Drift) -> list[Any]:
    differences = sum(finding.difference for finding in drift.findings)
    return ["yes" if drift.drifted else "no", differences, len(drift.gaps)]
