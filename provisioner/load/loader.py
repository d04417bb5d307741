"""The steps from a manifest file to a Document: read, include, apply the environment, check, build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from provisioner.diagnostics import Diagnostic, Place
from provisioner.load.builders.manifest_builder import build_manifest
from provisioner.load.document import LOCAL_ENVIRONMENT, Document, secret_mask, with_local_environment
from provisioner.load.includes import merge_includes
from provisioner.load.overlays import merge_overlay
from provisioner.load.schema.interpolation import UnresolvedVariable, Variables, VariableValue
from provisioner.load.schema.manifest_errors import ABSENT, ManifestErrors
from provisioner.load.schema.manifest_language import MANIFEST, MERGED_MANIFEST, OVERLAY
from provisioner.load.schema.referenced_files import ReferencedFiles
from provisioner.load.schema.shape_reader import ShapeReader
from provisioner.load.schema.source_map import SourceMap
from provisioner.load.variables import resolve_variables
from provisioner.load.yaml.node_diagnostics import (
    file_diagnostic,
    join_with_or,
    node_diagnostic,
    unreadable_file_diagnostic,
)
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, describe_node, is_null
from provisioner.load.yaml.project_files import ProjectFiles, resolve_links
from provisioner.load.yaml.source_text import UnreadableFile, display_path
from provisioner.model import Manifest
from provisioner.suggest import did_you_mean

_variables_field = OVERLAY.field("variables")
assert _variables_field is not None
_OVERLAY_VARIABLES = _variables_field.shape
DEFAULT_NAME = "provisioner.yaml"
_HARMLESS_FILE_ERRORS = frozenset({"YAML003", "INC007"})
"""Errors of files that lose nothing: of two entries with one name the first is there, and everything else."""
_CONSEQUENTIAL_CODES = frozenset({"MAN003", "MAN015", "VAR001", "VAR003", "VAR005"})
"""Errors that may only be consequences of a file, or a part of one, that could not be read."""


def manifest_path(path: Path | str) -> Path:
    """The manifest file that an argument means: the file itself, or `provisioner.yaml` in the directory."""
    path = Path(path)
    return path / DEFAULT_NAME if path.is_dir() else path


def load_document(
    path: Path | str,
    environment: str | None = None,
    variables: Mapping[str, str] | None = None,
    files: ProjectFiles | None = None,
) -> Document:
    """Load a manifest for one environment; the author's mistakes are diagnostics, never exceptions.

    `variables` are values from the command line. `files` lets several environments of one project share what was read
    and parsed.
    """
    file = manifest_path(path)
    files = files or ProjectFiles(file.parent)
    loader = _Loader(Document(file, files.root, environment), files, dict(variables or {}))
    try:
        return loader.run()
    except UnreadableFile as error:
        return replace(loader.document, diagnostics=(unreadable_file_diagnostic(error, display_path(file)),))


def load_environments(
    path: Path | str,
    variables: Mapping[str, str],
    environment: str | None = None,
    files: ProjectFiles | None = None,
) -> dict[str | None, Document]:
    """A manifest as it is (None) and for each environment that it declares, or for the one that is named, by name.

    Where the manifest itself cannot be read the environments say nothing more, and are left out.
    """
    files = files or ProjectFiles(manifest_path(path).parent)
    document = load_document(path, environment, variables, files)
    documents: dict[str | None, Document] = {environment: document}
    if environment is None and document.manifest is not None:
        for name in document.declared_environments:
            documents[name] = load_document(path, name, variables, files)
    return documents


def list_environments(path: Path | str) -> tuple[str, ...]:
    """The names of the declared environments, and `local`; just `local` where the manifest cannot be read."""
    file = manifest_path(path)
    try:
        tree, _ = ProjectFiles(file.parent).tree(resolve_links(file))
    except UnreadableFile:
        return (LOCAL_ENVIRONMENT,)
    return with_local_environment(_declared_environments(tree))


def _declared_environments(tree: Node | None) -> tuple[str, ...]:
    section = tree.values.get("environments") if isinstance(tree, MappingNode) else None
    return tuple(section.values) if isinstance(section, MappingNode) else ()


class _StopLoading(Exception):
    """A later step could only report consequences of the errors found so far."""


class _Loader:
    """The steps from a file to a document; the diagnostics of each are collected."""

    def __init__(self, document: Document, files: ProjectFiles, command_line_variables: dict[str, str]) -> None:
        self.document = document
        self.files = files
        self.command_line_variables = command_line_variables
        self.diagnostics: list[Diagnostic] = []

    def run(self) -> Document:
        """All steps, or those up to the first that cannot go on."""
        try:
            main = self.read_main_file()
            source_map = SourceMap(self.apply_environment(main), main.source)
            variables, errors, manifest = self.read_manifest(source_map, main)
        except _StopLoading:
            return replace(self.document, diagnostics=self.sorted_diagnostics(), sources=self.files.sources)
        # With text missing, "X is missing" may be wrong: such errors are left out until the file can be read.
        is_complete = not any(_loses_text(diagnostic) for diagnostic in self.diagnostics)
        self.diagnostics.extend(
            diagnostic
            for diagnostic in errors.diagnostics
            if is_complete or diagnostic.code not in _CONSEQUENTIAL_CODES
        )
        return replace(
            self.document,
            manifest=manifest if is_complete else None,
            diagnostics=self.sorted_diagnostics(variables),
            broken=frozenset(errors.broken),
            source_map=source_map,
            variables=variables,
            sources=self.files.sources,
        )

    def read_main_file(self) -> MappingNode:
        """The tree of the main file with its includes."""
        path = resolve_links(self.document.file)
        tree, yaml_errors = self.files.tree(path)
        self.diagnostics.extend(yaml_errors)
        self.document = replace(self.document, declared_environments=_declared_environments(tree), main_tree=tree)
        if (tree is None and not yaml_errors) or (tree is not None and is_null(tree)):
            hint = "`provisioner init` writes a first one"
            self.diagnostics.append(file_diagnostic("MAN003", "the manifest is empty", self.files.source(path), hint))
        elif tree is not None and not isinstance(tree, MappingNode):
            self.add_error(
                "MAN002", f"a manifest is a mapping, and this is {describe_node(tree)}", tree, "write version: 1"
            )
        if not isinstance(tree, MappingNode):
            raise _StopLoading
        merged, include_errors = merge_includes(tree, path, self.files)
        self.diagnostics.extend(include_errors)
        return merged

    def apply_environment(self, main: MappingNode) -> MappingNode:
        """The main mapping with the overlay of the chosen environment merged over it."""
        chosen = self.chosen_overlay(main)
        if not isinstance(chosen, MappingNode):
            return main
        # An overlay gives variables values, where the manifest declares them: the two do not merge.
        overlay = chosen.copy()
        overlay.remove("variables")
        for name in list(overlay.values):
            if OVERLAY.field(name) is None:
                names = [field.name for field in OVERLAY.fields]
                hint = did_you_mean(name, names) or f"there are {join_with_or(names)}"
                self.add_error("MAN001", f"there is no key {name!r} in an environment", overlay.keys[name], hint)
                overlay.remove(name)
        merged = merge_overlay(main, overlay, MANIFEST)
        assert isinstance(merged, MappingNode)
        return merged

    def chosen_overlay(self, main: MappingNode) -> Node | None:
        """The overlay of the document's environment; `local` exists without being declared."""
        environment = self.document.environment
        section = main.values.get("environments")
        if section is not None and not isinstance(section, MappingNode) and not is_null(section):
            message = f"'environments' is a mapping, and this is {describe_node(section)}"
            self.add_error("MAN002", message, section, "write NAME: {…} under it")
            if environment not in {None, LOCAL_ENVIRONMENT}:
                raise _StopLoading
        overlays = section.values if isinstance(section, MappingNode) else {}
        for name, overlay in overlays.items():
            # The other environments are checked when they are loaded.
            if not isinstance(overlay, MappingNode) and not is_null(overlay) and environment in {None, name}:
                message = f"the environment {name!r} is a mapping, and this is {describe_node(overlay)}"
                self.add_error("MAN002", message, overlay, "write what is laid over the rest, such as {target: {…}}")
        if environment is None:
            return None
        if environment not in overlays and environment != LOCAL_ENVIRONMENT:
            self.report_unknown_environment(main, section, environment)
            raise _StopLoading
        declared = overlays.get(environment)
        return _local_overlay(main, declared) if environment == LOCAL_ENVIRONMENT else declared

    def report_unknown_environment(self, main: MappingNode, section: Node | None, environment: str) -> None:
        """An error at `environments`, or at the first key where that is not written."""
        names = self.document.environments
        hint = did_you_mean(environment, names) or f"there are {join_with_or(names)}"
        key = main.keys["environments"] if section is not None else next(iter(main.keys.values()))
        self.add_error("MAN016", f"there is no environment {environment!r}", key, hint)

    def read_manifest(
        self, source_map: SourceMap, main: MappingNode
    ) -> tuple[Variables, ManifestErrors, Manifest | None]:
        """The variables, the errors in the values of the merged tree, and the manifest built from it."""
        assert isinstance(source_map.root, MappingNode)
        environment = self.document.environment
        section = main.values.get("environments")
        chosen = section.values.get(environment or "") if isinstance(section, MappingNode) else None
        overlay_variables = chosen.values.get("variables") if isinstance(chosen, MappingNode) else None
        variables, variable_errors = resolve_variables(
            main.values.get("variables"), self.command_line_variables, overlay_variables, environment
        )
        self.diagnostics.extend(
            error if error.place else error.at(source_map.place(("variables",))) for error in variable_errors
        )
        # The name comes before all other values: `$(name)` is allowed in each of them.
        self.add_name_variable(variables, source_map.root.values.get("name"))
        errors = ManifestErrors(source_map)
        # Without an overlay each node is the author's own, and the same in the next loading of the same files.
        reader = ShapeReader(variables, ReferencedFiles(self.files), errors, keeps_values=environment is None)
        # The overlay's variables are not part of the merged tree, so they are checked apart.
        if overlay_variables is not None:
            reader.read(overlay_variables, _OVERLAY_VARIABLES, ("environments", environment or "", "variables"))
        values = reader.read(source_map.root, MERGED_MANIFEST, ())
        manifest = None if values is ABSENT else build_manifest(values, environment, errors)
        return variables, errors, manifest

    def add_name_variable(self, variables: Variables, name: Node | None) -> None:
        """`$(name)`: the manifest's name, which may itself be made of variables, but not of `$(name)`."""
        if not isinstance(name, ScalarNode):
            return
        try:
            text = variables.interpolate(name, text=True)
            variables.values["name"] = VariableValue(text, str(text))
        except UnresolvedVariable:
            variables.values["name"] = VariableValue("", "")
            if "$(name)" in str(name.value).replace("$$", ""):
                self.add_error("VAR002", "the name cannot be made of itself", name, "write it out")

    def add_error(self, code: str, message: str, node: Node, hint: str) -> None:
        """Collect an error at a node."""
        self.diagnostics.append(node_diagnostic(code, message, node, hint))

    def sorted_diagnostics(self, variables: Variables | None = None) -> tuple[Diagnostic, ...]:
        """The diagnostics in the order of the text, each once, without the secrets of the files and variables."""
        start = Place(display_path(self.document.file), 1, 1, 1, 1)
        # One mistake can be met twice, in the manifest and through an alias or an overlay.
        unique = dict.fromkeys(self.diagnostics)
        ordered = sorted(unique, key=lambda error: (error.place or start, error.code, error.message))
        if not ordered:
            return ()
        mask = secret_mask(self.files.sources, variables)
        return tuple(mask.mask_diagnostic(diagnostic) for diagnostic in ordered)


