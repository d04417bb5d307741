"""`provisioner render`."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.render.format import IMPORTING_FORMAT


@click.command()
@options.output("render")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write files here; without it, print one file."
)
@click.option("--import", "import_blocks", is_flag=True, help="For terraform: blocks that import what exists.")
@options.project_with_templates
def render(project: Project, console: Console, format_name: str, out: Path | None, import_blocks: bool) -> int:
    """Write the resources as files.

    \b
    Example: provisioner render -e prod --format arm --out build
             provisioner render --format terraform --import --out infra
    """  # noqa: D301
    if import_blocks and format_name != IMPORTING_FORMAT:
        raise click.UsageError("--import is for --format terraform: the others keep no state")
    project.raise_if_invalid()
    files = project.render(format_name, import_blocks=import_blocks)
    if out is None:
        if len(files) > 1:
            raise click.UsageError(f"the format {format_name!r} has {len(files)} files: say where with --out DIR")
        console.data(next(iter(files.values())))
        return 0
    for name, text in files.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        # Line feeds on every system: the files are compared and committed.
        file.write_text(text, encoding="utf-8", newline="\n")
        console.note(f"wrote {file}")
    return 0
