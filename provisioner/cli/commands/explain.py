"""`explain`: the page of a check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.console import Console

if TYPE_CHECKING:
    from provisioner.validate import Page


@click.command()
@click.argument("code")
@options.output("text", "json")
@options.console
def explain(console: Console, code: str, form: str) -> int:
    """Show the page of a check: what it says, why, an example, its source.

    \b
    Example: provisioner explain NAM003
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner import validate
    from provisioner.errors import ProvisionerError
    from provisioner.validate.name_matching import meant

    page = validate.explain(code) or _of_import(code) or _of_verify(code) or _of_drift(code)
    if page is None:
        near = meant(code.upper(), [each.code for each in validate.pages()])
        raise ProvisionerError(f"there is no check {code!r}", hint=near or "`provisioner rules` lists them")
    console.data(json.dumps({"version": 1, **page.json()}, indent=2) if form == "json" else page.text())
    return 0


def _of_verify(code: str) -> Page | None:
    """The page of a diagnosis."""
    from provisioner.diagnose.codes import CODES
    from provisioner.validate.code_page import page

    known = code.lower()
    return page(known, "verify", "error", CODES[known]) if known in CODES else None


def _of_import(code: str) -> Page | None:
    """The page of what `import` says: no check, so that the list of checks does not hold it."""
    from provisioner.adopt.codes import CODES, SEVERITIES
    from provisioner.validate.code_page import page

    known = code.upper()
    return page(known, "import", SEVERITIES[known], CODES[known]) if known in CODES else None


def _of_drift(code: str) -> Page | None:
    """The page of what `drift` says."""
    from provisioner.plan.codes import CODES
    from provisioner.validate.code_page import page

    known = code.upper()
    return page(known, "drift", "error", CODES[known]) if known in CODES else None
