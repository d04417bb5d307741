"""`provisioner test`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.reports import annotations
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.transform_tests import TestResult


@click.command()
@options.output("text", "json", "junit", "github", "azure")
@click.option("--stream", "streams", multiple=True, metavar="NAME", help="Only the tests of this stream.")
@click.option("--update", is_flag=True, help="Rewrite `expect` of failed tests to what the transforms give.")
@options.project
def test(project: Project, console: Console, form: str, streams: tuple[str, ...], update: bool) -> int:
    """Run the transform tests of the manifest.

    \b
    Example: provisioner test examples/quickstart --format junit > tests.xml
    """  # noqa: D301
    from provisioner.transform_tests import report

    project.manifest  # noqa: B018 - raises where loading found errors: no test can run then
    results = project.test(known(project, streams))
    if update:
        project = _updated(project, results, console)
        results = project.test(streams)
    if form == "json":
        console.data(report.json(results))
    elif form in annotations.FORMS:
        console.data(annotations.FORMS[form](report.of_tests(results)))
    elif form == "junit":
        console.data(report.junit(results))
    elif not console.quiet or not all(each.ok for each in results):
        color = console.color and sys.stdout.isatty()
        console.data(report.text(results, color=color, verbose=bool(console.verbose)))
    return 0 if all(each.ok for each in results) else 1


def _updated(project: Project, results: Sequence[TestResult], console: Console) -> Project:
    """The project after failed expectations were rewritten."""
    from provisioner.transform_tests.update import update, write

    edits = update(project.document, results)
    made = write(edits)
    failed = sum(not each.ok for each in results)
    console.note(f"{plural(made, 'edit')} for {plural(failed, 'failed test')}")
    return project.reload() if made else project


def known(project: Project, streams: tuple[str, ...]) -> tuple[str, ...]:
    """The streams asked for, if the manifest has them all. Raises click.BadParameter for one that it has not."""
    there = project.manifest.streams
    for each in streams:
        if each not in there:
            raise click.BadParameter(
                f"no stream {each!r}; there are: {', '.join(there) or 'none'}", param_hint="--stream"
            )
    return streams
