"""What can be written at a place of a transform: only what the language allows and what is in scope there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from provisioner.kql.syntax.lexer import tokenize
from provisioner.language.completion_item import CompletionItem, snippet_text
from provisioner.language.kql_cursor import KqlCursor
from provisioner.language.kql_reference import (
    WordDescription,
    allowed_comparisons,
    allowed_functions,
    allowed_operators,
)
from provisioner.language.kql_text import FlowContext
from provisioner.language.language_file import KqlPlace
from provisioner.language.pipeline_steps import PipelineStep, pipeline_steps
from provisioner.model import TYPES

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COLUMN_LISTS = frozenset(
    {"project-away", "project-keep", "project-reorder", "project-rename", "distinct", "sort", "order", "top"}
)
"""Operators whose operands are columns, not conditions."""
_NAMING = frozenset({"project", "extend"})
_KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "summarize": ("by",),
    "sort": ("by", "asc", "desc", "nulls first", "nulls last"),
    "order": ("by", "asc", "desc", "nulls first", "nulls last"),
    "top": ("by", "asc", "desc"),
    "parse": ("with", "kind=regex", "kind=relaxed", "flags="),
    "parse-where": ("with", "kind=regex"),
    "parse-kv": ("as", "with"),
    "mv-expand": ("to typeof()", "limit"),
}


def complete_kql(place: KqlPlace) -> list[CompletionItem]:
    """The proposals at a place of a transform; those of every flow that it is of, each once."""
    cursor = place.cursor
    if cursor.inside not in {"", "name"}:
        return []
    items: dict[str, CompletionItem] = {}
    # Of two flows with one column the first explains it: a list with the same word twice is no help.
    for item in _proposals(place, cursor):
        items.setdefault(item.label, item)
    return list(items.values())


def _proposals(place: KqlPlace, cursor: KqlCursor) -> Iterator[CompletionItem]:
    if cursor.inside == "name":
        yield from _column_items(_steps_before(place, cursor))
        return
    if cursor.parameters:
        yield from _in_function(place, cursor)
        return
    if cursor.in_source and not cursor.previous and not cursor.calls:
        yield CompletionItem("source", "keyword", "source", "the records of the stream", rank=0)
        if cursor.statement_start == cursor.pipeline_start or not cursor.previous:
            yield CompletionItem(
                "let", "keyword", "let ${1:name} = $0;", "a value or rows by name", snippet=True, rank=3
            )
        yield from (
            CompletionItem(name, "variable", name, "let", rank=1) for name in let_names(place.text.text, cursor)
        )
        return
    if not cursor.in_source and not cursor.operator and not cursor.previous:
        yield from map(_operator_item, allowed_operators())
        return
    # Behind `source` only a pipe can follow; behind `let x =` a value, which has no columns.
    if cursor.in_source and cursor.depth == 0 and not cursor.calls and cursor.previous_kinds[-1:] == ("name",):
        yield CompletionItem("|", "keyword", "| ", "the next operator", rank=1)
        return
    yield from _in_expression(place, cursor)


def _operator_item(entry: WordDescription) -> CompletionItem:
    return CompletionItem(entry.word, "operator", f"{entry.word} ", entry.forms[0], entry.markdown(), rank=2)


def _in_function(place: KqlPlace, cursor: KqlCursor) -> Iterator[CompletionItem]:
    """In a function's body: its parameters, and what is set before it; a column has no meaning there."""
    if _expects_operator(cursor):
        yield from _behind_value(cursor)
        return
    yield from (CompletionItem(name, "variable", name, "parameter", rank=0) for name in cursor.parameters)
    yield from (CompletionItem(name, "variable", name, "let", rank=3) for name in let_names(place.text.text, cursor))
    yield from map(_function_item, allowed_functions())


