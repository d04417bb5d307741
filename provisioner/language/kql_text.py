"""The KQL of a file: where each transform stands, whatever quotes or block it is written in, and whose it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from provisioner.diagnostics import Span
from provisioner.language.project_analysis import Analysis
from provisioner.language.yaml_cursor import yaml_cursor
from provisioner.language.yaml_place import Path
from provisioner.load import Document
from provisioner.load.schema.manifest_language import INCLUDED_FILE, MANIFEST
from provisioner.load.schema.shapes import FixedKeys, KqlText, ListOf, MapOf, OneOf, Shape, ValueOrFile, entry_shape
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from provisioner.load.yaml.scalar_offsets import character_offsets
from provisioner.load.yaml.source_text import SourceText
from provisioner.model import Columns, Flow, Manifest, Stream
from provisioner.transforms.table_columns import known_columns

KQL_SUFFIX = ".kql"


class TransformText:
    """One transform as it is written in a file: its `text`, and the way from its characters to the file's and back.

    `path` leads to it inside the file, empty where it is the whole file. `start` and `end` are the characters of the
    file that it takes, its quotes or block included.
    """

    def __init__(self, source: SourceText, path: Path, text: str, starts: list[int], end: int, style: str) -> None:
        self.source = source
        self.path = path
        self.text = text
        self.style = style
        self.end = end
        self._starts = starts

    @property
    def start(self) -> int:
        """The offset of its first character in the file."""
        return self._starts[0] if self._starts else self.end

    def to_source(self, offset: int) -> int:
        """The offset in the file of a character of the text."""
        return self._starts[offset] if offset < len(self._starts) else self.end

    def span(self, span: Span) -> Span:
        """The characters of the file for characters of the text."""
        start = self.to_source(span.start)
        if span.end <= span.start:
            return Span(start, start)
        # The last character's own place: the next one may stand behind a line's indentation.
        return Span(start, max(self.to_source(span.end - 1) + 1, start))

    # By search and not by a table: the way back is asked once a request, for one place.
    def to_text(self, offset: int) -> int:
        """The offset in the text of a place in the file; the nearest where the place is in its indentation."""
        position = bisect_right(self._starts, offset)
        if position and self._starts[position - 1] == offset:
            return position - 1
        if position == len(self._starts):
            return len(self.text)
        # Between two characters: behind the first, unless that ends a line and the place is in the next one.
        before = position - 1
        if before >= 0 and self.text[before] == "\n" and offset > self._starts[before]:
            return position
        return max(position, 0)

    def contains(self, offset: int) -> bool:
        """Whether a place in the file is inside of the text, or at its end."""
        return self.start <= offset <= self.end


@dataclass(frozen=True, slots=True)
class FlowContext:
    """A flow that a transform belongs to: the columns that go in, those that its table takes, and the samples.

    `table_columns` is None where they are not known. `path` leads to the transform from the manifest's root.
    """

    environment: str | None
    document: Document
    manifest: Manifest
    stream: Stream
    flow: Flow

    @property
    def path(self) -> Path:
        """The path of the transform from the root of the manifest."""
        return (*self.flow.path, "transform")

    @property
    def table_columns(self) -> Columns | None:
        """The columns of the flow's table in the manifest's types; None where they are not known."""
        return known_columns(self.flow.table, self.manifest)

    def table_type(self, column: str) -> str | None:
        """The type of a column of the flow's table; None where it has no such column, or its columns are not known."""
        columns = self.table_columns
        return columns.get(column) if columns else None


def whole_file_text(source: SourceText) -> TransformText:
    """A `.kql` file as one text."""
    text = source.text.replace("\r\n", "\n").replace("\r", "\n")
    node = ScalarNode(source, 0, len(source.text), text, value=text, style="file")
    return TransformText(source, (), text, character_offsets(node)[0], len(source.text), "file")


def scalar_text(node: ScalarNode, path: Path) -> TransformText:
    """A transform that is a value of a YAML file."""
    # By its lines and not by the parser's value: blank lines at its end, where one types next, are no part of that.
    if node.style == "|":
        return block_text(node.source, _next_line(node.source, node.start), path)
    starts, ends = character_offsets(node)
    # Between the quotes where there is nothing yet.
    end = ends[-1] if ends else node.start + (1 if node.style else 0)
    return TransformText(node.source, path, node.text, starts, end, node.style)


