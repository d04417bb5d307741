"""`provisioner verify`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.azure_session import azure_session
from provisioner.cli.console import Console
from provisioner.cli.progress_lines import progress_option
from provisioner.cli.report_files import ReportFile, report_files, write_reports
from provisioner.project import Project
from provisioner.reports.format_registry import render_report


@click.command()
@options.output("verify")
@progress_option
@report_files("verify")
@options.streams("Only this stream.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="How long to wait at most.")
@click.option(
    "--grant-self/--no-grant-self",
    default=None,
    help="Give the running identity the right to send, for this run (default under `local`).",
)
@click.option("--keep", is_flag=True, help="Leave that right in place.")
@click.option("--edge", is_flag=True, help="Also send records at the edges of each type.")
@options.project_with_templates
def verify(
    project: Project,
    console: Console,
    format_name: str,
    reports: tuple[ReportFile, ...],
    streams: tuple[str, ...],
    timeout: float | None,
    grant_self: bool | None,
    keep: bool,
    edge: bool,
) -> int:
    """Prove with test records that each column arrives.

    \b
    Example: provisioner verify -e prod --stream Custom-Orders --timeout 600
    """  # noqa: D301
    from provisioner.verify import VerifyOptions

    project.raise_if_invalid()
    options.require_streams(project, streams)
    with azure_session(project, console) as azure, console.progress() as progress:
        verify_options = VerifyOptions(streams, timeout, grant_self, keep, edge, progress=progress)
        verification = project.verify(azure, verify_options)
    console.data(render_report("verify", format_name, verification, console.report_options()))
    write_reports("verify", verification, console.report_options(), reports)
    return 0 if verification.ok else 1
