"""Included files → one tree: sections are joined, the same key twice is refused."""

from __future__ import annotations

import glob
from pathlib import Path

from provisioner.diagnostics import Diagnostic
from provisioner.load.schema.manifest_language import MANIFEST, PART
from provisioner.load.yaml.node_diagnostics import at_node, choices, guess, unreadable
from provisioner.load.yaml.nodes import Mapping, Node, Scalar, Sequence, describe
from provisioner.load.yaml.project_files import Files
from provisioner.load.yaml.source_text import Unreadable, shown

MOST_FILES = 10_000
"""Files that one manifest may include."""


def include(root: Mapping, main: Path, files: Files) -> tuple[Mapping, list[Diagnostic]]:
    """The main mapping with the sections of every included file, and what is wrong with including them."""
    joiner = _Joiner(root.copy(), files, {main})
    joiner.follow(root, main, (main,))
    joiner.root.drop("include")
    return joiner.root, joiner.diagnostics


class _Joiner:
    def __init__(self, root: Mapping, files: Files, seen: set[Path]) -> None:
        self.root = root
        self.files = files
        self.seen = seen
        self.diagnostics: list[Diagnostic] = []
        self.copied: set[str] = set()

    def follow(self, mapping: Mapping, path: Path, chain: tuple[Path, ...]) -> None:
        """Take in what the `include` of one file names."""
        listed = mapping.values.get("include")
        if listed is None or (isinstance(listed, Scalar) and listed.value is None):
            return
        items = listed.items if isinstance(listed, Sequence) else [listed]
        for item in items:
            if not isinstance(item, Scalar) or not isinstance(item.value, str):
                self.say(
                    "MAN002", f"`include` takes paths, and this is {describe(item)}", item, "write a relative path"
                )
                continue
            if not isinstance(listed, Sequence):
                self.say("MAN002", "`include` takes a list of paths", item, f"write [{item.text}]")
                continue
            for found in self.expand(item, path):
                self.take(found, item, chain)

    def expand(self, item: Scalar, base: Path) -> list[Path]:
        """The files that one entry means, in the order of their names."""
        written = item.text
        if Path(written).is_absolute():
            self.say("INC003", f"{written!r} is not relative", item, "write a path relative to this file")
            return []
        if not glob.has_magic(written):
            return self.inside(item, base, written)
        fixed = [part for part in Path(written).parts if not glob.has_magic(part)]
        if not self.inside(item, base, str(Path(*fixed))):
            return []
        # Path.glob does not follow links to directories; here they may, as long as they stay inside.
        names = sorted(glob.iglob(written, root_dir=base.parent, recursive=True))  # noqa: PTH207
        found = [each for name in names for each in self.inside(item, base, name) if not each.is_dir() and each != base]
        if not found and not names:
            words = f"no file matches {written!r}"
            hint = f"it is looked for in {shown(base.parent)}"
            self.diagnostics.append(at_node("INC004", words, item, hint, severity="warning"))
        return found

    def inside(self, item: Scalar, base: Path, written: str) -> list[Path]:
        """The path, or nothing and a remark where it leaves the project."""
        try:
            return [self.files.resolve(base, written)]
        except (Unreadable, OSError, ValueError, RuntimeError) as error:
            hint = error.hint if isinstance(error, Unreadable) else "check the path"
            self.say("INC003", str(error), item, hint)
            return []

    def take(self, path: Path, item: Scalar, chain: tuple[Path, ...]) -> None:
        """Join one file, and those that it includes."""
        if path in chain:
            names = " → ".join(shown(each) for each in (*chain[chain.index(path) :], path))
            self.say("INC006", f"files include each other in a circle: {names}", item, "remove one of the includes")
            return
        if path in self.seen:
            return
        if len(self.seen) >= MOST_FILES:
            self.say("YAML006", f"more than {MOST_FILES:,} files are included", item, "narrow the glob")
            return
        self.seen.add(path)
        try:
            tree, wrong = self.files.tree(path)
        except Unreadable as error:
            self.diagnostics.append(unreadable(error, shown(path), item))
            return
        self.diagnostics.extend(wrong)
        if isinstance(tree, Mapping):
            self.join(tree)
            self.follow(tree, path, (*chain, path))
        elif tree is not None and not (isinstance(tree, Scalar) and tree.value is None):
            self.say("MAN002", f"an included file holds a mapping, and this is {describe(tree)}", tree, _may_hold())

    def join(self, tree: Mapping) -> None:
        """Add the sections of one file to the whole."""
        for name, section in tree.values.items():
            key = tree.keys[name]
            if PART.field(name) is None:
                self.foreign(name, key)
            elif name != "include":
                self.section(name, key, section)

    def foreign(self, name: str, key: Scalar) -> None:
        """A key that has no place in an included file."""
        if MANIFEST.field(name) is not None:
            self.say(
                "INC005", f"{name!r} has no place in an included file", key, f"{_may_hold()}; move it to the main file"
            )
        else:
            hint = guess(name, (each.name for each in PART.fields)) or _may_hold()
            self.say("MAN001", f"there is no key {name!r} in an included file", key, hint)

    def section(self, name: str, key: Scalar, section: Node) -> None:
        """Add the entries of one section."""
        if isinstance(section, Scalar) and section.value is None:
            return
        if not isinstance(section, Mapping):
            self.say("MAN002", f"{name!r} is a mapping, and this is {describe(section)}", section, "write name: value")
            return
        whole = self.root.values.get(name)
        if whole is None or (isinstance(whole, Scalar) and whole.value is None):
            self.root.put(name, key, section.copy())
            self.copied.add(name)
            return
        if not isinstance(whole, Mapping):
            return  # said when the main file's structure is read
        if name not in self.copied:
            whole = whole.copy()
            self.root.values[name] = whole
            self.copied.add(name)
        for entry, value in section.values.items():
            if (first := whole.keys.get(entry)) is not None:
                line = first.source.position(first.start)[0]
                words = f"{entry!r} stands twice under {name!r}"
                self.say(
                    "INC007", words, section.keys[entry], f"the first is {first.source.name}:{line}; remove one of them"
                )
            else:
                whole.put(entry, section.keys[entry], value)

    def say(self, code: str, message: str, node: Node, hint: str) -> None:
        self.diagnostics.append(at_node(code, message, node, hint))


def _may_hold() -> str:
    return f"an included file may hold {choices(each.name for each in PART.fields)}"
