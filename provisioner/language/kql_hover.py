"""What a word of a transform is: a column with its origin and sample values, a function, an operator, a `let` value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.diagnostics import Span
from provisioner.kql.syntax.lexer import tokenize
from provisioner.language.kql_completion import let_names, member_samples, step_before
from provisioner.language.kql_cursor import KqlCursor, kql_cursor, operator_word
from provisioner.language.kql_reference import describe_function, describe_operator, describe_word_operator
from provisioner.language.kql_text import FlowContext
from provisioner.language.language_file import KqlPlace
from provisioner.language.pipeline_steps import PipelineStep, pipeline_steps, sample_rows

MAX_VALUES = 3
"""Sample values that a hover shows; more do not fit a glance."""
_MAX_RECORDS = 20


@dataclass(frozen=True, slots=True)
class Hover:
    """A text in Markdown about the characters `span` of the file."""

    markdown: str
    span: Span


def hover_kql(place: KqlPlace) -> Hover | None:
    """What the word at a place of a transform is; None where there is nothing to say."""
    cursor = place.cursor
    if cursor.inside not in {"", "name"}:
        return None
    text = place.text.text
    operator = _operator_at(text, place.text_offset)
    if operator is not None:
        word, span = operator
        return Hover(_operator_markdown(place, word, span), place.text.span(span))
    if cursor.word.start == cursor.word.end:
        return _hover_word_operator(place)
    word = text[cursor.word.start : cursor.word.end]
    span = place.text.span(cursor.word)
    if text[cursor.word.end :].lstrip(" ").startswith("(") and (function := describe_function(word)):
        return Hover(function.markdown(), span)
    markdown = _name_markdown(place, word, cursor)
    return Hover(markdown, span) if markdown else _hover_word_operator(place)


def _hover_word_operator(place: KqlPlace) -> Hover | None:
    for token in tokenize(place.text.text)[0]:
        if token.start <= place.text_offset <= token.end and (meaning := describe_word_operator(token.text)):
            return Hover(meaning, place.text.span(Span(token.start, token.end)))
    return None


def _operator_at(text: str, offset: int) -> tuple[str, Span] | None:
    """The operator's word at an offset, the one behind a pipe or `source` at the start."""
    tokens, _ = tokenize(text)
    for position, token in enumerate(tokens):
        if token.text == "|" and token.kind == "op":
            word, behind = operator_word(tokens, position + 1)
            if word and tokens[position + 1].start <= offset <= tokens[behind - 1].end:
                return word, Span(tokens[position + 1].start, tokens[behind - 1].end)
    return None


def _operator_markdown(place: KqlPlace, word: str, span: Span) -> str:
    entry = describe_operator(word)
    parts = [entry.markdown() if entry else f"There is no operator `{word}`."]
    for context in place.contexts:
        before, after = steps_around(place.text.text, span.start, context)
        parts.append(f"{_owner(place, context)}**in** {_columns(before)}  \n**out** {_columns(after)}")
    return "\n\n".join(parts)


def steps_around(text: str, offset: int, context: FlowContext) -> tuple[PipelineStep, PipelineStep]:
    """The steps before and of the operator at an offset."""
    cursor = kql_cursor(text, offset)
    steps = pipeline_steps(text, cursor.statement_start, cursor.pipeline_start, context.stream.columns.kql())
    number = len(cursor.pipes)
    return steps.before(number), steps.steps[min(number, len(steps.steps) - 1)]


def _columns(step: PipelineStep) -> str:
    return ", ".join(f"`{name}`: {type_}" for name, type_ in step.columns.items()) or "no column"


def _owner(place: KqlPlace, context: FlowContext) -> str:
    """The flow's name, where a text is of several."""
    return f"*{context.stream.key} → {context.flow.table}*  \n" if len(place.contexts) > 1 else ""


def _name_markdown(place: KqlPlace, word: str, cursor: KqlCursor) -> str:
    text = place.text.text
    parts: list[str] = []
    is_assigned = text[cursor.word.end :].lstrip(" ").startswith("=") and not text[cursor.word.end :].lstrip(
        " "
    ).startswith(("==", "=~"))
    for context in place.contexts:
        if cursor.previous[-1:] == (".",):
            records = [*context.stream.samples, *(record for test in context.stream.tests for record in test.given)]
            path = list(_path_before(text, cursor.word.start))
            value = member_samples(records, path).get(word)
            if value is not None:
                parts.append(f"{_owner(place, context)}`{word}` in the samples: `{short_json(value)}`")
            continue
        # What is assigned is explained as it comes out, what is read as it goes in.
        step = steps_around(text, cursor.word.start, context)[1] if is_assigned else step_before(text, cursor, context)
        if word in step.columns:
            parts.append(_owner(place, context) + _column_markdown(place, context, word, step, cursor))
    if not parts and word == "source":
        return "**source**: the records of the stream, one at a time\n\n" + "\n\n".join(
            f"{_owner(place, context)}{_stream_columns(context)}" for context in place.contexts
        )
    if not parts and word in let_names(text, cursor):
        return f"**{word}**: set by `let`"
    return "\n\n".join(parts)


def _path_before(text: str, end: int) -> Iterator[str]:
    tokens = [token for token in tokenize(text[:end])[0] if token.kind != "end"]
    names: list[str] = []
    while len(tokens) > 1 and tokens[-1].text == "." and tokens[-2].kind == "name":
        names.append(tokens[-2].text)
        tokens = tokens[:-2]
    yield from reversed(names)


def _stream_columns(context: FlowContext) -> str:
    return ", ".join(f"`{name}`: {type_}" for name, type_ in context.stream.columns.items()) or "no column"


def _column_markdown(place: KqlPlace, context: FlowContext, name: str, step: PipelineStep, cursor: KqlCursor) -> str:
    origins = step.origins.get(name, ())
    lines = [f"**{name}**: {step.columns[name]}"]
    if origins == (name,) and context.stream.columns.get(name):
        description = context.stream.columns.descriptions.get(name)
        lines.append(f"a column of the stream {context.stream.key}{f': {description}' if description else ''}")
    elif origins:
        lines.append("comes from " + ", ".join(f"`{origin}`" for origin in origins))
    table_type = context.table_type(name)
    if table_type:
        lines.append(f"{context.flow.table} has it as {table_type}")
    values = list(column_values(place.text.text, context, name, step, cursor))
    if values:
        lines.append("in the samples: " + ", ".join(f"`{short_json(value)}`" for value in values))
    return "  \n".join(lines)


def column_values(text: str, context: FlowContext, name: str, step: PipelineStep, cursor: KqlCursor) -> Iterator[Any]:
    """The first values that a column has behind a step, from the samples and the tests' records."""
    prefix = text[: cursor.statement_start] + text[cursor.pipeline_start : step.span.end]
    rows = sample_rows(prefix, context.stream.columns.kql(), sample_records(context)) or []
    values: list[str] = []
    for row in rows:
        if name in row and row[name] is not None and (shown := short_json(row[name])) not in values:
            values.append(shown)
            yield row[name]
        if len(values) == MAX_VALUES:
            return


def sample_records(context: FlowContext) -> list[Mapping[str, Any]]:
    """The first records that the author has for a stream: its samples, then those of its tests."""
    stream = context.stream
    return [*stream.samples, *(record for test in stream.tests for record in test.given)][:_MAX_RECORDS]


def short_json(value: Any) -> str:
    """A value as JSON in at most 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
