"""A manifest file → a Document: the manifest for one environment, where each word stands, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from provisioner.diagnostics import Diagnostic, Edit, Place, Span
from provisioner.load import edits
from provisioner.load.derive import derive
from provisioner.load.includes import include
from provisioner.load.language import BODY, MANIFEST, OVERLAY
from provisioner.load.nodes import Mapping, Node, Scalar, describe
from provisioner.load.overlays import lay
from provisioner.load.project import Files
from provisioner.load.records import Contents
from provisioner.load.remarks import at_node, at_start, choices, guess, unreadable
from provisioner.load.source import Source, Unreadable, shown
from provisioner.load.sourcemap import SourceMap
from provisioner.load.spelling import spelled
from provisioner.load.structure import ABSENT, Structure
from provisioner.load.variables import Unresolved, Value, Variables, declared
from provisioner.model import Manifest

_field = OVERLAY.field("variables")
assert _field is not None
_VALUES = _field.shape
DEFAULT_NAME = "provisioner.yaml"
LOCAL = "local"


@dataclass(frozen=True)
class Document:
    """What loading made of a manifest file.

    `manifest` is None where its YAML, its includes or its environment are at fault; with other errors it is there,
    and the paths in `broken` lead to values that are not the author's, so that nothing more needs to be said of them.
    """

    file: Path
    root: Path
    environment: str | None = None
    manifest: Manifest | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    declared: tuple[str, ...] = ()
    broken: frozenset[tuple[str | int, ...]] = frozenset()
    places: SourceMap | None = None
    sources: tuple[Source, ...] = ()
    variables: Variables = field(default_factory=Variables)

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that can be asked for: the declared ones, and `local`."""
        return _with_local(self.declared)

    @cached_property
    def raw(self) -> dict[str, Any]:
        """The merged manifest as plain data, shorthands and variables written out, words as the author spells them."""
        return spelled(self.places.root, MANIFEST, self.variables) if self.places else {}

    def place(
        self, path: tuple[str | int, ...], at: Literal["value", "key"] = "value", span: Span | None = None
    ) -> Place:
        """Where the word stands; for a path that is not written, the key it should stand under."""
        if self.places is None:
            return Place(shown(self.file), 1, 1, 1, 1)
        return self.places.place(path, at, span)

    def edit(
        self, path: tuple[str | int, ...], text: str, at: Literal["value", "key"] = "value", span: Span | None = None
    ) -> Edit | None:
        """`text` instead of the word; None where it is not written, interpolated, repeated by an alias or in pieces."""
        if self.places is None:
            return None
        found = self.places.find(path)
        if found.rest or found.shared:
            return None
        node: Node | None = found.key if at == "key" else self.places.word(found.node)
        return edits.replace(node, text, span) if node is not None else None

    def insert(self, path: tuple[str | int, ...], key: str, text: str) -> Edit | None:
        """`key: text` as the last entry of a mapping, in the author's layout; None where that is not possible."""
        if self.places is None:
            return None
        found = self.places.find(path)
        return None if found.rest or found.shared else edits.insert(found.node, key, text)

    def explicit(self, path: tuple[str | int, ...]) -> bool:
        """Whether the author wrote the value."""
        return self.places is not None and not self.places.find(path).rest

    def is_broken(self, path: tuple[str | int, ...]) -> bool:
        """Whether the value, or one that it is part of, has been complained of already."""
        return any(path[:length] in self.broken for length in range(len(path) + 1))


def locate(path: Path | str) -> Path:
    """The manifest file that an argument means: the file, or `provisioner.yaml` in the directory."""
    path = Path(path)
    return path / DEFAULT_NAME if path.is_dir() else path


def document(
    path: Path | str,
    environment: str | None = None,
    variables: Map[str, str] | None = None,
    files: Files | None = None,
) -> Document:
    """Load a manifest for one environment; never raises for the author's mistakes.

    `files` lets several environments of one project share what was read and parsed.
    """
    file = locate(path)
    files = files or Files(file.parent)
    loading = _Loading(Document(file, files.root, environment), files, dict(variables or {}))
    try:
        return loading.run()
    except Unreadable as error:
        return replace(loading.document, diagnostics=(unreadable(error, shown(file)),))


def environments(path: Path | str) -> tuple[str, ...]:
    """The names of the declared environments, and `local`."""
    file = locate(path)
    try:
        tree, _ = Files(file.parent).tree(file.resolve())
    except Unreadable:
        return (LOCAL,)
    return _with_local(_declared(tree))


def _declared(tree: Node | None) -> tuple[str, ...]:
    section = tree.values.get("environments") if isinstance(tree, Mapping) else None
    return tuple(section.values) if isinstance(section, Mapping) else ()


