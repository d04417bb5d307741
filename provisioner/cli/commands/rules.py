"""`rules`: the list of checks."""

from __future__ import annotations

import json

import click

from provisioner.cli import options
from provisioner.cli.console import Console


@click.command()
@options.output("text", "json")
@options.console
def rules(console: Console, form: str) -> int:
    """List the checks with their codes; `explain` shows the page of one.

    \b
    Example: provisioner rules --format json
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner import validate

    pages = validate.pages()
    if form == "json":
        console.data(json.dumps({"version": 1, "rules": [page.json() for page in pages]}, indent=2))
        return 0
    width = max(len(page.severity) for page in pages)
    for page in pages:
        console.data(f"{page.code}  {page.severity:<{width}}  {page.summary}")
    return 0
