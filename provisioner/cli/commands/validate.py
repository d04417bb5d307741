"""`provisioner validate`."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.reports.format_registry import render_report


@click.command()
@options.manifest
@options.output("validate")
@click.option("--select", multiple=True, metavar="CODE", help="Only these checks: codes or their beginnings.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Not these checks.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option(
    "--evidence",
    type=click.Choice(["newest", "undisputed", "documented"]),
    help="Which evidence decides what Azure takes: the newest, only what no source disputes, only what a page allows.",
)
@click.option("--fix", is_flag=True, help="Write the mechanical fixes back into the files.")
@click.option("--diff", "show", is_flag=True, help="Show what --fix changes; alone, change nothing.")
@options.console
def validate(
    console: Console,
    path: Path,
    environment: str | None,
    variables: dict[str, str],
    format_name: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    evidence: str | None,
    fix: bool,
    show: bool,
) -> int:
    """Check the manifest without any network.

    Without -e the manifest itself and every environment in it are checked.

    \b
    Example: provisioner validate --strict --format sarif > findings.sarif
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.diagnostics import Diagnostic, has_failures
    from provisioner.validate import check_all_environments, source_files

    _require_known_codes((*select, *ignore))

    def check() -> tuple[Diagnostic, ...]:
        return check_all_environments(path, variables, environment, select=select, ignore=ignore, evidence=evidence)

    diagnostics = check()
    if fix or show:
        changed, fix_count = source_files.fix_source_files(diagnostics, check if fix else None)
        if show:
            console.data(changed)
        if fix:
            # Checked again: what is reported is what remains after the fixes.
            console.note(f"{fix_count} fix{'' if fix_count == 1 else 'es'} made")
            diagnostics = check()
    report = render_report("validate", format_name, diagnostics, console.report_options(strict=strict))
    # With --diff, stdout holds the diff alone, so that it can be piped into `git apply`.
    if format_name == "text" and show:
        console.note(report)
    elif format_name != "text" or diagnostics or not console.quiet:
        console.data(report)
    return 1 if has_failures(diagnostics, strict=strict) else 0


def _require_known_codes(codes: tuple[str, ...]) -> None:
    """Raise BadParameter for a code with which no check's code begins: a misspelt check would never fail."""
    from provisioner.code_catalogue import check_pages

    for prefix in (part.strip() for code in codes for part in code.split(",")):
        if not any(page.code.startswith(prefix.upper()) for page in check_pages()):
            raise click.BadParameter(f"no check's code begins with {prefix!r}: `provisioner rules` lists them")
