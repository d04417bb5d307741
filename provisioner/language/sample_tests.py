"""A test of a stream made from one of its samples: the record goes in, the rows that come out now are expected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from provisioner import kql
from provisioner.diagnostics import Edit
from provisioner.language.code_actions import CodeAction
from provisioner.language.column_actions import file_edits_of
from provisioner.language.kql_text import FlowContext, written_stream
from provisioner.language.language_file import KqlPlace, LanguageFile
from provisioner.language.outline import content_end
from provisioner.load import Document
from provisioner.load.yaml.nodes import MappingNode, SequenceNode
from provisioner.model import Manifest, Record, Stream
from provisioner.reports.text_table import trim_time
from provisioner.transforms.table_columns import known_columns
from provisioner.transforms.transform_rows import transform_rows

_CLOCK = "2026-01-01T00:00:00Z"
"""The clock of a test whose transform reads it: any time will do, as long as it stays the same."""


def sample_test_actions(file: LanguageFile, offset: int) -> Iterator[CodeAction]:
    """A test of the stream at a place, from the sample at the place or else the first that has no test yet."""
    for context, number in _samples_at(file, offset):
        record = context.stream.samples[number]
        edit = append_test(context.document, context.manifest, context.stream, record, number)
        edits = file_edits_of(context, (edit,))
        if edits:
            title = f"Make a test of {context.stream.key} from sample {number + 1}"
            yield CodeAction(title, "refactor.rewrite", edits)
        return


def _samples_at(file: LanguageFile, offset: int) -> Iterator[tuple[FlowContext, int]]:
    place = file.place(offset)
    if isinstance(place, KqlPlace):
        for context in place.contexts:
            if context.stream.samples:
                yield context, _first_untested(context.stream)
        return
    document, manifest = place.analysis.document, place.analysis.manifest
    path = place.cursor.path
    written = file.source.text[place.cursor.token.start : place.cursor.token.end].strip("\"' :")
    stream = written_stream(path, manifest, written) if manifest is not None else None
    if manifest is None or document is None:
        return
    if stream is not None and stream.samples and stream.flows:
        at_sample = path[3] if len(path) > 3 and path[2] == "samples" else None
        number = (
            at_sample if isinstance(at_sample, int) and at_sample < len(stream.samples) else _first_untested(stream)
        )
        yield FlowContext(None, document, manifest, stream, stream.flows[0]), number


def _first_untested(stream: Stream) -> int:
    given = [dict(record) for test in stream.tests for record in test.given]
    return next((number for number, record in enumerate(stream.samples) if dict(record) not in given), 0)


def append_test(document: Document, manifest: Manifest, stream: Stream, record: Record, number: int) -> Edit | None:
    """An edit that adds a test of a record; None where a transform has errors or there is no place for it."""
    expected: dict[str, list[dict[str, Any]]] = {}
    reads_clock = False
    for flow in stream.flows:
        query, _ = kql.bind(flow.transform, stream.columns.kql())
        if query is None:
            return None
        # A test without a clock would hold today and fail tomorrow.
        reads_clock = reads_clock or any("now" in names or "ago" in names for names in query.volatile.values())
        columns = known_columns(flow.table, manifest)
        expected[flow.table] = [
            {
                name: trim_time(value) if isinstance(value, str) else value
                for name, value in row.items()
                if (columns is None or name in columns) and name not in query.volatile
            }
            for row in transform_rows(query, [record])
        ]
    rows: Any = expected if len(expected) > 1 else next(iter(expected.values()))
    lines = [f"- name: sample {number + 1}", *([f'  now: "{_CLOCK}"'] if reads_clock else [])]
    lines += [f"  given: [{_flow(record)}]", f"  expect: {_flow(rows)}"]
    return _append(document, stream.path, lines)


def _flow(value: Any) -> str:
    """A value as YAML on one line: JSON is YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)}: {_flow(member)}" for name, member in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.isidentifier() and name.lower() not in _RESERVED else json.dumps(name, ensure_ascii=False)


_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _append(document: Document, path: tuple[str | int, ...], lines: list[str]) -> Edit | None:
    source_map = document.source_map
    match = source_map.lookup((*path, "tests")) if source_map else None
    if match is None or match.shared:
        return None
    if match.rest:
        return document.insert(path, "tests", "\n".join(lines))
    tests = match.node
    if isinstance(tests, MappingNode) or not isinstance(tests, SequenceNode) or not tests.items:
        return None
    source = tests.source
    end = content_end(tests.items[-1])
    # One line stays one line.
    if tests.flow:
        inner = ", ".join(line.removeprefix("- ").strip() for line in lines)
        return Edit(source.span(end, end), f", {{{inner}}}", source.name)
    line_start = source.line_start(tests.start)
    indent = " " * (tests.start - line_start)
    text = "".join(f"\n{indent}{line}" for line in lines).replace("\n", source.newline)
    at = source.line_end(end)
    return Edit(source.span(at, at), text, source.name)
