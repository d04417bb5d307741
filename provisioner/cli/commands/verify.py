"""`provisioner verify`."""

from __future__ import annotations

import sys

import click

from provisioner.cli import options
from provisioner.cli.azure_session import online
from provisioner.cli.commands.test import known
from provisioner.cli.console import Console
from provisioner.project import Project


@click.command()
@options.output("text", "json", "junit")
@click.option("--stream", "streams", multiple=True, metavar="NAME", help="Only this stream.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="How long to wait at most.")
@click.option(
    "--grant-self/--no-grant-self",
    default=None,
    help="Give the running identity the right to send, for this run (default under `local`).",
)
@click.option("--keep", is_flag=True, help="Leave that right in place.")
@click.option("--edge", is_flag=True, help="Also send records at the edges of each type.")
@options.project
def verify(
    project: Project,
    console: Console,
    form: str,
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
    from provisioner.verify import report

    project.raise_if_invalid()
    chosen = known(project, streams)
    with online(project, console) as azure, console.progress() as progress:
        found = project.verify(
            azure, streams=chosen, timeout=timeout, grant_self=grant_self, keep=keep, edge=edge, progress=progress
        )
    if form == "json":
        console.data(report.json(found))
    elif form == "junit":
        console.data(report.junit(found))
    else:
        color = console.color and sys.stdout.isatty()
        console.data(report.text(found, color=color, verbose=bool(console.verbose)))
    return 0 if found.ok else 1
