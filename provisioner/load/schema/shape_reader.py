"""The merged tree against the language: plain values where they fit, an error where they do not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from provisioner.load.schema import shapes
from provisioner.load.schema.interpolation import Variables
from provisioner.load.schema.manifest_errors import ABSENT, ManifestErrors
from provisioner.load.schema.referenced_files import ReferencedFiles
from provisioner.load.schema.scalar_reader import ScalarReader
from provisioner.load.schema.source_map import Path
from provisioner.load.schema.type_messages import last_key
from provisioner.load.yaml.node_diagnostics import join_with_or
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, describe_node, is_null
from provisioner.load.yaml.sample_files import RecordNode
from provisioner.suggest import nearest_name


class ShapeReader:
    """Reads nodes by their shape into plain data: text, numbers, booleans, lists and dictionaries."""

    def __init__(
        self, variables: Variables, files: ReferencedFiles, errors: ManifestErrors, *, keeps_values: bool = False
    ) -> None:
        self.files = files
        self.errors = errors
        self.keeps_values = keeps_values
        scalars = ScalarReader(variables, errors)
        # A table, not `match`: loading a manifest reads thousands of nodes, and a lookup costs the same for all shapes.
        self._readers: dict[type[shapes.Shape], Callable[[Node, Any, Path], Any]] = {
            shapes.Text: scalars.read_text,
            shapes.KqlText: scalars.read_text,
            shapes.Integer: scalars.read_integer,
            shapes.Number: scalars.read_number,
            shapes.Boolean: scalars.read_boolean,
            shapes.Choice: scalars.read_choice,
            shapes.Constant: scalars.read_constant,
            shapes.AnyScalar: scalars.read_any_scalar,
            shapes.JsonRecord: self.read_json_record,
            shapes.ListOf: self.read_list,
            shapes.MapOf: self.read_map,
            shapes.FixedKeys: self.read_fixed_keys,
            shapes.ValueOrFile: self.read_value_or_file,
            shapes.OneOf: self.read_one_of,
        }

    def read(self, node: Node, shape: shapes.Shape, path: Path) -> Any:
        """The node as plain data in the language's own spelling, or `ABSENT` where it is null or wrong."""
        return self._readers[type(shape)](node, shape, path)

    def read_json_record(self, node: Node, shape: shapes.JsonRecord, path: Path) -> Any:
        """A record of JSON values."""
        if not isinstance(node, MappingNode):
            return self.errors.wrong_type(node, shape, path)
        value = node.plain()
        if not _is_finite(value):
            message = "a record holds .inf or .nan, which JSON cannot say"
            return self.errors.invalid_value("MAN002", message, node, path, "use a number or null")
        return value

    def read_list(self, node: Node, shape: shapes.ListOf, path: Path) -> Any:
        """A list; items that are wrong are left out."""
        if is_null(node):
            return ABSENT
        if not isinstance(node, SequenceNode):
            return self.errors.wrong_type(node, shape, path)
        values = []
        for index, item in enumerate(node.items):
            if is_null(item):
                self.errors.wrong_type(item, shape.item_shape, (*path, index))
                continue
            value = self.read(item, shape.item_shape, (*path, index))
            if value is not ABSENT:
                values.append(value)
        return values

    def read_map(self, node: Node, shape: shapes.MapOf, path: Path) -> Any:
        """Names of the author's with values; entries that are null or wrong are left out."""
        if is_null(node):
            return ABSENT
        if not isinstance(node, MappingNode):
            return self.errors.wrong_type(node, shape, path)
        values = {}
        for name, child in node.values.items():
            # Often a key whose entries were commented out: worth a warning, not an error.
            if is_null(child) and not isinstance(shape.value_shape, shapes.AnyScalar):
                message = f"the {shape.entry_noun} {name!r} has no content and is left out"
                hint = "write {} for an empty one, or remove it"
                self.errors.add_at("MAN009", message, node.keys[name], hint, severity="warning")
                continue
            is_entry = len(path) == 1 and path[0] in _SECTIONS_KEPT
            value = (self._read_kept if is_entry else self.read)(child, shape.value_shape, (*path, name))
            if value is not ABSENT:
                values[name] = value
        return values

    def _read_kept(self, node: Node, shape: shapes.Shape, path: Path) -> Any:
        """An entry of a large section: what was read of the same node before, if nothing else decides its value."""
        kept = node.source.read_values.get(id(node))
        if kept is not None and kept[0] is node:
            return kept[1]
        errors, contents = self.errors, self.errors.source_map.file_contents
        before = (len(errors.diagnostics), len(errors.broken), len(contents))
        value = self.read(node, shape, path)
        # Not where there is an error to report, a file to read, or a variable; nor for nodes that an overlay has made,
        # which no later loading meets.
        is_plain = before == (len(errors.diagnostics), len(errors.broken), len(contents))
        if self.keeps_values and is_plain and "$" not in node.source.text[node.start : node.end] and not node.shared:
            node.source.read_values[id(node)] = (node, value)
        return value

    def read_fixed_keys(self, node: Node, shape: shapes.FixedKeys, path: Path) -> Any:
        """The keys of the language with their values; keys without a usable value are absent."""
        if is_null(node):
            return ABSENT
        if isinstance(node, ScalarNode) and shape.shorthand_key is not None:
            return self._read_shorthand(node, shape, shape.shorthand_key, path)
        if not isinstance(node, MappingNode):
            return self.errors.wrong_type(node, shape, path)
        values: dict[str, Any] = {}
        for name, child in node.values.items():
            field = shape.field(name)
            if field is None and name in shape.ignored_keys:
                continue
            if field is None:
                self._report_unknown_key(name, node.keys[name], shape, path)
                continue
            value = self.read(child, field.shape, (*path, name))
            if value is not ABSENT:
                values[name] = value
        self._check_required_keys(values, shape, path)
        self._check_exclusive_keys(node, values, shape, path)
        return values

    def _read_shorthand(self, node: ScalarNode, shape: shapes.FixedKeys, key: str, path: Path) -> Any:
        field = shape.field(key)
        assert field is not None
        value = self.read(node, field.shape, path)
        return ABSENT if value is ABSENT else {key: value}

    def _report_unknown_key(self, name: str, key: ScalarNode, shape: shapes.FixedKeys, path: Path) -> None:
        message = f"there is no key {name!r}" + (f" in {last_key(path)!r}" if path else " in a manifest")
        names = [field.name for field in shape.fields]
        nearest = nearest_name(name, names)
        if nearest is not None and self.errors.source_map.lookup((*path, nearest)).rest:
            # The misspelt key is one error: the right one is not reported as missing besides.
            self.errors.broken.add((*path, nearest))
        hint = f"did you mean {nearest!r}?" if nearest else f"there are {join_with_or(names)}"
        self.errors.add_at("MAN001", message, key, hint)

    def _check_required_keys(self, values: dict[str, Any], shape: shapes.FixedKeys, path: Path) -> None:
        for field in shape.fields:
            field_path = (*path, field.name)
            if field.required and field.name not in values and field_path not in self.errors.broken:
                self.errors.broken.add(field_path)
                message = f"{field.name!r} is missing" + (f" in {last_key(path)!r}" if path else "")
                self.errors.add("MAN003", message, field_path, field.description)

    def _check_exclusive_keys(
        self, node: MappingNode, values: dict[str, Any], shape: shapes.FixedKeys, path: Path
    ) -> None:
        for one, other in shape.exclusive_pairs:
            if one in values and other in values:
                message = f"{one!r} and {other!r} exclude each other"
                self.errors.add_at("MAN005", message, node.keys[other], f"remove {one} or {other}")
                self.errors.broken.add((*path, other))

    def read_value_or_file(self, node: Node, shape: shapes.ValueOrFile, path: Path) -> Any:
        """A value, or the content of the file that `{file: path}` names."""
        if isinstance(node, MappingNode) and "file" in node.values:
            for name, key in node.keys.items():
                if name != "file":
                    self.errors.add_at("MAN001", f"there is no key {name!r} beside 'file'", key, "`file` stands alone")
            return self._read_file(node.values["file"], shape, path)
        if isinstance(node, MappingNode):
            return self.errors.wrong_type(node, shape, path)
        return self.read(node, shape.value_shape, path)

    def _read_file(self, node: Node, shape: shapes.ValueOrFile, path: Path) -> Any:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            message = f"`file` is a path, and this is {describe_node(node)}"
            return self.errors.invalid_value("MAN002", message, node, path, "write file: path")
        content, diagnostics = self.files.read(node, shape.value_shape)
        self.errors.diagnostics.extend(diagnostics)
        if content is None:
            self.errors.broken.add(path)
            return ABSENT
        # From now on the path leads into the file: later diagnostics and edits are at its characters.
        self.errors.source_map.file_contents[path] = content
        # Samples were read and checked as JSON or CSV; there is no YAML in them to read by a shape.
        if isinstance(content, SequenceNode) and content.items and isinstance(content.items[0], RecordNode):
            return content.plain()
        return self.read(content, shape.value_shape, path)

    def read_one_of(self, node: Node, shape: shapes.OneOf, path: Path) -> Any:
        """The first of the shapes that takes such a node."""
        for candidate in shape.shapes:
            if isinstance(node, _NODE_CLASSES.get(type(candidate), ScalarNode)):
                return self.read(node, candidate, path)
        return ABSENT if is_null(node) else self.errors.wrong_type(node, shape, path)


_SECTIONS_KEPT = frozenset({"tables", "streams"})
"""Sections with as many entries as a project has tables; those of the others are read in no time."""
_NODE_CLASSES: dict[type[shapes.Shape], type[Node]] = {
    shapes.ListOf: SequenceNode,
    shapes.MapOf: MappingNode,
    shapes.FixedKeys: MappingNode,
    shapes.JsonRecord: MappingNode,
}


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(_is_finite(item) for item in value.values())
    return not isinstance(value, list) or all(_is_finite(item) for item in value)
