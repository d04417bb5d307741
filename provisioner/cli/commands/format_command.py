"""`provisioner format`."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.text import plural


@click.command("format")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[MANIFEST|FILE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where a layout differs.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
@options.console
def format_command(console: Console, paths: tuple[Path, ...], check: bool, diff: bool) -> int:
    """Lay out the KQL in manifests and `.kql` files; YAML stays as it is.

    A manifest stands for the files that it includes and names; other files are laid out by themselves.

    \b
    Example: provisioner format --check
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.language.project_layout import changed_layouts
    from provisioner.validate.fixes import unified_diff
    from provisioner.validate.source_files import read_source, write_source

    changed = changed_layouts(paths or (Path(),))
    if diff:
        console.data(unified_diff(changed, read_source))
    elif not check:
        for name, text in changed.items():
            write_source(name, text)
    verb = "would change" if check or diff else "changed"
    for name in changed:
        console.note(f"{verb} {name}")
    if not changed:
        console.note("every transform has the standard layout")
    else:
        console.note(f"{plural(len(changed), 'file')} {verb}")
    return 1 if check and changed else 0
