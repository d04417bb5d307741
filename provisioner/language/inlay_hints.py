"""What stands between the words of a transform: the type of each new column, what a step makes of a sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.diagnostics import Span
from provisioner.language.kql_hover import short_json
from provisioner.language.kql_names import name_uses
from provisioner.language.kql_text import FlowContext, TransformText, flow_contexts
from provisioner.language.language_file import LanguageFile
from provisioner.language.pipeline_steps import PipelineStep, PipelineSteps, last_pipeline, sample_rows


@dataclass(frozen=True, slots=True)
class InlayHint:
    """A text to show behind the character before `offset` of a file; `is_type` or else a sample's value."""

    offset: int
    text: str
    is_type: bool


def inlay_hints(file: LanguageFile, span: Span) -> list[InlayHint]:
    """The hints of the transforms that touch some characters of a file."""
    hints: list[InlayHint] = []
    for text in file.transforms:
        if text.start > span.end or text.end < span.start:
            continue
        contexts = flow_contexts(file.analysis, text)
        if contexts:
            # Of a text of several flows the first: two hints at one place would be read as one.
            hints += text_hints(text, contexts[0])
    return [hint for hint in hints if span.start <= hint.offset <= span.end]


def text_hints(text: TransformText, context: FlowContext) -> Iterator[InlayHint]:
    """The hints of one transform, for one flow that it is of."""
    columns = context.stream.columns.kql()
    pipeline = last_pipeline(text.text, columns)
    uses = name_uses(text.text, tuple(columns.items())).uses
    for use in uses:
        if use.role in {"write", "derived"} and use.identity.kind == "column":
            step = _step_at(pipeline, use.span.start)
            type_ = step.columns.get(use.identity.name) if step is not None and step.readable else None
            if type_ is not None:
                # An item without a name of its own does not say how its column is called.
                name = f" {use.identity.name}" if use.role == "derived" else ""
                yield InlayHint(text.span(use.span).end, f"{name}: {type_}", is_type=True)
    samples = [*context.stream.samples[:1], *(test.given[0] for test in context.stream.tests if test.given)][:1]
    if samples:
        # One record: a hint has room for one value.
        yield from _sample_hints(text, pipeline, columns, dict(samples[0]))


def _step_at(pipeline: PipelineSteps, offset: int) -> PipelineStep | None:
    return next((step for step in pipeline.steps if step.span.start <= offset <= step.span.end), None)


def _sample_hints(
    text: TransformText, pipeline: PipelineSteps, columns: dict[str, str], sample: dict[str, Any]
) -> Iterator[InlayHint]:
    """Behind each step the values that it has made of a sample, or that it has dropped it."""
    previous: list[dict[str, Any]] | None = None
    for step in pipeline.steps:
        if not step.readable:
            return
        rows = sample_rows(pipeline.lets + text.text[pipeline.start : step.span.end], columns, [sample])
        if rows is None:
            return
        if step.operator:
            shown = _change_in_words(previous, rows)
            if shown:
                yield InlayHint(text.span(Span(step.span.start, step.span.end)).end, shown, is_type=False)
        if not rows:
            return
        previous = rows


def _change_in_words(before: list[dict[str, Any]] | None, after: list[dict[str, Any]]) -> str:
    """What a step made of the rows before it; empty where it has changed nothing."""
    if not after:
        return "dropped here"
    if before and len(after) > len(before):
        return f"{len(after)} rows"
    first = before[0] if before else {}
    changed = {name: value for name, value in after[0].items() if name not in first or first[name] != value}
    texts = [f"{name} = {short_json(value)}" for name, value in list(changed.items())[:_MAX_SHOWN]]
    more = len(changed) - len(texts)
    return ", ".join([*texts, *([f"+{more}"] if more > 0 else [])])


_MAX_SHOWN = 3
