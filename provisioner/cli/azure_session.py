"""What online commands have in common: the first line, the connection, the question before a write."""

from __future__ import annotations

import logging
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
    # The SDKs log what they then raise; it is told once, in our words. A program that embeds us decides for itself.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    with project.connect() as azure:
        announce(azure, console)
        yield azure


def announce(azure: Azure, console: Console) -> None:
    """Say where and as whom."""
    target = azure.target
    where = f"cloud {target.cloud} · subscription {target.subscription} · group {target.resource_group}"
    console.note(console.style(f"{where} · as {azure.identity}", dim=True))


def answerable(*, yes: bool, local: bool) -> None:
    """Before anything is sent: raises UsageError where a write needs a yes and nobody can be asked for it."""
    if not (yes or local or sys.stdin.isatty()):
        raise click.UsageError("nobody can be asked here: say --yes to write")


def confirm(question: str, *, yes: bool, local: bool) -> None:
    """Ask on a terminal. Raises Declined where the answer is no."""
    if not (yes or local or click.confirm(question, err=True)):
        raise Declined


class Declined(click.ClickException):
    """The answer was no."""

    def __init__(self) -> None:
        super().__init__("declined: nothing was written")