def block_text(source: SourceText, line_start: int, path: Path) -> TransformText:
    """A `|` block from the line behind its key on, the blank lines at its end included."""
    key_line = source.text[source.line_start(max(line_start - 1, 0)) : line_start]
    key_indent = len(key_line) - len(key_line.lstrip(" -"))
    lines: list[tuple[int, int]] = []
    offset, indent = line_start, -1
    while offset <= len(source.text):
        end = source.line_end(offset)
        content = source.text[offset:end]
        here = len(content) - len(content.lstrip(" "))
        if content.strip() and here <= key_indent:
            break
        if content.strip() and indent < 0:
            indent = here
        lines.append((offset, end))
        if end >= len(source.text):
            break
        offset = _next_line(source, end)
    # An empty block has no line to measure; editors indent by two.
    indent = indent if indent >= 0 else key_indent + 2
    text, starts = "", []
    for start, end in lines:
        begin = min(start + indent, end)
        text += source.text[begin:end] + "\n"
        starts += [*range(begin, end), end]
    last = lines[-1][1] if lines else line_start
    return TransformText(source, path, text, starts, last, "|")


def _next_line(source: SourceText, offset: int) -> int:
    end = source.line_end(offset)
    return min(end + (2 if source.text[end : end + 2] == "\r\n" else 1), len(source.text))


def transform_texts(source: SourceText, tree: Node | None) -> list[TransformText]:
    """Every transform that a file holds; of a file that is no YAML at the moment, those in `|` blocks."""
    if source.path.suffix == KQL_SUFFIX:
        return [whole_file_text(source)]
    if tree is None:
        return list(_blocks_of_broken_file(source))
    shape = MANIFEST if isinstance(tree, MappingNode) and "version" in tree.values else INCLUDED_FILE
    return [scalar_text(node, path) for node, path in _kql_nodes(tree, shape, ()) if node.source is source]


def _kql_nodes(node: Node, shape: Shape | None, path: Path) -> Iterator[tuple[ScalarNode, Path]]:
    if isinstance(shape, ValueOrFile):
        if isinstance(node, MappingNode):
            return
        shape = shape.value_shape
    if isinstance(shape, KqlText):
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.style != "*":
            yield node, path
    elif isinstance(node, MappingNode):
        if isinstance(shape, OneOf):
            shape = next((one for one in shape.shapes if isinstance(one, (MapOf, FixedKeys))), None)
        for key, value in node.values.items():
            entry = entry_shape(shape, key)
            if entry is not None:
                yield from _kql_nodes(value, entry, (*path, key))
    elif isinstance(node, SequenceNode) and isinstance(shape, ListOf):
        for index, item in enumerate(node.items):
            yield from _kql_nodes(item, shape.item_shape, (*path, index))


_TRANSFORM_BLOCK = re.compile(r"^[ \t]*(?:- +)*transform:[ \t]*\|[-+0-9]*[ \t]*(?:\r\n|\r|\n)", re.MULTILINE)


def _blocks_of_broken_file(source: SourceText) -> Iterator[TransformText]:
    for match in _TRANSFORM_BLOCK.finditer(source.text):
        cursor = yaml_cursor(source, match.start() + len(match.group().rstrip()))
        yield block_text(source, match.end(), cursor.path)


def written_stream(path: Path, manifest: Manifest, written: str = "") -> Stream | None:
    """The stream, or the transform of a workspace's own rule, that a path leads into.

    Where the path ends in the section, `written` is its key; None for a path elsewhere.
    """
    sections = {"streams": manifest.streams, "workspace_transforms": manifest.workspace_transforms}
    entries = sections.get(str(path[0])) if path else None
    return entries.get(str(path[1]) if len(path) > 1 else written) if entries else None


def flow_contexts(analysis: Analysis, text: TransformText) -> list[FlowContext]:
    """The flows that a transform is of: one for a value of a manifest, each that names it for a file."""
    contexts: list[FlowContext] = []
    for environment, document, manifest in analysis.named():
        # The manifest itself comes first: an environment that changes nothing adds no second context.
        for stream in (*manifest.streams.values(), *manifest.workspace_transforms.values()):
            for flow in stream.flows:
                context = FlowContext(environment, document, manifest, stream, flow)
                if _is_flow_of(context, text) and not any(
                    other.stream.key == stream.key and other.flow.path == flow.path for other in contexts
                ):
                    contexts.append(context)
    return contexts


def _is_flow_of(context: FlowContext, text: TransformText) -> bool:
    if not text.path:
        source_map = context.document.source_map
        node = source_map.file_contents.get(context.path) if source_map else None
        return node is not None and node.source.path == text.source.path
    path = text.path
    if path[:1] == ("environments",):
        return path[1:2] == (context.environment,) and path[2:] == context.path
    return path == context.path


def is_kql_file(path: FilePath) -> bool:
    """Whether a file's name says that it holds KQL."""
    return path.suffix == KQL_SUFFIX
