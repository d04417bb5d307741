"""Included files → one tree: sections are merged, the same key in two files is an error."""

from __future__ import annotations

import glob
from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.load.schema.manifest_language import INCLUDED_FILE, MANIFEST
from provisioner.load.yaml.node_diagnostics import (
    join_with_or,
    node_diagnostic,
    unreadable_file_diagnostic,
)
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, describe_node, is_null
from provisioner.load.yaml.project_files import ProjectFiles
from provisioner.load.yaml.source_text import UnreadableFile, display_path
from provisioner.suggest import did_you_mean

MAX_INCLUDED_FILES = 10_000
"""More files than this in one manifest are an accident, such as a glob over a whole disk."""


def merge_includes(root: MappingNode, main: Path, files: ProjectFiles) -> tuple[MappingNode, list[Diagnostic]]:
    """The main mapping with the sections of every included file, and the errors of the includes.

    `main` is the path of the main file; `root` itself is not changed.
    """
    # A copy: the parsed tree is kept for the other environments of the project.
    merger = _IncludeMerger(root.copy(), files, {main})
    merger.follow_includes(root, main, (main,))
    merger.root.remove("include")
    return merger.root, merger.diagnostics


class _IncludeMerger:
    def __init__(self, root: MappingNode, files: ProjectFiles, included: set[Path]) -> None:
        self.root = root
        self.files = files
        self.included = included
        self.diagnostics: list[Diagnostic] = []
        self.copied_sections: set[str] = set()

    def follow_includes(self, mapping: MappingNode, path: Path, chain: tuple[Path, ...]) -> None:
        """Include the files that the `include` of one file names; `chain` are the files that led to it."""
        listed = mapping.values.get("include")
        if listed is None or is_null(listed):
            return
        items = listed.items if isinstance(listed, SequenceNode) else [listed]
        for item in items:
            if not isinstance(item, ScalarNode) or not isinstance(item.value, str):
                message = f"`include` takes paths, and this is {describe_node(item)}"
                self.add_error("MAN002", message, item, "write a relative path")
                continue
            if not isinstance(listed, SequenceNode):
                self.add_error("MAN002", "`include` takes a list of paths", item, f"write [{item.text}]")
                continue
            for included_path in self.matching_files(item, path):
                self.include_file(included_path, item, chain)

    def matching_files(self, item: ScalarNode, base: Path) -> list[Path]:
        """The files that a path or glob matches, in the order of their names."""
        pattern = item.text
        # On Windows `\x` and `C:x` are not absolute and yet start elsewhere.
        if Path(pattern).anchor:
            self.add_error("INC003", f"{pattern!r} is not relative", item, "write a path relative to this file")
            return []
        if not glob.has_magic(pattern):
            return self.resolve_inside_project(item, base, pattern)
        # The part before the first wildcard must not leave the project: a glob elsewhere would list foreign files.
        fixed_parts = [part for part in Path(pattern).parts if not glob.has_magic(part)]
        if not self.resolve_inside_project(item, base, str(Path(*fixed_parts))):
            return []
        # Path.glob does not follow links to directories; here they are followed as long as they stay in the project.
        matches = glob.iglob(pattern, root_dir=base.parent, recursive=True)  # noqa: PTH207
        # The same order on every system, which decides which of two entries of one name is the first.
        names = sorted(Path(name).as_posix() for name in matches)
        paths = [
            path
            for name in names
            for path in self.resolve_inside_project(item, base, name)
            if not path.is_dir() and path != base
        ]
        if not paths and not names:
            message = f"no file matches {pattern!r}"
            hint = f"it is looked for in {display_path(base.parent)}"
            self.diagnostics.append(node_diagnostic("INC004", message, item, hint, severity="warning"))
        return paths

    def resolve_inside_project(self, item: ScalarNode, base: Path, path: str) -> list[Path]:
        """The path as a list of one, or an empty list and an error where it leaves the project."""
        try:
            return [self.files.resolve_path(base, path)]
        except (UnreadableFile, OSError, ValueError, RuntimeError) as error:
            hint = error.hint if isinstance(error, UnreadableFile) else "check the path"
            self.add_error("INC003", str(error), item, hint)
            return []

    def include_file(self, path: Path, item: ScalarNode, chain: tuple[Path, ...]) -> None:
        """Merge one file, and those that it includes; a second include of a file has no effect."""
        if path in chain:
            names = " → ".join(display_path(link) for link in (*chain[chain.index(path) :], path))
            message = f"files include each other in a circle: {names}"
            self.add_error("INC006", message, item, "remove one of the includes")
            return
        # Two files may include a third; only a circle is a mistake.
        if path in self.included:
            return
        if len(self.included) >= MAX_INCLUDED_FILES:
            self.add_error("YAML006", f"more than {MAX_INCLUDED_FILES:,} files are included", item, "narrow the glob")
            return
        self.included.add(path)
        try:
            tree, diagnostics = self.files.tree(path)
        except UnreadableFile as error:
            self.diagnostics.append(unreadable_file_diagnostic(error, display_path(path), item))
            return
        self.diagnostics.extend(diagnostics)
        if isinstance(tree, MappingNode):
            self.merge_sections(tree)
            self.follow_includes(tree, path, (*chain, path))
        elif tree is not None and not is_null(tree):
            message = f"an included file holds a mapping, and this is {describe_node(tree)}"
            self.add_error("MAN002", message, tree, _allowed_keys_hint())

    def merge_sections(self, tree: MappingNode) -> None:
        """Add the sections of one file to the merged tree."""
        for name, section in tree.values.items():
            key = tree.keys[name]
            if INCLUDED_FILE.field(name) is None:
                self.report_foreign_key(name, key)
            elif name != "include":
                self.merge_section(name, key, section)

    def report_foreign_key(self, name: str, key: ScalarNode) -> None:
        """A key that an included file may not hold: one of the main file's, or of none."""
        if MANIFEST.field(name) is not None:
            hint = f"{_allowed_keys_hint()}; move it to the main file"
            self.add_error("INC005", f"{name!r} has no place in an included file", key, hint)
        else:
            hint = did_you_mean(name, (field.name for field in INCLUDED_FILE.fields)) or _allowed_keys_hint()
            self.add_error("MAN001", f"there is no key {name!r} in an included file", key, hint)

    def merge_section(self, name: str, key: ScalarNode, section: Node) -> None:
        """Add the entries of one section to the merged tree."""
        if is_null(section):
            return
        if not isinstance(section, MappingNode):
            message = f"{name!r} is a mapping, and this is {describe_node(section)}"
            self.add_error("MAN002", message, section, "write name: value")
            return
        merged = self.root.values.get(name)
        if merged is None or is_null(merged):
            self.root.set_entry(name, key, section.copy())
            self.copied_sections.add(name)
            return
        if not isinstance(merged, MappingNode):
            # The check of types reports it, with the rest of the main file.
            return
        # The trees of files are kept for other environments, so a section is copied before it grows.
        if name not in self.copied_sections:
            merged = merged.copy()
            self.root.values[name] = merged
            self.copied_sections.add(name)
        for entry, value in section.values.items():
            if (first := merged.keys.get(entry)) is not None:
                line = first.source.line_and_column(first.start)[0]
                hint = f"the first is {first.source.name}:{line}; remove one of them"
                message = f"{entry!r} stands twice under {name!r}"
                self.diagnostics.append(node_diagnostic("INC007", message, section.keys[entry], hint, first=first))
            else:
                merged.set_entry(entry, section.keys[entry], value)

    def add_error(self, code: str, message: str, node: Node, hint: str) -> None:
        self.diagnostics.append(node_diagnostic(code, message, node, hint))


def _allowed_keys_hint() -> str:
    return f"an included file may hold {join_with_or(field.name for field in INCLUDED_FILE.fields)}"