def _in_expression(place: KqlPlace, cursor: KqlCursor) -> Iterator[CompletionItem]:
    previous = cursor.previous[-1] if cursor.previous else ""
    if previous == ".":
        yield from _members(place, cursor)
        return
    steps = _steps_before(place, cursor)
    if cursor.operator in _NAMING and cursor.depth == 0 and cursor.item_start >= _last_end(place, cursor):
        yield from _missing_columns(place, steps)
    if _expects_operator(cursor):
        yield from _behind_value(cursor)
        return
    if not (cursor.previous_kinds[-1:] == ("name",) and cursor.operator in {"parse", "parse-where"}):
        yield from _column_items(steps)
    yield from (CompletionItem(name, "variable", name, "let", rank=3) for name in let_names(place.text.text, cursor))
    if cursor.operator in {"sort", "order", "top"} and previous not in {"by", ","}:
        yield from _keyword_items(cursor)
    if cursor.operator not in _COLUMN_LISTS or cursor.depth:
        yield from map(_function_item, allowed_functions())
        yield from (CompletionItem(word, "keyword", word, "a condition", rank=6) for word in ("true", "false"))
    if cursor.calls and cursor.calls[-1].name == "typeof":
        yield from (CompletionItem(type_.kql, "keyword", type_.kql, "a type", rank=0) for type_ in TYPES.values())


def _last_end(place: KqlPlace, cursor: KqlCursor) -> int:
    """The end of the last token before the word: an item starts where nothing stands in it yet."""
    tokens = [token for token in tokenize(place.text.text)[0] if token.end <= cursor.word.start and token.kind != "end"]
    return tokens[-1].end if tokens else 0


def _steps_before(place: KqlPlace, cursor: KqlCursor) -> list[tuple[FlowContext, PipelineStep]]:
    return [(context, step_before(place.text.text, cursor, context)) for context in place.contexts]


def step_before(text: str, cursor: KqlCursor, context: FlowContext) -> PipelineStep:
    """The step whose columns are in scope at a place, for one of the flows that the text is of."""
    steps = pipeline_steps(text, cursor.statement_start, cursor.pipeline_start, context.stream.columns.kql())
    return steps.before(len(cursor.pipes))


def _column_items(steps: list[tuple[FlowContext, PipelineStep]]) -> Iterator[CompletionItem]:
    """The columns at hand; of a text of several streams with the streams that have one, where not all are alike."""
    for name in dict.fromkeys(name for _, step in steps for name in step.columns):
        owners = [(context, step) for context, step in steps if name in step.columns]
        context, step = owners[0]
        types = {step.columns[name] for _, step in owners}
        if len(types) == 1 and len(owners) == len(steps):
            origins = step.origins.get(name, ())
            detail = step.columns[name] + (f" from {', '.join(origins)}" if origins and origins != (name,) else "")
        else:
            detail = ", ".join(f"{step.columns[name]} in {context.stream.key}" for context, step in owners)
        is_input = step.origins.get(name) == (name,)
        description = context.stream.columns.descriptions.get(name, "") if is_input else ""
        yield CompletionItem(name, "column", quoted_name(name), detail, description, rank=1)


def quoted_name(name: str) -> str:
    """A column's name as KQL takes it."""
    return name if _PLAIN_NAME.fullmatch(name) else f"['{name}']"


def _missing_columns(place: KqlPlace, steps: list[tuple[FlowContext, PipelineStep]]) -> Iterator[CompletionItem]:
    """The table's columns that nothing writes yet, as `Name = `."""
    for context, step in steps:
        for name, type_ in (context.table_columns or {}).items():
            if name not in written_names(place.text.text):
                source = name if name in step.columns else ""
                text = quoted_name(name) if source else f"{quoted_name(name)} = "
                detail = f"{type_}, a column of {context.flow.table} that is not written yet"
                yield CompletionItem(f"{name} =" if not source else name, "column", text, detail, rank=0)


# By the characters, so that it works in a text that is half typed.
_WRITTEN = re.compile(r"([A-Za-z_]\w*)\s*=(?![=~])")


