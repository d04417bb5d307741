"""`provisioner rules`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.reports.format_registry import render_report


@click.command()
@options.output("rules")
@options.console
def rules(console: Console, format_name: str) -> int:
    """List the checks with their codes; `explain` shows the page of one.

    \b
    Example: provisioner rules --format json
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.code_catalogue import check_pages, with_facts

    console.data(render_report("rules", format_name, tuple(map(with_facts, check_pages()))))
    return 0
