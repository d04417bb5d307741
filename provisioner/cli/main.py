"""The root command, and the exit codes."""

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
from provisioner.cli.output_encoding import prepare_streams
from provisioner.errors import ProvisionerError
from provisioner.operating_system import STOP_SIGNALS, is_closed_pipe

USAGE_ERROR = 64
"""Wrong usage of the command line. Not click's own 2, which means "differences found" here."""
INTERRUPTED = 130
TERMINATED = 143
# Errors that writing to an open file raises: the system does not say which file it was.
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


@click.command(cls=LazyGroup, commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="provisioner")
def provisioner() -> None:
    """Provision custom log ingestion into Azure Monitor: check, plan, apply, verify.

    \b
    Example: provisioner up examples/quickstart -e local
    """  # noqa: D301 - click's marker for "do not rewrap"


class Terminated(BaseException):
    """SIGTERM, or Ctrl-Break on Windows, as an exception: changes in flight are recorded before the program ends.

    A BaseException: no handler of ordinary errors may swallow it.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run a command line (default: `sys.argv`) and return its exit code. Only a bug of ours shows a traceback."""
    prepare_streams()
    before = {number: signal.signal(number, _raise_terminated) for number in STOP_SIGNALS}
    try:
        return _exit_code(arguments)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(arguments: list[str] | None) -> int:
    try:
        # Not click's standalone mode: it would turn its own errors into exit codes 1 and 2.
        code = provisioner.main(arguments, prog_name="provisioner", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        error.show()
        return USAGE_ERROR
    except click.ClickException as error:
        error.show()
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Terminated:
        click.echo("terminated", err=True)
        return TERMINATED
    except ProvisionerError as error:
        _print_error(error)
        return 1
    except OSError as error:
        if is_closed_pipe(error, sys.stdout):
            # The reader left (`| head`). Point stdout elsewhere, or the interpreter complains while it closes it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        # An OSError without a file that is not of the disk (a socket's, say) is a bug and keeps its traceback.
        if error.filename is None and error.errno not in _DISK_ERRORS:
            raise
        where = f"{error.filename}: " if error.filename is not None else ""
        _print_error(
            ProvisionerError(f"{where}{error.strerror}", hint="check the path, the rights and the space on the disk")
        )
        return 1
    return code if isinstance(code, int) else 0


def _print_error(error: ProvisionerError) -> None:
    from provisioner.cli.console import Console
    from provisioner.cli.error_output import print_error, render_error

    # Programs that read stdout get the error in their format; people read it on stderr in any case.
    console = Console.current()
    if answer := render_error(error, console.format_name):
        console.data(answer)
    print_error(error, console)


def _raise_terminated(_: int, __: FrameType | None) -> NoReturn:
    raise Terminated