def written_names(text: str) -> frozenset[str]:
    """The names that a text assigns somewhere."""
    return frozenset(match[1] for match in _WRITTEN.finditer(text))


def _function_item(entry: WordDescription) -> CompletionItem:
    stop = ")" if entry.forms[0].startswith(f"{entry.word}()") else "$1)$0"
    text = f"{snippet_text(entry.word)}({stop}"
    return CompletionItem(
        entry.word, "function", text, entry.forms[0].removeprefix(entry.word), entry.markdown(), snippet=True, rank=5
    )


_VALUE_KINDS = frozenset({"string", "long", "real", "span", "hex", "typed"})
_EXPECTS_OPERAND = frozenset({"and", "or", "by", "with", "not", "in", "between", "to", "from", "step", "kind", "as"})


# Two values side by side are never right, so columns would be noise behind one.
def _expects_operator(cursor: KqlCursor) -> bool:
    """Whether a value stands before the word, so that an operator or a keyword has to follow."""
    if not cursor.previous or (cursor.operator and len(cursor.previous) <= cursor.operator.count("-") * 2 + 1):
        return False
    kind, text = cursor.previous_kinds[-1], cursor.previous[-1]
    if kind == "name":
        return text not in _EXPECTS_OPERAND and text not in allowed_comparisons()
    return kind in _VALUE_KINDS or text in {")", "]"}


def _behind_value(cursor: KqlCursor) -> Iterator[CompletionItem]:
    yield from _keyword_items(cursor)
    if cursor.operator not in _COLUMN_LISTS:
        for word in allowed_comparisons():
            if word.startswith(("in", "!in")) or "between" in word:
                text = f"{word} ($1)$0" if "between" not in word else f"{word} ($1 .. $2)$0"
                yield CompletionItem(word, "keyword", text, "comparison", snippet=True, rank=3)
            else:
                yield CompletionItem(word, "keyword", f"{word} ", "comparison", rank=3)


def _keyword_items(cursor: KqlCursor) -> Iterator[CompletionItem]:
    for word in _KEYWORDS.get(cursor.operator, ()):
        yield CompletionItem(word, "keyword", f"{word} ", f"of {cursor.operator}", rank=2)


_LET_NAME = re.compile(r"\blet\s+([A-Za-z_]\w*)\s*=")


def let_names(text: str, cursor: KqlCursor) -> list[str]:
    """The `let` names that a place can use: those of the statements before its own."""
    return [match[1] for match in _LET_NAME.finditer(text, 0, max(cursor.statement_start, cursor.pipeline_start))]


# A dynamic has no type: what senders send is all that is known of its inside.
def _members(place: KqlPlace, cursor: KqlCursor) -> Iterator[CompletionItem]:
    """The members of a dynamic column that the samples and tests have."""
    path = _access_path(place.text.text, cursor.word.start)
    for context in place.contexts:
        records = [*context.stream.samples, *(record for test in context.stream.tests for record in test.given)]
        for name, value in member_samples(records, path).items():
            yield CompletionItem(name, "column", name, f"in the samples: {_short(value)}", rank=1)


def _access_path(text: str, end: int) -> list[str]:
    """`a.b.` before an offset as names: ["a", "b"]."""
    match = re.search(r"((?:[A-Za-z_]\w*(?:\[\d+\])?\.)+)$", text[:end])
    return [re.sub(r"\[\d+\]$", "", part) for part in match[1].rstrip(".").split(".")] if match else []


def member_samples(records: Iterable[Mapping[str, Any]], path: list[str]) -> dict[str, Any]:
    """The members that records have at a path of names, each with its first value."""
    members: dict[str, Any] = {}
    for record in records:
        value: Any = record
        for step in path:
            if isinstance(value, list):
                value = value[0] if value else None
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, Mapping):
            for name, member in value.items():
                members.setdefault(str(name), member)
    return members


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