def _loses_text(diagnostic: Diagnostic) -> bool:
    """Whether part of the author's text is missing from the tree because of this error."""
    is_file_error = diagnostic.code[:3] in {"YAM", "INC"} and diagnostic.code not in _HARMLESS_FILE_ERRORS
    return diagnostic.severity == "error" and is_file_error


def _local_overlay(main: MappingNode, declared: Node | None) -> Node:
    """The built-in environment: `{target: {cloud: local}}`, where the author's own overlay names no other cloud.

    What the author deletes with null stays in it: that is meant for the manifest below.
    """
    # "*" is the style of an alias: such a scalar is not the author's, and so never edited.
    local = ScalarNode(main.source, 0, 0, LOCAL_ENVIRONMENT, value=LOCAL_ENVIRONMENT, style="*")
    overlay = declared.copy() if isinstance(declared, MappingNode) else MappingNode(main.source, 0, 0)
    written_target = overlay.values.get("target")
    if written_target is not None and not isinstance(written_target, MappingNode) and not is_null(written_target):
        return overlay
    target = written_target.copy() if isinstance(written_target, MappingNode) else MappingNode(main.source, 0, 0)
    if "cloud" not in target.values or is_null(target.values["cloud"]):
        target.remove("cloud")
        target.set_entry("cloud", local, local)
    overlay.set_entry("target", overlay.keys.get("target", local), target)
    return overlay
