"""Every code this room gives: what it says, why it matters, and who says so."""

from __future__ import annotations

from provisioner.codes import Code, code_table
from provisioner.diagnostics import Severity

_LIST = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql"
_KUSTO = "https://learn.microsoft.com/kusto/query"
_CREATE = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-create"
_MONITOR = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor"
_LIMITS = "https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#data-collection-rules"

_REFUSED = "Azure refuses the rule with InvalidTransformQuery and often without the place."


def _code(code: str, severity: Severity, summary: str, why: str, source: str) -> Code:
    """A code whose page has these three parts."""
    return Code(code, severity, f"{summary}\n\nWhy: {why}\nSource: {source}")


CODES = code_table(
    _code("KQL001", "error", "Something is missing, or cannot stand where it stands.", _REFUSED, _KUSTO),
    _code("KQL002", "error", "A character or an unclosed string is no part of the language.", _REFUSED, _KUSTO),
    _code(
        "KQL003",
        "error",
        "The text is nested too deeply, or expands into too much.",
        "Kusto bounds the depth and the size of a query's tree, and so does this reader.",
        "https://learn.microsoft.com/kusto/concepts/query-limits",
    ),
    _code(
        "KQL004",
        "error",
        "A literal is no value of its type.",
        "`datetime(...)`, `int(...)` and their like hold literals; a value is converted with todatetime(), toint().",
        f"{_KUSTO}/scalar-data-types/",
    ),
    _code(
        "KQL005",
        "error",
        "The text holds no query.",
        "A transformation is at least `source`, which passes records on.",
        _LIST,
    ),
    _code(
        "KQL006", "error", "The transformation is longer than Azure takes.", "Azure takes 15,360 characters.", _LIMITS
    ),
    _code(
        "KQL007",
        "error",
        "A regular expression is refused.",
        "Kusto's regular expressions are RE2's: no look-around, no back-references, bounded repetition.",
        f"{_KUSTO}/regex",
    ),
    _code(
        "KQL101",
        "error",
        "A name is neither a column nor a variable here.",
        "Every column that a transformation reads must be declared in its stream, in the same case.",
        _CREATE,
    ),
    _code(
        "KQL102",
        "error",
        "A table is not known.",
        "A transformation reads `source` and nothing else; other tables of the workspace are out of its reach.",
        _LIST,
    ),
    _code("KQL103", "error", "There is no such function.", _REFUSED, _LIST),
    _code(
        "KQL104",
        "error",
        "Two columns would have one name.",
        "Kusto makes up a name for an unnamed column, but not for one that the author named twice.",
        f"{_KUSTO}/project-operator",
    ),
    _code("KQL105", "error", "A function is given the wrong number of arguments.", _REFUSED, _KUSTO),
    _code(
        "KQL106",
        "error",
        "An argument is of a type that the function does not take.",
        "int widens to long, long to real, real to decimal; anything else needs a cast.",
        f"{_KUSTO}/scalar-data-types/",
    ),
    _code(
        "KQL107",
        "error",
        "An operator is not defined for the types of its operands.",
        "Kusto compares and computes like with like; text is no number and a number is no time.",
        f"{_KUSTO}/scalar-operators",
    ),
    _code(
        "KQL108",
        "error",
        "A condition is not bool.",
        "`where`, iif() and case() take true or false, not numbers or text.",
        f"{_KUSTO}/where-operator",
    ),
    _code(
        "KQL109",
        "error",
        "A dynamic has to be cast before it is compared, sorted or grouped by.",
        "What a dynamic holds is known only when a record comes; Kusto wants to know the type before.",
        f"{_KUSTO}/scalar-data-types/dynamic",
    ),
    _code(
        "KQL110",
        "error",
        "A constant is needed here.",
        "The value has to be known before the first record comes.",
        _KUSTO,
    ),
    _code(
        "KQL111",
        "error",
        "The results of iif(), case() or coalesce() are of different types.",
        "A column has one type, so every branch must give it.",
        f"{_KUSTO}/case-function",
    ),
    _code(
        "KQL112",
        "error",
        "Rows stand where a value belongs, or a value where rows belong.",
        "A name that `let` makes is a value, rows, or a function, and is used as what it is.",
        f"{_KUSTO}/let-statement",
    ),
    _code(
        "KQL113", "error", "A name is set twice.", "The second `let` would hide the first.", f"{_KUSTO}/let-statement"
    ),
    _code(
        "KQL114",
        "error",
        "A constant argument says nothing to its function.",
        "Names of periods, parts and kinds are looked at before the first record comes, and so are patterns.",
        _KUSTO,
    ),
    _code(
        "KQL201",
        "error",
        "The operator is not in the transform language.",
        "A transformation sees one record at a time and gives at most one for it.",
        _LIST,
    ),
    _code(
        "KQL202",
        "error",
        "Azure refuses the function in a transformation.",
        "It was seen refused in a real tenant, or it is neither on Azure's list nor seen anywhere. Where sources name "
        "a function both ways the newest counts; `validate --evidence documented` takes the list alone.",
        _LIST,
    ),
    _code(
        "KQL203",
        "warning",
        "Sources disagree on the function, or only published rules have it.",
        "A page and a tenant say the opposite of each other: a warning. Only published rules use it, and nobody was "
        "seen to try it: an info. The listed name is safer.",
        _LIST,
    ),
    _code(
        "KQL204",
        "warning",
        "A `parse` extracts more columns than Azure documents.",
        "Ten are documented; published rules have more. Two `parse` operators in a row are safe.",
        _LIST,
    ),
    _code(
        "KQL205",
        "error",
        "The text operator is not in the transform language.",
        "What the list does not name is refused.",
        _LIST,
    ),
    _code(
        "KQL206",
        "warning",
        "No row passes a condition.",
        "The sender is told that all is well, and whatever is sent is dropped.",
        _MONITOR,
    ),
    _code(
        "KQL207",
        "warning",
        "A number is read as a datetime.",
        "It is taken for ticks since the year 1. What was meant as milliseconds is replaced by the time of arrival.",
        f"{_KUSTO}/todatetime-function",
    ),
    _code(
        "KQL208",
        "error",
        "Azure refuses dynamic(null) in a transformation.",
        "The service's validation was seen to refuse the literal; parse_json('') gives the same null.",
        _LIST,
    ),
    _code(
        "KQL209",
        "warning",
        "A pattern of `parse kind=regex` does not end in `*`.",
        "In a transformation the pattern must match the whole text, or no column is filled; a query takes a part.",
        "https://github.com/MicrosoftDocs/azure-monitor-docs/pull/305",
    ),
    _code(
        "FIT001",
        "warning",
        "An output column is not in the table.",
        "Azure drops it in silence and bills it all the same.",
        _MONITOR,
    ),
    _code(
        "FIT002",
        "warning",
        "A column of the table is never written.",
        "It is null in every row, and nobody says so.",
        _MONITOR,
    ),
    _code(
        "FIT003",
        "error",
        "An output column has another type than the table's.",
        "Azure refuses the rule with InvalidTransformOutput.",
        _CREATE,
    ),
    _code(
        "FIT004",
        "error",
        "TimeGenerated is missing from the output.",
        "Every table needs it; Azure refuses the rule.",
        _CREATE,
    ),
    _code("FIT005", "error", "TimeGenerated is not a datetime.", "Azure refuses the rule.", _CREATE),
    _code(
        "FIT006",
        "warning",
        "A column is null in every row.",
        "It says nothing and looks as if it did. A row whose TimeGenerated is null is filed under the time of receipt.",
        _MONITOR,
    ),
)
