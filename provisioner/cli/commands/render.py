"""`provisioner render`."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project


@click.command()
@click.option("--format", "form", type=click.Choice(("arm", "definitions")), default="arm", show_default=True)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write files here; without it, print one file."
)
@click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Definitions that replace ours, by file name.",
)
@options.project
def render(project: Project, console: Console, form: str, out: Path | None, templates: Path | None) -> int:
    """Write the resources as files.

    \b
    Example: provisioner render -e prod --format arm --out build
    """  # noqa: D301
    project.templates = templates
    project.raise_if_invalid()
    files = project.render(form)
    if out is None:
        if len(files) > 1:
            raise click.UsageError(f"the format {form!r} has {len(files)} files: say where with --out DIR")
        console.data(next(iter(files.values())))
        return 0
    for name, text in files.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        console.note(f"wrote {file}")
    return 0
