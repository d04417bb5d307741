"""The root command, and the exit code that each way of ending has."""

from __future__ import annotations

import errno
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from provisioner._version import __version__
from provisioner.cli.lazy_commands import COMMANDS, LazyGroup
from provisioner.errors import ProvisionerError

USAGE = 64
"""Wrong words on the command line; click's own 2 means "differences found" here."""
INTERRUPTED = 130
TERMINATED = 143
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
"""Trouble with a file of which the system does not say the name."""


@click.command(cls=LazyGroup, commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="provisioner")
def provisioner() -> None:
    """Provision custom log ingestion into Azure Monitor: check, plan, apply, verify.

    \b
    Example: provisioner up examples/quickstart -e local
    """  # noqa: D301 - click's marker for "do not rewrap"


class Terminated(BaseException):
    """SIGTERM, turned into an exception so that changes in flight are recorded before the end."""


def run(arguments: list[str] | None = None) -> int:
    """Run one command line; the exit code is the answer. Only a bug of ours shows a traceback."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        return _answered(arguments)
    finally:
        signal.signal(signal.SIGTERM, before)


def _answered(arguments: list[str] | None) -> int:
    try:
        code = provisioner.main(arguments, prog_name="provisioner", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        error.show()
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Terminated:
        click.echo("terminated", err=True)
        return TERMINATED
    except BrokenPipeError:
        # The reader left (`| head`). Point stdout elsewhere, or the interpreter complains while it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ProvisionerError as error:
        _tell(error)
        return 1
    except OSError as error:
        if error.filename is None and error.errno not in _DISK:
            raise
        where = f"{error.filename}: " if error.filename is not None else ""
        _tell(ProvisionerError(f"{where}{error.strerror}", hint="check the path, the rights and the space on the disk"))
        return 1
    return code if isinstance(code, int) else 0


def _tell(error: ProvisionerError) -> None:
    from provisioner.cli.console import Console
    from provisioner.cli.environments import failed, told

    console = Console.current()
    if answer := failed(error, console.form):
        console.data(answer)
    told(error, console)


def _terminate(_: int, __: FrameType | None) -> NoReturn:
    raise Terminated
