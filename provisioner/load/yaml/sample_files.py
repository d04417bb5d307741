"""Files that stand for values: a transform's text, tests in YAML or JSON, samples in JSON, NDJSON or CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.load.schema import shapes
from provisioner.load.yaml.node_diagnostics import at_node, unreadable
from provisioner.load.yaml.nodes import Node, Scalar, Sequence
from provisioner.load.yaml.project_files import Files
from provisioner.load.yaml.source_text import Source, Unreadable

_YAML = {".yaml", ".yml"}
_TABULAR = {".csv", ".tsv"}


class Item(Node):
    """One record of a samples file."""

    __slots__ = ("value",)

    def __init__(self, source: Source, start: int, end: int, value: Any) -> None:
        super().__init__(source, start, end)
        self.value = value

    def plain(self) -> Any:
        """The record."""
        return self.value


class Contents:
    """Reads the files that a manifest names, relative to the file that names them."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def of(self, node: Scalar, shape: shapes.Shape) -> tuple[Node | None, list[Diagnostic]]:
        """The content as a node, None where it cannot be had, and what is wrong with it."""
        try:
            path = self.files.resolve(node.source.path, node.text)
            if isinstance(shape, shapes.Text):
                return _text(self.files.source(path)), []
            if isinstance(shape, shapes.Listed) and isinstance(shape.of, shapes.Row) and path.suffix not in _YAML:
                return samples(self.files.source(path))
            tree, wrong = self.files.tree(path)
        except Unreadable as error:
            return None, [unreadable(error, node.text, node)]
        except (OSError, ValueError, RuntimeError) as error:
            return None, [at_node("INC003", f"{node.text!r} is no usable path: {error}", node, "write a relative path")]
        return (None if wrong else tree), wrong


def samples(source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """The records of a file: CSV by its suffix, else JSON: an array of objects, one object, or one to a line."""
    whole = Sequence(source, 0, len(source.text))
    if source.path.suffix.lower() in _TABULAR:
        return _cells(source, whole)
    try:
        for start, end, value in _values(source.text):
            items = _array(source, start) if isinstance(value, list) else [Item(source, start, end, value)]
            whole.items.extend(items)
    except (json.JSONDecodeError, _NoJson) as error:
        at = error.pos if isinstance(error, json.JSONDecodeError) else error.at
        return None, [_wrong(source, at, f"this is not JSON: {error.msg}", "check commas, quotes and brackets")]
    except ValueError as error:  # a number of thousands of digits
        return None, [_wrong(source, 0, f"this cannot be read: {error}", "write such a number as text")]
    except RecursionError:
        return None, [_wrong(source, 0, "the JSON nests too deeply", "flatten the records")]
    if not whole.items and not source.text.strip():
        return None, [_wrong(source, 0, "the file holds no records", "write a JSON array of records")]
    for item in whole.items:
        if "\\u" in source.text and not _encodable(item.plain()):
            return None, [_wrong(source, item.start, "a text holds half a surrogate pair", "write the whole character")]
        if not isinstance(item.plain(), dict):
            return None, [_wrong(source, item.start, "a record is a JSON object", 'write {"name": value, …}')]
    return whole, []


def _cells(source: Source, whole: Sequence) -> tuple[Node | None, list[Diagnostic]]:
    from provisioner.load.yaml.csv_records import records

    try:
        for line, record in records(source.text):
            start = source.line(line)
            whole.items.append(Item(source, start, source.line_end(start), record))
    except ValueError as error:
        return None, [_wrong(source, 0, f"this is not CSV: {error}", "check separators and quotes")]
    return whole, []


class _NoJson(Exception):
    def __init__(self, msg: str, at: int) -> None:
        super().__init__(msg)
        self.msg = msg
        self.at = at


def _values(text: str) -> Iterator[tuple[int, int, Any]]:
    """The JSON values that follow one another, with where they stand."""
    decoder = json.JSONDecoder(parse_constant=_constant, parse_float=_number)
    at = _skip(text, 0)
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except _NoJson as error:
            raise _NoJson(error.msg, at) from None
        yield at, end, value
        at = _skip(text, end)


def _array(source: Source, start: int) -> list[Node]:
    """The items of the array that starts here, each with its own place."""
    text, at = source.text, _skip(source.text, start + 1)
    decoder = json.JSONDecoder()
    items: list[Node] = []
    while text[at] != "]":
        value, end = decoder.raw_decode(text, at)
        items.append(Item(source, at, end, value))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return items


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _constant(word: str) -> None:
    raise _NoJson(f"{word} is no JSON value", 0)


def _number(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise _NoJson(f"the number {word} is too large", 0)
    return value


def _encodable(value: Any) -> bool:
    """Whether the value can be sent: half a surrogate pair is no character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _wrong(source: Source, at: int, words: str, hint: str) -> Diagnostic:
    return Diagnostic("MAN010", "error", words, source.span(at, at + 1), source.place(at, at + 1), hint)


def _text(source: Source) -> Scalar:
    """A whole file as one text, its line breaks made one character."""
    text = source.text.replace("\r\n", "\n").replace("\r", "\n")
    return Scalar(source, 0, len(source.text), text, value=text, style="file")