def _with_local(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if LOCAL in names else (*names, LOCAL)


class _Stop(Exception):
    """Nothing more can be said before the author has mended what was found."""


class _Loading:
    """The steps from a file to a document; the findings of each are collected."""

    def __init__(self, document: Document, files: Files, given: dict[str, str]) -> None:
        self.document = document
        self.files = files
        self.given = given
        self.found: list[Diagnostic] = []

    def run(self) -> Document:
        """All steps, or those up to the first that leaves nothing to go on with."""
        try:
            main = self.main()
            places = SourceMap(self.overlaid(main), main.source)
            structure, manifest = self.read(places, main)
        except _Stop:
            return replace(self.document, diagnostics=self.sorted(), sources=self.files.sources)
        self.found.extend(structure.diagnostics)
        return replace(
            self.document,
            manifest=manifest,
            diagnostics=self.sorted(),
            broken=frozenset(structure.broken),
            places=places,
            variables=structure.variables,
            sources=self.files.sources,
        )

    def main(self) -> Mapping:
        """The main file with its includes."""
        path = self.document.file.resolve()
        tree, wrong = self.files.tree(path)
        self.found.extend(wrong)
        self.document = replace(self.document, declared=_declared(tree))
        if (tree is None and not wrong) or (isinstance(tree, Scalar) and tree.value is None):
            source = self.files.source(path)
            self.found.append(
                at_start("MAN003", "the manifest is empty", source, "`provisioner init` writes a first one")
            )
        elif tree is not None and not isinstance(tree, Mapping):
            self.found.append(
                at_node("MAN002", f"a manifest is a mapping, and this is {describe(tree)}", tree, "write version: 1")
            )
        if not isinstance(tree, Mapping):
            raise _Stop
        joined, wrong = include(tree, path, self.files)
        self.found.extend(wrong)
        if any(each.severity == "error" for each in self.found):
            raise _Stop
        return joined

    def overlaid(self, main: Mapping) -> Mapping:
        """The main mapping with the chosen environment laid over it."""
        chosen = self.chosen(main)
        if not isinstance(chosen, Mapping):
            return main
        over = chosen.copy()
        over.drop("variables")
        for name in list(over.values):
            if OVERLAY.field(name) is None:
                hint = guess(name, (each.name for each in OVERLAY.fields))
                hint = hint or f"there are {choices(each.name for each in OVERLAY.fields)}"
                self.found.append(
                    at_node("MAN001", f"there is no key {name!r} in an environment", over.keys[name], hint)
                )
                over.drop(name)
        laid = lay(main, over, MANIFEST)
        assert isinstance(laid, Mapping)
        return laid

    def chosen(self, main: Mapping) -> Node | None:
        """The overlay of the environment that was asked for; `local` exists without being declared."""
        section = main.values.get("environments")
        if section is not None and not isinstance(section, Mapping) and not _null(section):
            hint = "write NAME: {…} under it"
            self.found.append(
                at_node("MAN002", f"'environments' is a mapping, and this is {describe(section)}", section, hint)
            )
            raise _Stop
        entries = section.values if isinstance(section, Mapping) else {}
        wanted = self.document.environment
        for name, entry in entries.items():
            if not isinstance(entry, Mapping) and not _null(entry) and wanted in {None, name}:
                hint = "write what is laid over the rest, such as {target: {…}}"
                self.found.append(
                    at_node(
                        "MAN002", f"the environment {name!r} is a mapping, and this is {describe(entry)}", entry, hint
                    )
                )
        if wanted is None:
            return None
        if wanted not in entries and wanted != LOCAL:
            self.unknown(main, section, wanted)
        chosen = entries.get(wanted)
        return _local(main, chosen) if wanted == LOCAL else chosen

    def unknown(self, main: Mapping, section: Node | None, wanted: str) -> None:
        """An environment that is not there."""
        names = self.document.environments
        hint = guess(wanted, names) or f"there are {choices(names)}"
        where = main.keys["environments"] if section is not None else next(iter(main.keys.values()))
        self.found.append(at_node("MAN016", f"there is no environment {wanted!r}", where, hint))
        raise _Stop

    def read(self, places: SourceMap, main: Mapping) -> tuple[Structure, Manifest | None]:
        """The structure of the merged tree, and the manifest made from it."""
        assert isinstance(places.root, Mapping)
        section = main.values.get("environments")
        chosen = section.values.get(self.document.environment or "") if isinstance(section, Mapping) else None
        settings = chosen.values.get("variables") if isinstance(chosen, Mapping) else None
        variables, wrong = declared(main.values.get("variables"), self.given, settings, self.document.environment)
        self.found.extend(each if each.place else each.at(places.place(("variables",))) for each in wrong)
        name = places.root.values.get("name")
        if isinstance(name, Scalar):
            try:
                text = variables.fill(name, text=True)
                variables.values["name"] = Value(text, str(text))
            except Unresolved:
                variables.values["name"] = Value("", "")
        structure = Structure(places, variables, Contents(self.files))
        if settings is not None:
            structure.read(settings, _VALUES, ("environments", self.document.environment or "", "variables"))
        values = structure.read(places.root, BODY, ())
        return structure, None if values is ABSENT else derive(values, self.document.environment, structure)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """The findings in the order of the text, each once."""
        first = Place(shown(self.document.file), 1, 1, 1, 1)
        return tuple(sorted(dict.fromkeys(self.found), key=lambda each: (each.place or first, each.code, each.message)))


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _local(main: Mapping, declared_: Node | None) -> Node:
    """The built-in environment: `{target: {cloud: local}}`, with the author's own overlay on it."""
    word = Scalar(main.source, 0, 0, LOCAL, value=LOCAL, style="*")
    target = Mapping(main.source, 0, 0)
    target.put("cloud", word, word)
    built_in = Mapping(main.source, 0, 0)
    built_in.put("target", word, target)
    return lay(built_in, declared_, OVERLAY) if isinstance(declared_, Mapping) else built_in
