"""Whether the rows that a query gives fit the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic, Fix, Span
from provisioner.fact_evidence import EvidencePolicy, describe_evidence
from provisioner.kql.vocabulary.dialects import output_type_permission
from provisioner.kql.vocabulary.function_wrapping import wrap_in_function
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS, canonical_type
from provisioner.suggest import name_hint, nearest_name

if TYPE_CHECKING:
    from provisioner.kql.ir.bound_query import Query

TIME_COLUMN = "TimeGenerated"
_MONITOR_PAGE = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor"
_RECEIPT_REPORT = "https://github.com/Azure/Azure-Sentinel/pull/15138"
_TRANSFORMATION_PAGE = (
    "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-create"
)


def fit(query: Query, columns: Mapping[str, str], policy: EvidencePolicy = "newest") -> list[Diagnostic]:
    """Diagnostics for what Azure drops, leaves null or refuses when it writes the query's rows to a table.

    `columns` maps a column's name to its type, spelt as in KQL or in a manifest. `policy` says which evidence decides
    whether another type is refused. Spans point at what defines a column.
    """
    table = {name: canonical_type(type_name) or type_name for name, type_name in columns.items()}
    diagnostics = list(_check_time_column(query))
    for name, type_name in query.columns.items():
        if name not in table:
            diagnostics.append(_dropped_column(query, name, table))
        # the time column has checks of its own
        elif type_name != table[name] and name != TIME_COLUMN:
            diagnostics.append(_type_mismatch(query, name, type_name, table[name], policy))
        elif _is_always_null(query, name):
            diagnostics.append(_null_column(query, name))
    diagnostics.extend(
        _unwritten_column(query, name) for name in table if name not in query.columns and name != TIME_COLUMN
    )
    return diagnostics


def _check_time_column(query: Query) -> list[Diagnostic]:
    type_name = query.columns.get(TIME_COLUMN)
    if type_name is None:
        message = f"the output has no {TIME_COLUMN}; Azure refuses the rule"
        hint = f"add `| extend {TIME_COLUMN} = now()`, or take it from a column"
        end = _end_of(query)
        return [
            Diagnostic("FIT004", "error", message, end, hint=hint, source=_TRANSFORMATION_PAGE, subject=TIME_COLUMN)
        ]
    if type_name != "datetime":
        span = query.spans[TIME_COLUMN]
        message = f"{TIME_COLUMN} must be datetime, this is {type_name}"
        fix = _cast_fix(query, TIME_COLUMN, "datetime")
        return [
            Diagnostic(
                "FIT005",
                "error",
                message,
                span,
                hint="cast it with todatetime()",
                fix=fix,
                source=_TRANSFORMATION_PAGE,
                subject=TIME_COLUMN,
            )
        ]
    return []


def _end_of(query: Query) -> Span:
    """The last character that is written, for what the text lacks."""
    return Span(max(len(query.text.rstrip()) - 1, 0), len(query.text))


def _dropped_column(query: Query, name: str, table: Mapping[str, str]) -> Diagnostic:
    message = f"{name!r} is not a column of the table; Azure drops it in silence"
    intended = nearest_name(name, (column for column in table if column not in query.columns))
    hint = name_hint(intended) or "add the column to the table, or take it out with `project-away`"
    span = query.spans[name]
    return Diagnostic(
        "FIT001", "warning", message, span, hint=hint, source=_MONITOR_PAGE, subject=name, intended=intended
    )


def _unwritten_column(query: Query, name: str) -> Diagnostic:
    message = f"nothing writes the table's column {name!r}; it is always null"
    intended = nearest_name(name, query.columns)
    hint, span = name_hint(intended), _end_of(query)
    return Diagnostic(
        "FIT002", "warning", message, span, hint=hint, source=_MONITOR_PAGE, subject=name, intended=intended
    )


def _null_column(query: Query, name: str) -> Diagnostic:
    message = f"{name!r} is null in every row"
    # rows of a published connector that writes datetime(null) arrive, with the time of receipt
    if name == TIME_COLUMN:
        message += "; Azure files each row under the time of receipt"
        return Diagnostic("FIT006", "info", message, query.spans[name], source=_RECEIPT_REPORT, subject=name)
    return Diagnostic("FIT006", "warning", message, query.spans[name], source=_MONITOR_PAGE, subject=name)


def _is_always_null(query: Query, name: str) -> bool:
    """Whether a column is made of a null, also when later operators pass it on under its name."""
    # here and not above: most commands load the package and bind no query
    from provisioner.kql.ir.bound_expression import Constant, Variable

    # the last definition counts, save one that only passes the column on
    for defined_name, _, value in reversed(query.column_definitions):
        if defined_name == name and not (isinstance(value, Variable) and value.name == name):
            return isinstance(value, Constant) and value.value is None
    return False


def _type_mismatch(query: Query, name: str, type_name: str, expected: str, policy: EvidencePolicy) -> Diagnostic:
    permission = output_type_permission(type_name, expected, policy)
    seen = ""
    if permission.judgement.verdict == "disputed":
        seen = f"; sources disagree on it: {'; '.join(map(describe_evidence, permission.evidence[:2]))}"
    message = f"{name!r} is {type_name}, the table's column is {expected}{seen}"
    function = CAST_FUNCTIONS.get(expected)
    hint = f"cast it with {function}()" if function else None
    fix = _cast_fix(query, name, expected)
    return Diagnostic(
        "FIT003",
        permission.judgement.severity or "error",
        message,
        query.spans[name],
        hint=hint,
        fix=fix,
        source="InvalidTransformOutput",
        subject=name,
    )


def _cast_fix(query: Query, name: str, type_name: str) -> Fix | None:
    """The edit that casts the expression which makes a column; None where no expression does."""
    function = CAST_FUNCTIONS.get(type_name)
    value = next((bound for defined_name, _, bound in reversed(query.column_definitions) if defined_name == name), None)
    if function is None:
        return None
    if value is None or value.span.end == 0:
        return None
    return wrap_in_function(value.span, query.text, function)
