"""The lines above which an editor offers to run tests and to show rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from provisioner.diagnostics import Span
from provisioner.language.kql_text import flow_contexts, is_kql_file
from provisioner.language.language_file import LanguageFile
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


@dataclass(frozen=True, slots=True)
class CodeLens:
    """An offer above a line: `run tests` of a stream, or of its test number `test`, or `show rows` of its samples."""

    kind: Literal["run tests", "show rows"]
    span: Span
    stream: str
    test: int | None = None


def code_lenses(file: LanguageFile) -> list[CodeLens]:
    """The offers of a file: at each stream, at each of its tests, and at the top of a `.kql` file."""
    manifest = file.analysis.manifest
    if manifest is None:
        return []
    if is_kql_file(file.path):
        contexts = [context for text in file.transforms for context in flow_contexts(file.analysis, text)]
        start = Span(0, 0)
        return [lens for context in contexts for lens in _stream_lenses(file, context.stream.key, start)]
    if file.tests_path:
        return [*_test_lenses(str(file.tests_path[1]), file.tree)]
    lenses: list[CodeLens] = []
    for section in ("streams", "workspace_transforms"):
        entries = file.tree.values.get(section) if isinstance(file.tree, MappingNode) else None
        if isinstance(entries, MappingNode):
            for name, value in entries.values.items():
                key = entries.keys[name]
                if key.source is file.source:
                    lenses += _stream_lenses(file, name, Span(key.start, key.end))
                    lenses += _test_lenses(name, value.values.get("tests") if isinstance(value, MappingNode) else None)
    return lenses


def _stream_lenses(file: LanguageFile, name: str, span: Span) -> Iterator[CodeLens]:
    manifest = file.analysis.manifest
    stream = (manifest.streams.get(name) or manifest.workspace_transforms.get(name)) if manifest else None
    if stream is not None and stream.tests:
        yield CodeLens("run tests", span, name)
    if stream is not None and (stream.samples or any(test.given for test in stream.tests)):
        yield CodeLens("show rows", span, name)


def _test_lenses(name: str, tests: Node | None) -> Iterator[CodeLens]:
    if not isinstance(tests, SequenceNode):
        return
    for number, test in enumerate(tests.items):
        title = test.values.get("name") if isinstance(test, MappingNode) else None
        if isinstance(title, ScalarNode):
            yield CodeLens("run tests", Span(title.start, title.end), name, number)
