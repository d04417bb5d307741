"""What online commands share: the connection, the line that names the target, and the confirmation of writes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from provisioner.cli.console import Console
from provisioner.operating_system import is_terminal

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.plannable import Plannable


@contextmanager
def azure_session(project: Plannable, console: Console) -> Iterator[Azure]:
    """Connect and print the target. Raises InvalidManifest before anything is sent."""
    project.raise_if_invalid()
    with announced_connection(project.connect(), console) as azure:
        yield azure


@contextmanager
def announced_connection(connection: Azure, console: Console) -> Iterator[Azure]:
    """Print the target of a connection, and close it at the end."""
    # The SDKs log errors that they then raise; they are printed once, as our errors. Set here and not in the library:
    # a program that embeds it decides for itself.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    with connection as azure:
        announce_target(azure, console)
        yield azure


def announce_target(azure: Azure, console: Console) -> None:
    """Print cloud, subscription, resource group and signed-in identity."""
    target = azure.target
    where = f"cloud {target.cloud} · subscription {target.subscription} · group {target.resource_group}"
    console.note(console.style(f"{where} · as {azure.identity}", dim=True))


def require_confirmation(*, yes: bool, local: bool) -> None:
    """Raise UsageError where a write would need a confirmation and stdin is not a terminal.

    Writes to the emulator (`local`) need none. To be called before anything is sent.
    """
    if not (yes or local or is_terminal(sys.stdin)):
        raise click.UsageError("stdin is not a terminal: pass --yes to write")


def confirm(question: str, *, yes: bool, local: bool) -> None:
    """Ask for confirmation, unless `yes` or `local`. Raises Declined where the answer is no."""
    if not (yes or local or click.confirm(question, err=True)):
        raise Declined


class Declined(click.ClickException):
    """The user did not confirm a write."""

    def __init__(self) -> None:
        super().__init__("declined: nothing was written")
