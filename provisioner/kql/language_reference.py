"""The reference of the language, made from what binds and runs it: the text of `docs/kql.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from provisioner.kql.functions.function_registry import FUNCTIONS, TYPES, Function, Overload
from provisioner.kql.functions.function_summaries import summary
from provisioner.kql.vocabulary import dialects
from provisioner.package_data import load_facts

INTRODUCTION = """\
# The transform language

What a transformation (`transform:` of a stream) may say, and what the query dialect adds, which the emulator's query
API speaks. This page is made from the code that binds and runs it (`python -m tools.kql_page`).

**transform** says what Azure takes: *yes* is on Microsoft's list for transformations, *disputed* binds with a warning
(used in published rules, and unlisted or reported refused), *no* is refused. **query** is the query dialect. Where no
other source is named, it is [Microsoft's list]({list}) for the transform column and
[Kusto's reference]({kusto}) for meaning, signatures and the query dialect.

Values are Kusto's: null is not the empty string, a string is never null, `int` and `long` wrap around, times count
100 ns, regular expressions are RE2's. A `parse` makes at most {columns} columns, a transformation has at most
{characters} characters.

How Azure coerces a value whose JSON type is not the column's is documented nowhere: it is taken as null, with a note.
"""
_SOURCES = {
    "source": "`source`: the records of the stream, one at a time.",
    "print": "`print`: one row of computed columns.",
    "datatable": "`datatable`: rows written into the text.",
    "range": "`range`: the values from one to another by a step.",
}
_FORMS = {
    "source": "`source`",
    "print": "`print name = expression, …`",
    "datatable": "`datatable (name: type, …) [value, …]`",
    "range": "`range name from first to last step size`",
}
_BY_ROW = {
    "columnifexists": "The column of this name, or the second argument where there is none.",
    "column_ifexists": "Kusto's name for `columnifexists`.",
    "pack_all": "A bag of all columns; with `true` those that hold something.",
    "bag_pack_columns": "A bag of the columns named.",
}
_DIALECTS: tuple[dialects.Dialect, ...] = ("transform", "query")
_NUMBERS = ("int", "long", "real", "decimal")


def reference() -> str:
    """The whole page as Markdown."""
    known = load_facts("kql.yaml")
    sources, limits = known["sources"], known["limits"]
    head = INTRODUCTION.format(
        list=sources["list"],
        kusto=sources["kusto"],
        columns=limits["parse_columns"],
        characters=f"{limits['transform_characters']:,}",
    )
    return "\n".join([head, *_operators(), *_text_operators(), *_aggregates(), *_functions()]) + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _operators() -> Iterator[str]:
    from provisioner.kql.operators import OPERATORS

    yield "## Tables and operators\n"
    rows = [[_FORMS[word], *_operator_permissions(word), _cut(text)] for word, text in _SOURCES.items()]
    for word, kind in sorted(OPERATORS.items()):
        if word == kind.word:
            text = sys.modules[kind.__module__].__doc__ or ""
            form = (kind.__doc__ or "").partition("\n")[0].rstrip(".")
            rows.append([form, *_operator_permissions(word), _cut(text)])
    yield from _table(("form", "transform", "query", "gives"), rows)


def _cut(text: str) -> str:
    """What a module says behind the name of its operator."""
    return text.partition("\n")[0].partition(": ")[2]


def _text_operators() -> Iterator[str]:
    yield "## Operators on values\n"
    yield "`+ - * / %`, `== != < <= > >=`, `and or`, `in !in`, `between !between`, `=~ !~`, `matches regex`;"
    yield "`contains has startswith endswith`, with `!` before and `_cs` behind;"
    yield "`x.y`, `x['y']`, `x[0]` and `x[-1]` on dynamics.\n"
    yield "The list for transformations lacks these; the query dialect has them:\n"
    words = load_facts("kql.yaml")["string_operators"]
    yield from _table(("operator", "in a transformation write"), ([f"`{word}`", hint] for word, hint in words.items()))


def _aggregates() -> Iterator[str]:
    from provisioner.kql.operators.aggregate_functions import AGGREGATES

    names = sorted({*AGGREGATES, "arg_max", "arg_min"})
    yield "## Aggregates of `summarize` (query dialect)\n"
    yield ", ".join(f"`{name}`" for name in names) + ".\n"


def _functions() -> Iterator[str]:
    yield "## Functions\n"
    families: dict[str, list[Function]] = {}
    for name in sorted(FUNCTIONS):
        families.setdefault(_family(FUNCTIONS[name]), []).append(FUNCTIONS[name])
    titles = {module: (sys.modules[module].__doc__ or "").partition("\n")[0] for module in families}
    for module in sorted(families, key=lambda module: titles[module]):
        yield f"### {titles[module].rstrip('.')}\n"
        yield from _table(
            ("function", "transform", "query", "what it does"), (_function(entry) for entry in families[module])
        )
    yield "### Of the whole row\n"
    yield from _table(
        ("function", "transform", "query", "what it does"),
        ([f"`{name}()`", *_function_permissions(name), text + _why(name)] for name, text in _BY_ROW.items()),
    )


def _function(entry: Function) -> list[str]:
    signatures = "<br>".join(f"`{text}`" for text in _signatures(entry))
    return [signatures, *_function_permissions(entry.name), summary(entry.name) + _why(entry.name)]


def _why(name: str) -> str:
    """What to write instead, and who says so where it is not the list."""
    permission = dialects.function_permission(name, "transform")
    if permission is None or permission.status == "allowed":
        return ""
    instead = f" In a transformation: {permission.hint}." if permission.hint else ""
    source = permission.source or ""
    listed = source in (dialects.source("list"), dialects.source("kusto"), "")
    return instead if listed else f"{instead} ({f'[source]({source})' if source.startswith('http') else source})"


def _function_permissions(name: str) -> list[str]:
    return [_status(dialects.function_permission(name, dialect)) for dialect in _DIALECTS]


def _operator_permissions(word: str) -> list[str]:
    if word == "source":
        return ["yes", "yes"]
    return [_status(dialects.operator_permission(word, dialect)) for dialect in _DIALECTS]


def _status(permission: dialects.Permission | None) -> str:
    return {"allowed": "yes", "disputed": "disputed"}.get(permission.status if permission else "", "no")


def _family(entry: Function) -> str:
    """The module that holds the bodies; conversions borrow theirs from the values."""
    for overload in entry.overloads:
        body: Any = getattr(overload.body, "func", overload.body)
        module = str(getattr(body, "__module__", ""))
        if module.startswith("provisioner.kql.functions."):
            return module
    return "provisioner.kql.functions.conversion_functions"


def _signatures(entry: Function) -> list[str]:
    """The signatures, those that differ in one type only written as one."""
    texts: list[str] = []
    for _, group in groupby(entry.overloads, key=_shape):
        overloads = list(group)
        inside = []
        for position, parameter in enumerate(overloads[0].parameters):
            kinds = list(dict.fromkeys(overload.parameters[position].type for overload in overloads))
            inside.append(f"{parameter.name or 'value'}: {_union(kinds)}{parameter.repeat}")
        text = f"{entry.name}({', '.join(inside)}) -> {overloads[0].returns}"
        if text not in texts:
            texts.append(text)
    return texts


def _shape(overload: Overload) -> tuple[Any, ...]:
    return overload.returns, tuple((parameter.name, parameter.repeat) for parameter in overload.parameters)


def _union(kinds: list[str]) -> str:
    if kinds == ["plain"]:
        return "scalar but dynamic"
    if set(kinds) >= set(TYPES):
        return "scalar"
    if set(kinds) == set(TYPES) - {"dynamic"}:
        return "scalar but dynamic"
    if set(kinds) == set(_NUMBERS):
        return "number"
    return "|".join(kinds)
