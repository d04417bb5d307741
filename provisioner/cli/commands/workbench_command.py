"""`provisioner workbench`."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.console import Console

_UNKNOWN_ENVIRONMENT = "MAN016"


@click.command()
@options.manifest
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on loopback; 0 takes any free one.")
@click.option("--no-browser", is_flag=True, help="Open no browser; print the link.")
@click.option("--allow-apply", is_flag=True, help="Let the page apply a plan whose fingerprint is typed.")
@options.console
def workbench(
    console: Console,
    path: Path,
    environment: str | None,
    variables: dict[str, str],
    port: int,
    no_browser: bool,
    allow_apply: bool,
) -> int:
    """Open a page on which transforms are written against live rows.

    It is served on this machine alone and asks no other host. The link works once, in one browser. Ctrl-C ends it.

    \b
    Example: provisioner workbench examples/quickstart
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.workbench.serve import serve
    from provisioner.workbench.workbench import Workbench

    state = Workbench(path, environment, variables, allow_apply=allow_apply)
    document = state.project.document
    # The page follows a file with mistakes until it is right; a file or an environment that is not there was mistyped.
    if not document.file.is_file() or any(one.code == _UNKNOWN_ENVIRONMENT for one in document.diagnostics):
        state.project.raise_if_invalid()

    def announce(link: str) -> None:
        console.note("the workbench is at this link; Ctrl-C ends it")
        console.data(link)

    serve(state, port, announce, open_browser=not no_browser)
    return 0
