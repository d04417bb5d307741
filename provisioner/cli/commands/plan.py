"""`provisioner plan`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.cli.online import online
from provisioner.project import Project


@click.command()
@options.output("text", "json", "markdown")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for `apply`.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there are differences.")
@options.allow
@options.only
@options.prune
@options.project
def plan(
    project: Project,
    console: Console,
    form: str,
    out: Path | None,
    detailed_exitcode: bool,
    allow: tuple[str, ...],
    only: tuple[str, ...],
    prune: bool,
) -> int:
    """Show what apply would change.

    \b
    Example: provisioner plan -e prod --out plan.json --detailed-exitcode
    """  # noqa: D301
    from provisioner.plan import report, saved

    with online(project, console) as azure:
        made = project.plan(azure, prune=prune, allow=allow, only=only)
        principal = azure.identity.object_id
    places = project.document.place
    if form == "json":
        console.data(report.json(made, places))
    elif form == "markdown":
        console.data(report.markdown(made))
    else:
        console.data(report.text(made, color=console.color and sys.stdout.isatty()))
    if out is not None:
        text = saved.dump(
            made,
            project.manifest,
            principal=principal,
            root=Path(os.path.relpath(project.document.root, out.resolve().parent)),
            prune=prune,
            only=only,
            allow=allow,
            where=places,
        )
        out.write_text(text, encoding="utf-8")
        console.note(f"saved to {out}: `provisioner apply {out}` carries out just this")
    return 2 if detailed_exitcode and not made.empty else 0
