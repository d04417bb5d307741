"""The merged tree against the language: plain values where they fit, a remark where they do not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from provisioner.diagnostics import Diagnostic, Edit, Fix
from provisioner.load.schema import shapes
from provisioner.load.schema.source_map import Path, SourceMap
from provisioner.load.schema.type_messages import instead, last, wanted
from provisioner.load.variables import Unresolved, Variables
from provisioner.load.yaml.node_diagnostics import at_node, choices, guess, nearest
from provisioner.load.yaml.nodes import Mapping, Node, Scalar, Sequence, describe
from provisioner.load.yaml.sample_files import Contents, Item
from provisioner.load.yaml.text_edits import replace, respell

ABSENT: Any = object()
"""What reading gives for a value that is null or wrong."""


class Structure:
    """Reads nodes by their shape. `broken` holds the paths whose value is wrong: nothing more is said of them."""

    def __init__(self, places: SourceMap, variables: Variables, contents: Contents) -> None:
        self.places = places
        self.variables = variables
        self.contents = contents
        self.diagnostics: list[Diagnostic] = []
        self.broken: set[Path] = set()
        self._read: dict[type[shapes.Shape], Callable[[Node, Any, Path], Any]] = {
            shapes.Text: self.text,
            shapes.Whole: self.whole,
            shapes.Flag: self.flag,
            shapes.Choice: self.choice,
            shapes.Literal: self.literal,
            shapes.Anything: self.anything,
            shapes.Row: self.row,
            shapes.Listed: self.listed,
            shapes.Named: self.named,
            shapes.Record: self.record,
            shapes.OrFile: self.or_file,
            shapes.Either: self.either,
        }

    def read(self, node: Node, shape: shapes.Shape, path: Path) -> Any:
        """The node as plain data in the language's own spelling, or `ABSENT`."""
        return self._read[type(shape)](node, shape, path)

    def filled(self, node: Node, shape: shapes.Shape, path: Path, *, text: bool) -> Any:
        """A scalar's value with variables filled in; a mapping or a list is a mistake."""
        if not isinstance(node, Scalar):
            return self.mistake(node, shape, path)
        try:
            value = self.variables.fill(node, text=text)
        except Unresolved as error:
            self.broken.add(path)
            if error.remark is not None:
                self.diagnostics.append(error.remark)
            return ABSENT
        return ABSENT if value is None else value

    def text(self, node: Node, shape: shapes.Text, path: Path) -> Any:
        """A string."""
        if isinstance(node, Scalar) and not shape.interpolated:
            value = ABSENT if node.value is None else node.value
        else:
            value = self.filled(node, shape, path, text=True)
        if value is ABSENT:
            return ABSENT
        if not isinstance(value, str):
            return self.mistake(node, shape, path)
        if shape.says and shape.pattern and not re.search(shape.pattern, value):
            return self.refuse("MAN007", f"{value!r} does not fit {last(path)!r}", node, path, shape.says)
        return value

    def whole(self, node: Node, shape: shapes.Whole, path: Path) -> Any:
        """A whole number."""
        value = self.filled(node, shape, path, text=False)
        if value is ABSENT or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) and isinstance(node, Scalar) and node.style:
            fix = _fix("write the number without quotes", respell(node, value))
            return self.refuse(
                "MAN002",
                f"{last(path)!r} is a whole number, and this is text",
                node,
                path,
                "remove the quotes",
                fix=fix,
            )
        return self.mistake(node, shape, path)

    def literal(self, node: Node, shape: shapes.Literal, path: Path) -> Any:
        """One fixed number."""
        value = self.whole(node, shapes.Whole(), path)
        if value is not ABSENT and value != shape.value:
            words = f"this program reads {last(path)} {shape.value}, and this is {last(path)} {value}"
            return self.refuse(
                "MAN008", words, node, path, f"write `{last(path)}: {shape.value}`, or update the program"
            )
        return value

    def flag(self, node: Node, shape: shapes.Flag, path: Path) -> Any:
        """True or false."""
        value = self.filled(node, shape, path, text=False)
        if value is ABSENT or isinstance(value, bool):
            return value
        meant = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
        word = meant.get(str(value).lower())
        if word is None:
            return self.mistake(node, shape, path)
        words = f"{last(path)!r} is true or false, and this is {describe(node)}"
        return self.refuse("MAN002", words, node, path, f"write {word}", fix=_fix(f"write {word}", respell(node, word)))

    def choice(self, node: Node, shape: shapes.Choice, path: Path) -> Any:
        """One of a few words; another spelling of one of them is taken, with a fix."""
        value = self.filled(node, shape, path, text=True)
        if value is ABSENT or value in shape.values:
            return value
        if not isinstance(value, str):
            return self.mistake(node, shape, path)
        lower = value.lower()
        if (canonical := shape.known.get(lower)) is not None:
            words = f"{value!r} is spelt {canonical!r} in a manifest"
            fix = _fix(f"write {canonical}", replace(node, canonical))
            self.diagnostics.append(at_node("MAN006", words, node, f"write {canonical}", severity="info", fix=fix))
            return canonical
        hint = guess(value, shape.values) or f"write {choices(shape.values)}"
        return self.refuse("MAN004", f"{value!r} is no {shape.what}", node, path, hint)

    def anything(self, node: Node, shape: shapes.Anything, path: Path) -> Any:
        """A scalar; null is a value here."""
        if not isinstance(node, Scalar):
            return self.mistake(node, shape, path)
        return node.value

    def row(self, node: Node, shape: shapes.Row, path: Path) -> Any:
        """A record of JSON values."""
        if not isinstance(node, Mapping):
            return self.mistake(node, shape, path)
        value = node.plain()
        if not _finite(value):
            return self.refuse(
                "MAN002", "a record holds .inf or .nan, which JSON cannot say", node, path, "use a number or null"
            )
        return value

    def listed(self, node: Node, shape: shapes.Listed, path: Path) -> Any:
        """A list; items that are wrong are left out."""
        if _null(node):
            return ABSENT
        if not isinstance(node, Sequence):
            return self.mistake(node, shape, path)
        values = []
        for index, item in enumerate(node.items):
            if _null(item):
                self.mistake(item, shape.of, (*path, index))
                continue
            value = self.read(item, shape.of, (*path, index))
            if value is not ABSENT:
                values.append(value)
        return values

    def named(self, node: Node, shape: shapes.Named, path: Path) -> Any:
        """Names of the author's with values."""
        if _null(node):
            return ABSENT
        if not isinstance(node, Mapping):
            return self.mistake(node, shape, path)
        values = {}
        for name, child in node.values.items():
            here = (*path, name)
            if _null(child) and not isinstance(shape.of, shapes.Anything):
                words = f"the {shape.thing} {name!r} has no content and is left out"
                self.diagnostics.append(
                    at_node(
                        "MAN009", words, node.keys[name], "write {} for an empty one, or remove it", severity="warning"
                    )
                )
                continue
            value = self.read(child, shape.of, here)
            if value is not ABSENT:
                values[name] = value
        return values

    def record(self, node: Node, shape: shapes.Record, path: Path) -> Any:
        """Known keys with their values; keys without a usable value are absent."""
        if _null(node):
            return ABSENT
        if isinstance(node, Scalar) and shape.short is not None:
            return self.short(node, shape, path)
        if not isinstance(node, Mapping):
            return self.mistake(node, shape, path)
        values: dict[str, Any] = {}
        for name, child in node.values.items():
            field = shape.field(name)
            if field is None and name in shape.skipped:
                continue
            if field is None:
                self.unknown(name, node.keys[name], shape, path)
                continue
            value = self.read(child, field.shape, (*path, name))
            if value is not ABSENT:
                values[name] = value
        self.complete(node, values, shape, path)
        return values

    def short(self, node: Scalar, shape: shapes.Record, path: Path) -> Any:
        """The bare word that stands for one key."""
        assert shape.short is not None
        field = shape.field(shape.short)
        assert field is not None
        value = self.read(node, field.shape, path)
        return ABSENT if value is ABSENT else {shape.short: value}

    def complete(self, node: Mapping, values: dict[str, Any], shape: shapes.Record, path: Path) -> None:
        """Required keys are there, and keys that exclude each other are not there together."""
        for field in shape.fields:
            here = (*path, field.name)
            if field.required and field.name not in values and here not in self.broken:
                self.broken.add(here)
                words = f"{field.name!r} is missing" + (f" in {last(path)!r}" if path else "")
                self.say("MAN003", words, here, field.description)
        for one, other in shape.either:
            if one in values and other in values:
                words = f"{one!r} and {other!r} exclude each other"
                self.diagnostics.append(at_node("MAN005", words, node.keys[other], f"remove {one} or {other}"))
                self.broken.add((*path, other))

    def unknown(self, name: str, key: Scalar, shape: shapes.Record, path: Path) -> None:
        """A key that the language does not have."""
        words = f"there is no key {name!r}" + (f" in {last(path)!r}" if path else " in a manifest")
        known = [field.name for field in shape.fields]
        meant = nearest(name, known)
        if meant is not None and self.places.find((*path, meant)).rest:
            self.broken.add((*path, meant))  # so that it is not said to be missing besides
        hint = f"did you mean {meant!r}?" if meant else f"there are {choices(known)}"
        self.diagnostics.append(at_node("MAN001", words, key, hint))

    def or_file(self, node: Node, shape: shapes.OrFile, path: Path) -> Any:
        """A value, or the content of a file."""
        if isinstance(node, Mapping) and "file" in node.values:
            for name, key in node.keys.items():
                if name != "file":
                    hint = "`file` stands alone"
                    self.diagnostics.append(at_node("MAN001", f"there is no key {name!r} beside 'file'", key, hint))
            return self.file(node.values["file"], shape, path)
        if isinstance(node, Mapping):
            return self.mistake(node, shape, path)
        return self.read(node, shape.of, path)

    def file(self, node: Node, shape: shapes.OrFile, path: Path) -> Any:
        """The content of a file, which from now on stands for the value."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self.refuse(
                "MAN002", f"`file` is a path, and this is {describe(node)}", node, path, "write file: path"
            )
        content, wrong = self.contents.of(node, shape.of)
        self.diagnostics.extend(wrong)
        if content is None:
            self.broken.add(path)
            return ABSENT
        self.places.attached[path] = content
        if isinstance(content, Sequence) and content.items and isinstance(content.items[0], Item):
            return content.plain()
        return self.read(content, shape.of, path)

    def either(self, node: Node, shape: shapes.Either, path: Path) -> Any:
        """The shape that fits a scalar, a list or a mapping."""
        for each in shape.shapes:
            if isinstance(node, _KINDS.get(type(each), Scalar)):
                return self.read(node, each, path)
        return ABSENT if _null(node) else self.mistake(node, shape, path)

    def mistake(self, node: Node, shape: shapes.Shape, path: Path) -> Any:
        """A value of the wrong kind."""
        self.broken.add(path)
        words = f"{last(path)!r} is {wanted(shape)}, and this is {describe(node)}"
        self.diagnostics.append(at_node("MAN002", words, node, instead(node, shape)))
        return ABSENT

    def refuse(self, code: str, words: str, node: Node, path: Path, hint: str, *, fix: Fix | None = None) -> Any:
        """A value that is wrong in another way."""
        self.broken.add(path)
        self.diagnostics.append(at_node(code, words, node, hint, fix=fix))
        return ABSENT

    def say(self, code: str, words: str, path: Path, hint: str | None, **more: Any) -> None:
        """A remark about a path, written or not."""
        place = self.places.place(path, "key" if more.pop("key", False) else "value")
        self.diagnostics.append(Diagnostic(code, more.pop("severity", "error"), words, place=place, hint=hint, **more))


_KINDS: dict[type[shapes.Shape], type[Node]] = {
    shapes.Listed: Sequence,
    shapes.Named: Mapping,
    shapes.Record: Mapping,
    shapes.Row: Mapping,
}


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _fix(description: str, edit: Edit | None) -> Fix | None:
    return Fix(description, (edit,)) if edit else None


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(_finite(each) for each in value.values())
    return not isinstance(value, list) or all(_finite(each) for each in value)
