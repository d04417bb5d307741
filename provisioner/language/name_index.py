"""Every name that an author gives, with each place that it is written at: in all files, environments and transforms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Literal

from provisioner.diagnostics import Span
from provisioner.language.kql_names import NameIdentity, NameUses, name_uses
from provisioner.language.kql_text import FlowContext, TransformText, flow_contexts, is_kql_file, transform_texts
from provisioner.language.project_analysis import Analysis
from provisioner.language.source_buffers import SourceBuffers
from provisioner.language.symbols import Occurrence, Symbol
from provisioner.load.schema.manifest_language import INCLUDED_FILE
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from provisioner.load.yaml.record_keys import record_keys
from provisioner.load.yaml.sample_files import RecordNode
from provisioner.load.yaml.scalar_offsets import source_range
from provisioner.load.yaml.source_text import UnreadableFile
from provisioner.model import Manifest, Stream

Path = tuple[str | int, ...]


class NameIndex:
    """The occurrences of one project at one moment."""

    def __init__(self, analysis: Analysis, buffers: SourceBuffers) -> None:
        self.analysis = analysis
        self.occurrences: list[Occurrence] = []
        self.transforms: list[tuple[TransformText, list[FlowContext]]] = []
        self._streams = _all_streams(analysis)
        self._workspace_tables = {name for _, _, manifest in analysis.named() for name in manifest.workspace_transforms}
        main = analysis.document.file.resolve() if analysis.document else None
        for source in analysis.sources.values():
            if is_kql_file(source.path):
                self._read_transforms(transform_texts(source, None))
                continue
            try:
                tree, _ = buffers.tree(source.path)
            except UnreadableFile:
                continue
            self._read_yaml(tree, is_main=source.path == main)
        # Last: they need the streams of all files.
        self._read_referenced_files()
        self.occurrences = list(dict.fromkeys(self.occurrences))

    def symbols_at(self, file: FilePath, offset: int) -> list[tuple[Symbol, Span]]:
        """What is named at a place, each with the characters of the name there."""
        return list(
            dict.fromkeys(
                (occurrence.symbol, occurrence.span)
                for occurrence in self.occurrences
                if occurrence.file == file
                and occurrence.span.start <= offset <= occurrence.span.end
                # Its characters are an expression, whose own names are meant.
                and occurrence.role != "derived"
            )
        )

    def of(self, symbol: Symbol) -> list[Occurrence]:
        """The places of a symbol."""
        return [occurrence for occurrence in self.occurrences if occurrence.symbol == symbol]

    # -- YAML

    def _read_yaml(self, tree: Node | None, *, is_main: bool) -> None:
        # A file of tests or samples has other keys, and is read where a stream names it.
        if not isinstance(tree, MappingNode) or not (is_main or not _INCLUDED_SECTIONS.isdisjoint(tree.values)):
            return
        self._read_transforms(transform_texts(tree.source, tree))
        self._read_sections(tree, overlay=False)
        environments = tree.values.get("environments")
        if isinstance(environments, MappingNode):
            for name, overlay in environments.values.items():
                self._add(Symbol("environment", name), environments.keys[name], definition=True)
                if isinstance(overlay, MappingNode):
                    self._read_sections(overlay, overlay=True)
        self._read_variables(tree)

    def _read_sections(self, tree: MappingNode, *, overlay: bool) -> None:
        for name, key, table in _entries(tree, "tables"):
            self._add(Symbol("table", name), key, definition=not overlay)
            for column, column_key, _ in _entries(table, "columns"):
                self._add(Symbol("table_column", column, name), column_key, definition=not overlay)
        for name, key, stream in _entries(tree, "streams"):
            self._add(Symbol("stream", name), key, definition=not overlay)
            self._read_stream(name, stream, overlay=overlay)
        for name, key, transform in _entries(tree, "workspace_transforms"):
            self._add(Symbol("table", name), key)
            for column, column_key, _ in _entries(transform, "columns"):
                self._add(self._input_symbol(name, column), column_key, definition=not overlay)
            self._read_records(name, _items(transform, "samples"))
            self._read_tests(name, _items(transform, "tests"))
        for name, key, dcr in _entries(tree, "dcrs"):
            self._add(Symbol("dcr", name), key, definition=not overlay)
            for item in _items(dcr, "streams"):
                self._add_scalar("stream", item)
        for name, key, grant in _entries(tree, "grants"):
            self._add(Symbol("grant", name), key, definition=not overlay)
            for item in _items(grant, "dcrs"):
                self._add_scalar("dcr", item)
            principal = grant.values.get("principal") if isinstance(grant, MappingNode) else None
            if isinstance(principal, MappingNode):
                self._add_scalar("application", principal.values.get("application"))
        for name, key, _ in _entries(tree, "applications"):
            self._add(Symbol("application", name), key, definition=not overlay)
        for name, key, _ in _entries(tree, "variables"):
            self._add(Symbol("variable", name), key, definition=not overlay)

    def _read_stream(self, name: str, stream: Node, *, overlay: bool) -> None:
        if isinstance(stream, ScalarNode):
            self._add_scalar("table", stream)
            return
        if not isinstance(stream, MappingNode):
            return
        self._add_scalar("table", stream.values.get("table"))
        for flow in _items(stream, "flows"):
            if isinstance(flow, MappingNode):
                self._add_scalar("table", flow.values.get("table"))
        for column, key, _ in _entries(stream, "columns"):
            self._add(Symbol("stream_column", column, name), key, definition=not overlay)
        self._read_records(name, _items(stream, "samples"))
        self._read_tests(name, _items(stream, "tests"))

    def _read_records(self, stream: str, records: list[Node]) -> None:
        for record in records:
            if isinstance(record, MappingNode):
                for column, key in record.keys.items():
                    self._add(self._input_symbol(stream, column), key)
            elif isinstance(record, RecordNode):
                for column, span in record_keys(record):
                    self.occurrences.append(Occurrence(self._input_symbol(stream, column), record.source.path, span))

    def _read_tests(self, stream: str, tests: list[Node]) -> None:
        declared = self._streams.get(stream)
        tables = [flow.table for flow in declared.flows] if declared else []
        for test in tests:
            if not isinstance(test, MappingNode):
                continue
            self._read_records(stream, _items(test, "given"))
            expected = test.values.get("expect")
            rows: list[tuple[str, Node]] = []
            if isinstance(expected, SequenceNode):
                rows = [(table, expected) for table in tables[:1]]
            if isinstance(expected, MappingNode):
                for table, table_rows in expected.values.items():
                    self._add(Symbol("table", table), expected.keys[table])
                    rows.append((table, table_rows))
            for table, table_rows in rows:
                for row in table_rows.items if isinstance(table_rows, SequenceNode) else []:
                    for column, key in row.keys.items() if isinstance(row, MappingNode) else []:
                        self._add(Symbol("table_column", column, table), key)

    def _read_referenced_files(self) -> None:
        """Tests and samples that stand in files of their own."""
        for _, document, _ in self.analysis.named():
            contents = document.source_map.file_contents if document.source_map else {}
            for path, node in contents.items():
                if path[:1] in _WITH_TESTS and isinstance(node, SequenceNode):
                    if path[2:] == ("tests",):
                        self._read_tests(str(path[1]), node.items)
                    elif path[2:] == ("samples",):
                        self._read_records(str(path[1]), node.items)

    def _read_variables(self, node: Node) -> None:
        """`$(name)` in any text that is not KQL or prose."""
        if isinstance(node, MappingNode):
            for key, value in node.values.items():
                if key not in _NOT_INTERPOLATED:
                    self._read_variables(value)
        elif isinstance(node, SequenceNode):
            for item in node.items:
                self._read_variables(item)
        elif isinstance(node, ScalarNode) and isinstance(node.value, str) and "$(" in node.text and node.style != "*":
            for match in _VARIABLE.finditer(node.text):
                span = Span(*source_range(node, Span(*match.span(1))))
                self.occurrences.append(Occurrence(Symbol("variable", match[1]), node.source.path, span))

    def _add_scalar(self, kind: Literal["table", "stream", "dcr", "application"], node: Node | None) -> None:
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and "$(" not in node.text:
            # The word for every DCR, and no DCR's name.
            if kind == "dcr" and node.text == "all":
                return
            self._add(Symbol(kind, node.text), node)

    def _add(self, symbol: Symbol, node: ScalarNode, *, definition: bool = False) -> None:
        if node.style == "*":
            return
        # An alias writes no name: its anchor does.
        span = Span(node.start, node.end)
        self.occurrences.append(Occurrence(symbol, node.source.path, span, definition, node=node))

    # -- KQL

    def _read_transforms(self, texts: list[TransformText]) -> None:
        for text in texts:
            contexts = flow_contexts(self.analysis, text)
            self.transforms.append((text, contexts))
            for context in contexts:
                uses = name_uses(text.text, tuple(context.stream.columns.kql().items()))
                self._add_uses(text, context, uses)

    def _add_uses(self, text: TransformText, context: FlowContext, uses: NameUses) -> None:
        for use in uses.uses:
            symbol = self._symbol_of(use.identity, text, context, uses)
            origin = use.identity.origin
            derived_from = self._symbol_of(origin, text, context, uses) if origin is not None else None
            self._add_use(symbol, text, use.identity, use.span, use.role, derived_from)
            if use.role == "bare":
                # The item also makes the column of that name that comes out of it.
                identity = NameIdentity("column", use.identity.name, use.span, use.identity)
                passed_on = self._symbol_of(identity, text, context, uses)
                self._add_use(passed_on, text, identity, use.span, "write", symbol)

    def _add_use(
        self,
        symbol: Symbol,
        text: TransformText,
        identity: NameIdentity,
        span: Span,
        role: str,
        derived_from: Symbol | None,
    ) -> None:
        is_local = symbol.kind in {"let", "local_column"}
        self.occurrences.append(
            Occurrence(
                symbol,
                text.source.path,
                text.span(span),
                is_local and role in {"write", "derived"},
                text=text,
                text_span=span,
                identity=identity,
                role=role,
                derived_from=derived_from,
            )
        )

    def _symbol_of(self, identity: NameIdentity, text: TransformText, context: FlowContext, uses: NameUses) -> Symbol:
        if identity.kind == "input":
            return self._input_symbol(context.stream.key, identity.name)
        owner = f"{text.source.path}#{'.'.join(map(str, text.path))}@{identity.span.start if identity.span else 0}"
        if identity.kind == "let":
            return Symbol("let", identity.name, owner)
        if uses.outputs.get(identity.name) == identity:
            return Symbol("table_column", identity.name, context.flow.table)
        return Symbol("local_column", identity.name, owner)

    def _input_symbol(self, stream_key: str, column: str) -> Symbol:
        """A column that senders write: the stream's own, or the table's where the stream takes its columns from it."""
        # What is done with a table's own rows reads and writes the one table.
        if stream_key in self._workspace_tables:
            return Symbol("table_column", column, stream_key)
        stream = self._streams.get(stream_key)
        # Such a stream has no columns of its own to rename: senders post what the table has.
        if stream is not None and not stream.declared and stream.flows:
            return Symbol("table_column", column, stream.flows[0].table)
        return Symbol("stream_column", column, stream_key)


_INCLUDED_SECTIONS = frozenset(field.name for field in INCLUDED_FILE.fields)
_WITH_TESTS = (("streams",), ("workspace_transforms",))
_NOT_INTERPOLATED = frozenset({"transform", "tests", "samples", "description", "include"})
_VARIABLE = re.compile(r"(?<!\$)\$\(([A-Za-z_][A-Za-z0-9_-]*)\)")


def _all_streams(analysis: Analysis) -> dict[str, Stream]:
    streams: dict[str, Stream] = {}
    manifests: list[Manifest] = [manifest for _, _, manifest in analysis.named()]
    for manifest in manifests:
        for key, stream in (*manifest.streams.items(), *manifest.workspace_transforms.items()):
            streams.setdefault(key, stream)
    return streams


def _entries(node: Node | None, section: str) -> Iterator[tuple[str, ScalarNode, Node]]:
    """The entries of a section: name, key and value."""
    entries = node.values.get(section) if isinstance(node, MappingNode) else None
    if isinstance(entries, MappingNode):
        for name, value in entries.values.items():
            yield name, entries.keys[name], value


def _items(node: Node | None, section: str) -> list[Node]:
    """The items of a list, or the one value that stands in its place."""
    value = node.values.get(section) if isinstance(node, MappingNode) else None
    if isinstance(value, SequenceNode):
        return value.items
    return [value] if isinstance(value, ScalarNode) else []
