"""`provisioner outputs`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.azure_session import online
from provisioner.cli.console import Console
from provisioner.cli.sender_formats import FORMS
from provisioner.project import Project


@click.command()
@options.output(*FORMS)
@options.project
def outputs(project: Project, console: Console, form: str) -> int:
    """Show what a sender needs.

    \b
    Example: provisioner outputs -e prod --format env > sender.env
    """  # noqa: D301
    with online(project, console) as azure:
        found = project.outputs(azure)
        console.data(FORMS[form](found, azure.cloud))
    if missing := [name for name in project.manifest.dcrs if name not in found.dcrs]:
        console.note(f"not there, or nobody can send to it: {', '.join(missing)}; run `provisioner apply`")
        return 1
    return 0
