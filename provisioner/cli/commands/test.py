"""`provisioner test`."""

from __future__ import annotations

import sys

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project


@click.command()
@options.output("text", "json", "junit")
@click.option("--stream", "streams", multiple=True, metavar="NAME", help="Only the tests of this stream.")
@options.project
def test(project: Project, console: Console, form: str, streams: tuple[str, ...]) -> int:
    """Run the transform tests of the manifest.

    \b
    Example: provisioner test examples/quickstart --format junit > tests.xml
    """  # noqa: D301
    from provisioner.verify import report

    project.manifest  # noqa: B018 - raises where loading found errors: no test can run then
    results = project.test(known(project, streams))
    if form == "json":
        console.data(report.json(results))
    elif form == "junit":
        console.data(report.junit(results))
    elif not console.quiet or not all(each.ok for each in results):
        color = console.color and sys.stdout.isatty()
        console.data(report.text(results, color=color, verbose=bool(console.verbose)))
    return 0 if all(each.ok for each in results) else 1


def known(project: Project, streams: tuple[str, ...]) -> tuple[str, ...]:
    """The streams asked for, if the manifest has them all. Raises click.BadParameter for one that it has not."""
    there = project.manifest.streams
    for each in streams:
        if each not in there:
            raise click.BadParameter(
                f"no stream {each!r}; there are: {', '.join(there) or 'none'}", param_hint="--stream"
            )
    return streams
