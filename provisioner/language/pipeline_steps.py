"""A transform as steps: the columns before and after each operator, where they come from, and what samples become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from provisioner import kql
from provisioner.diagnostics import Span
from provisioner.kql.syntax.lexer import tokenize
from provisioner.language.kql_cursor import operator_word


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """One operator, or the source at the start (`operator` is then "").

    `span` is its text without the pipe. `columns` and `origins` are those behind it: name → type, and name → the
    stream's columns that it comes from. `readable` is False where its text has errors: then they are those before it.
    """

    operator: str
    span: Span
    columns: Mapping[str, str]
    origins: Mapping[str, tuple[str, ...]]
    readable: bool = True


@dataclass(frozen=True, slots=True)
class PipelineSteps:
    """The steps of one pipeline; `lets` is the text of the statements before it."""

    lets: str
    start: int
    steps: tuple[PipelineStep, ...]

    def before(self, number: int) -> PipelineStep:
        """The step whose columns the operator behind pipe `number` (from 1) takes."""
        return self.steps[min(max(number - 1, 0), len(self.steps) - 1)]


Columns = tuple[tuple[str, str], ...]


def pipeline_steps(text: str, statement_start: int, pipeline_start: int, columns: Mapping[str, str]) -> PipelineSteps:
    """The steps of the pipeline that starts at `pipeline_start`; `columns` are the stream's, in KQL's types."""
    spans = _step_spans(text, pipeline_start)
    lets = text[:statement_start]
    inputs = tuple(columns.items())
    steps: list[PipelineStep] = []
    for number, span in enumerate(spans):
        part = text[span.start : span.end]
        if number == 0:
            steps.append(_source_step(lets, part, inputs, span))
        else:
            steps.append(_operator_step(lets, text[pipeline_start : span.start], part, inputs, steps[-1], span))
    return PipelineSteps(lets, pipeline_start, tuple(steps))


def last_pipeline(text: str, columns: Mapping[str, str]) -> PipelineSteps:
    """The steps of the pipeline that gives the rows: that of the last statement."""
    start = last_statement_start(text)
    first = next((token.start for token in tokenize(text)[0] if token.start >= start), start)
    return pipeline_steps(text, start, first, columns)


# The tokens and not the tree: a half-typed text has no tree behind its mistake.
def last_statement_start(text: str) -> int:
    """The offset behind the last `;` that separates statements."""
    start, depth = 0, 0
    tokens = tokenize(text)[0]
    for position, token in enumerate(tokens):
        if token.kind == "op":
            depth += (token.text in "([{") - (token.text in ")]}")
            if token.text == ";" and depth <= 0 and tokens[position + 1].kind != "end":
                start = token.end
    return start


def _step_spans(text: str, start: int) -> list[Span]:
    """The texts between the pipes of one pipeline, up to its end."""
    spans: list[Span] = []
    depth, begin, end = 0, start, len(text)
    last_end = start
    for token in tokenize(text)[0]:
        if token.start < start or token.kind == "end":
            continue
        if token.kind == "op":
            if (token.text in {")", "]", "}"} and depth == 0) or (token.text == ";" and depth == 0):
                end = token.start
                break
            depth += (token.text in "([{") - (token.text in ")]}")
            if token.text == "|" and depth == 0:
                spans.append(Span(begin, max(last_end, begin)))
                begin = token.end
        last_end = token.end
    spans.append(Span(begin, min(max(last_end, begin), end)))
    return spans


def _source_step(lets: str, part: str, inputs: Columns, span: Span) -> PipelineStep:
    # Rows of `print` or `datatable` have columns of their own; a source that cannot be read is taken for the stream.
    bound = _bound_columns(f"{lets}{part}", inputs)
    if bound is None:
        return PipelineStep("", span, dict(inputs), {name: (name,) for name, _ in inputs}, readable=not part.strip())
    return PipelineStep("", span, *bound)


def _operator_step(
    lets: str, prefix: str, part: str, inputs: Columns, previous: PipelineStep, span: Span
) -> PipelineStep:
    tokens = tokenize(part)[0]
    word, _ = operator_word(tokens, 0)
    # An operator that reads the source once more means the stream's own rows: it is bound behind all before it.
    if any(token.text == "source" for token in tokens) or "source" in lets:
        bound = _bound_columns(f"{lets}{prefix}{part}", inputs)
    else:
        bound = _bound_columns(f"{lets}source | {part}", tuple(previous.columns.items()))
        if bound is not None:
            columns, origins = bound
            bound = columns, {name: _composed(sources, previous.origins) for name, sources in origins.items()}
    if bound is None:
        return PipelineStep(word, span, previous.columns, previous.origins, readable=False)
    return PipelineStep(word, span, *bound)


def _composed(sources: Iterable[str], origins: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(origin for source in sources for origin in origins.get(source, (source,))))


# An operator that is not touched is not bound again: a keystroke costs the step that it is in.
@lru_cache(maxsize=2048)
def _bound_columns(text: str, columns: Columns) -> tuple[dict[str, str], dict[str, tuple[str, ...]]] | None:
    """The columns of a text and the input columns each comes from; None where it has errors."""
    query, _ = kql.bind(text, dict(columns))
    return None if query is None else (dict(query.columns), dict(query.lineage))


@lru_cache(maxsize=256)
def _bound_query(text: str, columns: Columns) -> kql.Query | None:
    return kql.bind(text, dict(columns))[0]


def sample_rows(
    text: str, columns: Mapping[str, str], samples: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]] | None:
    """The rows that samples become, as JSON values; None where the text has errors."""
    query = _bound_query(text, tuple(columns.items()))
    return None if query is None else list(kql.evaluate(query, samples, form="json"))
