"""The steps from a manifest file to a Document: read, include, lay over, fill in, check, derive."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace
from pathlib import Path

from provisioner.diagnostics import Diagnostic, Place
from provisioner.load.builders.manifest_builder import derive
from provisioner.load.document import LOCAL, Document, with_local
from provisioner.load.includes import include
from provisioner.load.overlays import lay
from provisioner.load.schema.manifest_language import BODY, MANIFEST, OVERLAY
from provisioner.load.schema.shape_reader import ABSENT, Structure
from provisioner.load.schema.source_map import SourceMap
from provisioner.load.variables import Unresolved, Value, declared
from provisioner.load.yaml.node_diagnostics import at_node, at_start, choices, guess, unreadable
from provisioner.load.yaml.nodes import Mapping, Node, Scalar, describe
from provisioner.load.yaml.project_files import Files, real
from provisioner.load.yaml.sample_files import Contents
from provisioner.load.yaml.source_text import Unreadable, shown
from provisioner.model import Manifest

_field = OVERLAY.field("variables")
assert _field is not None
_VALUES = _field.shape
DEFAULT_NAME = "provisioner.yaml"
_WHOLE = frozenset({"YAML003", "INC007"})
"""Errors of files that leave nothing out: the first of two entries is there, and everything else."""
_FOLLOWING = frozenset({"MAN003", "MAN015", "VAR001", "VAR003", "VAR005"})
"""Remarks that may only follow from a file, or a part of one, that could not be read."""


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
        tree, _ = Files(file.parent).tree(real(file))
    except Unreadable:
        return (LOCAL,)
    return with_local(_declared(tree))


def _declared(tree: Node | None) -> tuple[str, ...]:
    section = tree.values.get("environments") if isinstance(tree, Mapping) else None
    return tuple(section.values) if isinstance(section, Mapping) else ()


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
        whole = not any(self._leaves_out(each) for each in self.found)
        self.found.extend(each for each in structure.diagnostics if whole or each.code not in _FOLLOWING)
        return replace(
            self.document,
            manifest=manifest if whole else None,
            diagnostics=self.sorted(),
            broken=frozenset(structure.broken),
            places=places,
            variables=structure.variables,
            sources=self.files.sources,
        )

    @staticmethod
    def _leaves_out(found: Diagnostic) -> bool:
        """Whether part of the author's text is missing from the tree."""
        return found.severity == "error" and found.code[:3] in {"YAM", "INC"} and found.code not in _WHOLE

    def main(self) -> Mapping:
        """The main file with its includes."""
        path = real(self.document.file)
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
            if self.document.environment not in {None, LOCAL}:
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
                if "$(name)" in str(name.value).replace("$$", ""):
                    self.found.append(at_node("VAR002", "the name cannot be made of itself", name, "write it out"))
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
    """The built-in environment: `{target: {cloud: local}}`, where the author's own overlay says no other.

    What the author deletes with null stays: it is meant for the manifest below.
    """
    word = Scalar(main.source, 0, 0, LOCAL, value=LOCAL, style="*")
    made = declared_.copy() if isinstance(declared_, Mapping) else Mapping(main.source, 0, 0)
    written = made.values.get("target")
    if written is not None and not isinstance(written, Mapping) and not _null(written):
        return made
    target = written.copy() if isinstance(written, Mapping) else Mapping(main.source, 0, 0)
    if "cloud" not in target.values or _null(target.values["cloud"]):
        target.drop("cloud")
        target.put("cloud", word, word)
    made.put("target", made.keys.get("target", word), target)
    return made
