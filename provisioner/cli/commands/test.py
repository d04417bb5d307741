"""`provisioner test`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.cli.report_files import ReportFile, report_files, write_reports
from provisioner.project import Project
from provisioner.reports.format_registry import render_report
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.transform_tests import TestResult


@click.command()
@options.output("test")
@report_files("test")
@options.streams("Only the tests of this stream, or of the workspace's transform of this table.")
@click.option("--update", is_flag=True, help="Rewrite `expect` of failed tests to what the transforms give.")
@options.project
def test(
    project: Project,
    console: Console,
    format_name: str,
    reports: tuple[ReportFile, ...],
    streams: tuple[str, ...],
    update: bool,
) -> int:
    """Run the transform tests of the manifest.

    \b
    Example: provisioner test examples/quickstart --format junit > tests.xml
    """  # noqa: D301
    options.require_streams(project, streams, workspace_transforms=True)
    results = project.test(streams)
    # Run again after the update: the report shows whether the new expectations hold.
    if update:
        project = _rewrite_expectations(project, results, console)
        results = project.test(streams)
    if format_name != "text" or not console.quiet or not all(result.ok for result in results):
        console.data(render_report("test", format_name, results, console.report_options()))
    write_reports("test", results, console.report_options(), reports)
    return 0 if all(result.ok for result in results) else 1


def _rewrite_expectations(project: Project, results: Sequence[TestResult], console: Console) -> Project:
    """Rewrite the expectations of failed tests and return the project, loaded again where a file has changed."""
    from provisioner.transform_tests.update import expectation_edits, write_edits

    edits = expectation_edits(project.document, results)
    written = write_edits(edits)
    failed = sum(not result.ok for result in results)
    console.note(f"{plural(written, 'edit')} for {plural(failed, 'failed test')}")
    return project.reload() if written else project
