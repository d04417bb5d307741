"""`validate`: every check that needs no network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.reports import annotations


@click.command()
@options.manifest
@options.output("text", "json", "sarif", "junit", "github", "azure")
@click.option("--select", multiple=True, metavar="CODE", help="Only these checks: codes or their beginnings.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Not these checks.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--fix", is_flag=True, help="Write the mechanical fixes back into the files.")
@click.option("--diff", "show", is_flag=True, help="Show what --fix changes; alone, change nothing.")
@options.console
def validate(
    console: Console,
    path: Path,
    environment: str | None,
    variables: dict[str, str],
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    fix: bool,
    show: bool,
) -> int:
    """Check the manifest without any network.

    Without -e the manifest itself and every environment in it are checked.

    \b
    Example: provisioner validate --strict --format sarif > findings.sarif
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    import gc

    from provisioner.diagnostics import Diagnostic, has_failures
    from provisioner.validate import check_all, report, source_files

    _known((*select, *ignore))

    def check() -> tuple[Diagnostic, ...]:
        gc.disable()  # looking for cycles takes a third of the time on large projects, and there are none
        try:
            return check_all(path, variables, environment, select=select, ignore=ignore)
        finally:
            gc.enable()

    told = check()
    if fix or show:
        changed, made = source_files.mend(told, check if fix else None)
        if show:
            console.data(changed)
        if fix:
            console.note(f"{made} fix{'' if made == 1 else 'es'} made")
            told = check()
    if form == "text" and show:
        console.note(report.text(told, source_files.lines, color=console.color))
    elif form == "text":
        if told or not console.quiet:
            console.data(report.text(told, source_files.lines, color=console.color and sys.stdout.isatty()))
    elif form == "json":
        console.data(report.json(told))
    elif form in annotations.FORMS:
        console.data(annotations.FORMS[form](annotations.of_findings(told)))
    elif form == "sarif":
        console.data(report.sarif(told))
    else:
        console.data(report.junit(told, strict=strict))
    return 1 if has_failures(told, strict=strict) else 0


def _known(codes: tuple[str, ...]) -> None:
    """Raises BadParameter for a code with which none begins: a check that is misspelt would never fail."""
    from provisioner.validate import pages

    for each in (word.strip() for code in codes for word in code.split(",")):
        if not any(page.code.startswith(each.upper()) for page in pages()):
            raise click.BadParameter(f"no check's code begins with {each!r}: `provisioner rules` lists them")
