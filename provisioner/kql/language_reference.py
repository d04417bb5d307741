"""The reference of the language as Markdown, made from what binds and runs it: the body of `docs/kql.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from provisioner.fact_evidence import Evidence, describe_evidence
from provisioner.kql.functions.function_registry import FUNCTIONS, TYPE_NAMES, Overload, ScalarFunction
from provisioner.kql.functions.function_summaries import function_summary
from provisioner.kql.functions.row_functions import ROW_FUNCTIONS
from provisioner.kql.operators import OPERATORS
from provisioner.kql.operators.aggregate_functions import AGGREGATES
from provisioner.kql.vocabulary import dialects
from provisioner.package_data import load_facts

INTRODUCTION = """\
# The transform language

What a transformation (`transform:` of a stream) may say, and what the query dialect adds, which the emulator's query
API speaks. This page is made from the code that binds and runs it (`python -m tools.generate`).

**transform** says what Azure takes: *yes* is on Microsoft's list for transformations ({list_date}) or was seen accepted
in a real tenant, *disputed* binds with a warning since sources contradict each other, *published* binds with an info
since published rules alone have it, *no* is refused. [What is known of single words](#evidence), with dates, stands at
the end; the facts were last compared with their sources on {checked}. **query** is the query dialect. Where no other
source is named, it is [Microsoft's list]({list}) for the transform column and [Kusto's reference]({kusto}) for meaning,
signatures and the query dialect.

Values are Kusto's: null is not the empty string, a string is never null, `int` and `long` wrap around, times count
100 ns, regular expressions are RE2's. A `parse` makes at most {columns} columns, a transformation has at most
{characters} characters.

What becomes of a value whose JSON type is not the column's stands in `schemas/coercion.yaml`, with who says so.
"""
_SOURCE_MEANINGS = {
    "source": "`source`: the records of the stream, one at a time.",
    "print": "`print`: one row of computed columns.",
    "datatable": "`datatable`: rows written into the text.",
    "range": "`range`: the values from one to another by a step.",
}
_SOURCE_FORMS = {
    "source": "`source`",
    "print": "`print name = expression, …`",
    "datatable": "`datatable (name: type, …) [value, …]`",
    "range": "`range name from first to last step size`",
}
_DIALECTS: tuple[dialects.Dialect, ...] = ("transform", "query")
_NUMBERS = ("int", "long", "real", "decimal")


def reference_page() -> str:
    """The whole page as Markdown."""
    facts = load_facts("kql.yaml")
    sources, limits = facts["sources"], facts["limits"]
    head = INTRODUCTION.format(
        list=sources["list"],
        kusto=sources["kusto"],
        columns=limits["parse_columns"],
        characters=f"{limits['transform_characters']:,}",
        list_date=dialects.list_date(),
        checked=facts["checked"],
    )
    parts = [*_operators(), *_text_operators(), *_literals(), *_aggregates(), *_functions(), *_evidence()]
    return "\n".join([head, *parts]) + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _operators() -> Iterator[str]:
    yield "## Tables and operators\n"
    rows = [
        [_SOURCE_FORMS[word], *_operator_permissions(word), module_summary(text)]
        for word, text in _SOURCE_MEANINGS.items()
    ]
    for word, spec in sorted(OPERATORS.items()):
        if word == spec.word:  # and not one of its aliases
            text = sys.modules[spec.bind.__module__].__doc__ or ""
            form = (spec.node.__doc__ or "").partition("\n")[0].rstrip(".")
            rows.append([form, *_operator_permissions(word), module_summary(text)])
    yield from _table(("form", "transform", "query", "gives"), rows)


def module_summary(text: str) -> str:
    """The first line of a module's docstring behind the name of its operator."""
    return text.partition("\n")[0].partition(": ")[2]


def _text_operators() -> Iterator[str]:
    yield "## Operators on values\n"
    yield "`+ - * / %`, `== != < <= > >=`, `and or`, `in !in`, `between !between`, `=~ !~`, `matches regex`;"
    yield "`contains has startswith endswith`, with `!` before and `_cs` behind;"
    yield "`x.y`, `x['y']`, `x[0]` and `x[-1]` on dynamics.\n"
    yield "The list for transformations lacks these; the query dialect has them:\n"
    replacements = load_facts("kql.yaml")["string_operators"]
    yield from _table(
        ("operator", "in a transformation write"), ([f"`{word}`", hint] for word, hint in replacements.items())
    )


def _literals() -> Iterator[str]:
    yield "## Literals and behaviour of a transformation\n"
    yield "A transformation does not take `dynamic(null)`: write `parse_json('')`. For other `dynamic(…)` literals the"
    yield "page says to write `parse_json('…')`. A pattern of `parse kind=regex` must match the whole text there, or"
    yield "nothing is filled; in a query a part is enough.\n"


def _evidence() -> Iterator[str]:
    yield "## Evidence\n"
    yield "What decides where the list alone does not: newest first. *accepted* and *refused* were seen in a real"
    yield "tenant, *published* was found in somebody's rules. `provisioner explain CODE` shows the same.\n"
    rows = [
        [f"`{word}`", entry.title, entry.date or "unknown", _linked(entry), entry.words]
        for words in dialects.language_evidence().values()
        for word, entries in words.items()
        for entry in entries
    ]
    yield from _table(("of", "what", "date", "source", "in its words"), rows)


def _linked(entry: Evidence) -> str:
    return f"[page]({entry.source})" if entry.source.startswith("http") else entry.source


def _aggregates() -> Iterator[str]:
    names = sorted({*AGGREGATES, "arg_max", "arg_min"})
    yield "## Aggregates of `summarize` (query dialect)\n"
    yield ", ".join(f"`{name}`" for name in names) + ".\n"


def _functions() -> Iterator[str]:
    yield "## Functions\n"
    by_module: dict[str, list[ScalarFunction]] = {}
    for name in sorted(FUNCTIONS):
        by_module.setdefault(_function_module(FUNCTIONS[name]), []).append(FUNCTIONS[name])
    titles = {module: (sys.modules[module].__doc__ or "").partition("\n")[0] for module in by_module}
    for module in sorted(by_module, key=lambda module: titles[module]):
        yield f"### {titles[module].rstrip('.')}\n"
        rows = (_function_row(function) for function in by_module[module])
        yield from _table(("function", "transform", "query", "what it does"), rows)
    yield "### Of the whole row\n"
    yield from _table(
        ("function", "transform", "query", "what it does"),
        (
            [f"`{name}()`", *_function_permissions(name), text + _transform_advice(name)]
            for name, text in ROW_FUNCTIONS.items()
        ),
    )


def _function_row(function: ScalarFunction) -> list[str]:
    signatures = "<br>".join(f"`{text}`" for text in function_signatures(function))
    return [
        signatures,
        *_function_permissions(function.name),
        function_summary(function.name) + _transform_advice(function.name),
    ]


def _transform_advice(name: str) -> str:
    """What to write instead, and the newest evidence where it is not the list."""
    permission = dialects.function_permission(name, "transform")
    if permission.judgement.verdict == "accepted":
        return ""
    hint = permission.hint or (f"use `{permission.rewrite}`" if permission.rewrite else None)
    instead = f" In a transformation: {hint}." if hint else ""
    seen = f" ({describe_evidence(permission.evidence[0])})" if permission.evidence else ""
    return f"{instead}{seen}"


def _function_permissions(name: str) -> list[str]:
    return [_status(dialects.function_permission(name, dialect)) for dialect in _DIALECTS]


def _operator_permissions(word: str) -> list[str]:
    if word == "source":
        return ["yes", "yes"]
    return [_status(dialects.operator_permission(word, dialect)) for dialect in _DIALECTS]


def _status(permission: dialects.Permission | None) -> str:
    if permission is None or not permission.accepted:
        return "no"
    return {"accepted": "yes"}.get(permission.judgement.verdict, permission.judgement.verdict)


def _function_module(function: ScalarFunction) -> str:
    """The module that holds the bodies; those of conversions come from `kql.values`."""
    for overload in function.overloads:
        body: object = getattr(overload.body, "func", overload.body)
        module = str(getattr(body, "__module__", ""))
        if module.startswith("provisioner.kql.functions."):
            return module
    return "provisioner.kql.functions.conversion_functions"


def function_signatures(function: ScalarFunction) -> list[str]:
    """The signatures; those that differ only in the types of their parameters are written as one."""
    texts: list[str] = []
    for _, group in groupby(function.overloads, key=_signature_shape):
        overloads = list(group)
        parameters = []
        for position, parameter in enumerate(overloads[0].parameters):
            types = list(dict.fromkeys(overload.parameters[position].type for overload in overloads))
            parameters.append(f"{parameter.name or 'value'}: {_type_union(types)}{parameter.multiplicity}")
        text = f"{function.name}({', '.join(parameters)}) -> {overloads[0].returns}"
        if text not in texts:
            texts.append(text)
    return texts


def _signature_shape(overload: Overload) -> tuple[object, ...]:
    return overload.returns, tuple((parameter.name, parameter.multiplicity) for parameter in overload.parameters)


def _type_union(types: list[str]) -> str:
    if types == ["plain"]:
        return "scalar but dynamic"
    if set(types) >= set(TYPE_NAMES):
        return "scalar"
    if set(types) == set(TYPE_NAMES) - {"dynamic"}:
        return "scalar but dynamic"
    if set(types) == set(_NUMBERS):
        return "number"
    return "|".join(types)
