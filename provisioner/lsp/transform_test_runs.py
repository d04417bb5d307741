"""The transform tests of a project as it is in its buffers: run, shown as a state, and their expectations rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner import kql
from provisioner.language.code_actions import CodeAction, file_edits
from provisioner.language.kql_hover import sample_records
from provisioner.language.kql_text import FlowContext
from provisioner.language.language_file import LanguageFile, ManifestPlace
from provisioner.language.project_analysis import Analysis
from provisioner.transform_tests import run_transform_tests
from provisioner.transform_tests.result import TestResult
from provisioner.transform_tests.run import tested_streams
from provisioner.transform_tests.update import expectation_edits

_SECTIONS = (("streams",), ("workspace_transforms",))


def run_tests(analysis: Analysis, stream: str | None = None, test: int | None = None) -> tuple[TestResult, ...]:
    """The results of a stream's tests, of one of them, or of all; empty where the manifest cannot be read."""
    document = analysis.document
    if document is None or document.manifest is None:
        return ()
    if stream is not None and stream not in tested_streams(document.manifest):
        return ()
    results = run_transform_tests(document, [stream] if stream is not None else [], transforms=analysis.transforms)
    return tuple(result for result in results if test is None or result.position == test)


def listed_tests(analysis: Analysis) -> list[dict[str, Any]]:
    """Every test with its stream, its number there, and its line; empty where the manifest cannot be read."""
    document = analysis.document
    if document is None or document.manifest is None:
        return []
    tests = []
    for key, stream in tested_streams(document.manifest).items():
        for number, test in enumerate(stream.tests):
            place = document.place(test.path)
            tests.append({"stream": key, "position": number, "name": test.name, "line": place.line if place else 1})
    return tests


def state_in_words(results: tuple[TestResult, ...]) -> str:
    """How many tests pass; of a single one that fails, why."""
    failed = [result for result in results if not result.ok]
    if not failed:
        return f"{len(results)} passed"
    reason = f": {failed[0].reason}" if len(results) == 1 and failed[0].reason else ""
    return f"{len(failed)} of {len(results)} failed{reason}" if len(results) > 1 else f"failed{reason}"


def stream_rows(analysis: Analysis, stream_key: str) -> list[dict[str, Any]]:
    """What becomes of a stream's samples in each of its flows, as JSON values: table, record and rows or errors."""
    shown: list[dict[str, Any]] = []
    for environment, document, manifest in analysis.named():
        stream = tested_streams(manifest).get(stream_key)
        if stream is None:
            continue
        for flow in stream.flows:
            context = FlowContext(environment, document, manifest, stream, flow)
            query, diagnostics = analysis.transforms.bind(stream, flow)
            for record in sample_records(context):
                rows = [] if query is None else list(kql.evaluate(query, [record], form="json"))
                dropped = kql.trace(query, record).dropped if query is not None and not rows else None
                shown.append(
                    {
                        "table": flow.table,
                        "record": dict(record),
                        "rows": rows,
                        "dropped_by": dropped.text if dropped else None,
                        "errors": [one.message for one in diagnostics if one.severity == "error"],
                    }
                )
        return shown
    # The first environment that has the stream: its rows are those of the others, but for what they lay over.
    return shown


def expected_rows_actions(file: LanguageFile, offset: int) -> Iterator[CodeAction]:
    """Let the failed test at a place, or all of its stream, expect what comes out now."""
    place = file.place(offset)
    if not isinstance(place, ManifestPlace) or place.cursor.path[:1] not in _SECTIONS:
        return
    path = place.cursor.path
    written = file.source.text[place.cursor.token.start : place.cursor.token.end].strip("\"' :")
    stream = str(path[1]) if len(path) > 1 else written
    number = path[3] if len(path) > 3 and path[2] == "tests" and isinstance(path[3], int) else None
    analysis = file.analysis
    document = analysis.document
    results = [result for result in run_tests(analysis, stream, number) if not result.ok]
    edits = file_edits(analysis, expectation_edits(document, results)) if document is not None and results else None
    if edits:
        what = f"test {results[0].name!r}" if number is not None else f"the failed tests of {stream}"
        yield CodeAction(f"Let {what} expect what comes out now", "refactor.rewrite", edits)


def result_json(result: TestResult) -> Mapping[str, Any]:
    """A result as the client's test explorer reads it: the public shape, with the test's number."""
    return {**result.json(), "position": result.position}
