"""`provisioner format`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.errors import ProvisionerError
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.load.yaml.nodes import Node
    from provisioner.load.yaml.source_text import SourceText


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
    from provisioner.validate.fixes import unified_diff
    from provisioner.validate.source_files import read_source, write_source

    changed = {source.name: text for source, text in _layouts(paths or (Path(),)) if text is not None}
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


def _layouts(paths: tuple[Path, ...]) -> Iterator[tuple[SourceText, str | None]]:
    """Each file once with its new text; None where the layout is right already."""
    from provisioner.language.text_formatting import format_source

    seen: set[Path] = set()
    for path in paths:
        for source, tree in _sources(path):
            if source.path in seen:
                continue
            seen.add(source.path)
            text = format_source(source, tree)
            # The byte order mark is the file's, not the text's.
            mark = "\ufeff" * source.bom_length
            yield source, None if text == source.text else f"{mark}{text}"


def _sources(path: Path) -> Iterator[tuple[SourceText, Node | None]]:
    """The files that a path stands for, each with its tree (None for KQL).

    Raises ProvisionerError for a file that is not there, or is no YAML.
    """
    from provisioner.load import ProjectFiles, load_document, manifest_path
    from provisioner.load.yaml.project_files import resolve_links
    from provisioner.load.yaml.source_text import UnreadableFile

    file = resolve_links(manifest_path(path))
    files = ProjectFiles(file.parent)
    try:
        if file.suffix == _KQL:
            yield files.source(file), None
            return
        tree, errors = files.tree(file)
        if tree is None and errors:
            first = errors[0]
            raise ProvisionerError(f"{first.place}: {first.message}", hint=first.hint)
    except UnreadableFile as error:
        raise ProvisionerError(error.message, hint=error.hint) from error
    # Loaded, so that what it includes and names is laid out with it; a file that is included brings only itself.
    load_document(file, files=files)
    for source in files.sources:
        if source.path.suffix == _KQL:
            yield source, None
        elif source.path.suffix in _YAML or source.path == file:
            yield source, files.tree(source.path)[0]


_KQL = ".kql"
_YAML = frozenset({".yaml", ".yml"})
