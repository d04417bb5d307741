"""Whether what a query gives is what a table takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic, Fix, Span
from provisioner.kql.vocabulary.scalar_types import CASTS, canonical
from provisioner.kql.vocabulary.suggestions import did_you_mean, wrap

if TYPE_CHECKING:
    from provisioner.kql.ir.bound_query import Query

TIME = "TimeGenerated"
_SILENT = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor"
_TIME_RULE = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-create"


def fit(query: Query, columns: Mapping[str, str]) -> list[Diagnostic]:
    """What Azure would drop, leave null or refuse when the query's output meets a table's columns.

    `columns` maps a column's name to its type, spelt as in KQL or in a manifest. Spans point at what makes a column.
    """
    table = {name: canonical(kind) or kind for name, kind in columns.items()}
    found = list(_time(query))
    for name, kind in query.columns.items():
        if name not in table:
            found.append(_dropped(query, name, table))
        elif kind != table[name] and name != TIME:
            found.append(_mismatch(query, name, kind, table[name]))
        elif _is_null(query, name):
            found.append(_null(query, name))
    found.extend(_never(query, name) for name in table if name not in query.columns and name != TIME)
    return found


def _time(query: Query) -> list[Diagnostic]:
    kind = query.columns.get(TIME)
    end = Span(max(len(query.text.rstrip()) - 1, 0), len(query.text))
    if kind is None:
        message = f"the output has no {TIME}; Azure refuses the rule"
        hint = f"add `| extend {TIME} = now()`, or take it from a column"
        return [Diagnostic("FIT004", "error", message, end, hint=hint, source=_TIME_RULE)]
    if kind != "datetime":
        span = query.spans[TIME]
        message = f"{TIME} must be datetime, this is {kind}"
        fix = _cast(query, TIME, "datetime")
        return [
            Diagnostic("FIT005", "error", message, span, hint="cast it with todatetime()", fix=fix, source=_TIME_RULE)
        ]
    return []


def _dropped(query: Query, name: str, table: Mapping[str, str]) -> Diagnostic:
    message = f"{name!r} is not a column of the table; Azure drops it in silence"
    hint = did_you_mean(name, (column for column in table if column not in query.columns))
    hint = hint or "add the column to the table, or take it out with `project-away`"
    return Diagnostic("FIT001", "warning", message, query.spans[name], hint=hint, source=_SILENT)


def _never(query: Query, name: str) -> Diagnostic:
    message = f"nothing writes the table's column {name!r}; it is always null"
    hint = did_you_mean(name, query.columns)
    end = Span(max(len(query.text.rstrip()) - 1, 0), len(query.text))
    return Diagnostic("FIT002", "warning", message, end, hint=hint, source=_SILENT)


def _null(query: Query, name: str) -> Diagnostic:
    message = f"{name!r} is null in every row"
    message += "; Azure has been seen to take no such row" if name == TIME else ""
    return Diagnostic("FIT006", "warning", message, query.spans[name], source=_SILENT)


def _is_null(query: Query, name: str) -> bool:
    """Whether a column is made of a null, also when later operators pass it on under its name."""
    for made, _, value in reversed(query.makers):
        if made == name and not (value.kind == "variable" and value.name == name):
            return value.is_constant and value.value is None
    return False


def _mismatch(query: Query, name: str, kind: str, wanted: str) -> Diagnostic:
    message = f"{name!r} is {kind}, the table's column is {wanted}"
    function = CASTS.get(wanted)
    hint = f"cast it with {function}()" if function else None
    fix = _cast(query, name, wanted)
    return Diagnostic(
        "FIT003", "error", message, query.spans[name], hint=hint, fix=fix, source="InvalidTransformOutput"
    )


def _cast(query: Query, name: str, wanted: str) -> Fix | None:
    """The edit that casts the expression which makes a column; None where no expression does."""
    function = CASTS.get(wanted)
    value = next((bound for made, _, bound in reversed(query.makers) if made == name), None)
    if function is None:
        return None
    if value is None or value.span.end == 0:
        return None
    return wrap(value.span, query.text, function)
