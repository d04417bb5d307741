"""`provisioner lsp`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.errors import ProvisionerError
from provisioner.lsp.server_start import load_server


@click.command("lsp")
@options.console
def lsp(console: Console) -> int:
    """Serve editors: the Language Server Protocol on standard input and output.

    Needs the extra `lsp`: pip install 'azure-logs-provisioner[lsp]'.

    \b
    Example: provisioner lsp
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    try:
        server = load_server()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        raise ProvisionerError(
            "the language server is not installed", hint="pip install 'azure-logs-provisioner[lsp]'"
        ) from error
    console.note("serving the Language Server Protocol on standard input and output; an editor starts this command")
    server.start_io()
    return 0
