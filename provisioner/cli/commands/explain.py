"""`provisioner explain`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.reports.format_registry import render_report


@click.command()
@click.argument("code")
@options.output("explain")
@options.console
def explain(console: Console, code: str, format_name: str) -> int:
    """Show the page of a check: what it says, why, an example, its source.

    \b
    Example: provisioner explain NAM003
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.code_catalogue import all_pages, find_page
    from provisioner.errors import ProvisionerError
    from provisioner.suggest import did_you_mean

    page = find_page(code)
    if page is None:
        near = did_you_mean(code, [known_page.code for known_page in all_pages()])
        raise ProvisionerError(f"there is no check {code!r}", hint=near or "`provisioner rules` lists them")
    console.data(render_report("explain", format_name, page))
    return 0
