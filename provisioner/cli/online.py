"""What online commands have in common: the first line, the connection, the question before a write."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from provisioner.cli.console import Console

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.project import Project


@contextmanager
def online(project: Project, console: Console) -> Iterator[Azure]:
    """A connection, after the line that says where and as whom. Raises InvalidManifest before anything is sent."""
    project.raise_if_invalid()
    with project.connect() as azure:
        announce(azure, console)
        yield azure


def announce(azure: Azure, console: Console) -> None:
    """Say where and as whom."""
    target = azure.target
    where = f"cloud {target.cloud} · subscription {target.subscription} · group {target.resource_group}"
    console.note(console.style(f"{where} · as {azure.identity}", dim=True))


def confirm(question: str, *, yes: bool, local: bool) -> None:
    """Ask on a terminal. Raises UsageError where nobody can be asked, Abort where the answer is no."""
    if yes or local:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: say --yes to write")
    if not click.confirm(question, err=True):
        raise Declined


class Declined(click.ClickException):
    """The answer was no."""

    def __init__(self) -> None:
        super().__init__("declined: nothing was written")
