"""Every code this room gives: what it says, why it matters, and who says so."""

from __future__ import annotations

_LIST = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql"
_KUSTO = "https://learn.microsoft.com/kusto/query"
_CREATE = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-create"
_MONITOR = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor"
_LIMITS = "https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#data-collection-rules"

_REFUSED = "Azure refuses the rule with InvalidTransformQuery and often without the place."

_PAGES: dict[str, tuple[str, str, str]] = {
    "KQL001": ("Something is missing, or cannot stand where it stands.", _REFUSED, _KUSTO),
    "KQL002": ("A character or an unclosed string is no part of the language.", _REFUSED, _KUSTO),
    "KQL003": (
        "The text is nested too deeply, or expands into too much.",
        "Kusto bounds the depth and the size of a query's tree, and so does this reader.",
        "https://learn.microsoft.com/kusto/concepts/query-limits",
    ),
    "KQL004": (
        "A literal is no value of its type.",
        "`datetime(...)`, `int(...)` and their like hold literals; a value is converted with todatetime(), toint().",
        f"{_KUSTO}/scalar-data-types/",
    ),
    "KQL005": ("The text holds no query.", "A transformation is at least `source`, which passes records on.", _LIST),
    "KQL006": ("The transformation is longer than Azure takes.", "Azure takes 15,360 characters.", _LIMITS),
    "KQL007": (
        "A regular expression is refused.",
        "Kusto's regular expressions are RE2's: no look-around, no back-references, bounded repetition.",
        f"{_KUSTO}/regex",
    ),
    "KQL101": (
        "A name is neither a column nor a variable here.",
        "Every column that a transformation reads must be declared in its stream, in the same case.",
        _CREATE,
    ),
    "KQL102": (
        "A table is not known.",
        "A transformation reads `source` and nothing else; other tables of the workspace are out of its reach.",
        _LIST,
    ),
    "KQL103": ("There is no such function.", _REFUSED, _LIST),
    "KQL104": (
        "Two columns would have one name.",
        "Kusto makes up a name for an unnamed column, but not for one that the author named twice.",
        f"{_KUSTO}/project-operator",
    ),
    "KQL105": ("A function is given the wrong number of arguments.", _REFUSED, _KUSTO),
    "KQL106": (
        "An argument is of a type that the function does not take.",
        "int widens to long, long to real, real to decimal; anything else needs a cast.",
        f"{_KUSTO}/scalar-data-types/",
    ),
    "KQL107": (
        "An operator is not defined for the types of its operands.",
        "Kusto compares and computes like with like; text is no number and a number is no time.",
        f"{_KUSTO}/scalar-operators",
    ),
    "KQL108": (
        "A condition is not bool.",
        "`where`, iif() and case() take true or false, not numbers or text.",
        f"{_KUSTO}/where-operator",
    ),
    "KQL109": (
        "A dynamic has to be cast before it is compared, sorted or grouped by.",
        "What a dynamic holds is known only when a record comes; Kusto wants to know the type before.",
        f"{_KUSTO}/scalar-data-types/dynamic",
    ),
    "KQL110": ("A constant is needed here.", "The value has to be known before the first record comes.", _KUSTO),
    "KQL111": (
        "The results of iif(), case() or coalesce() are of different types.",
        "A column has one type, so every branch must give it.",
        f"{_KUSTO}/case-function",
    ),
    "KQL112": (
        "Rows stand where a value belongs, or a value where rows belong.",
        "A name that `let` makes is a value, rows, or a function, and is used as what it is.",
        f"{_KUSTO}/let-statement",
    ),
    "KQL113": ("A name is set twice.", "The second `let` would hide the first.", f"{_KUSTO}/let-statement"),
    "KQL114": (
        "A constant argument says nothing to its function.",
        "Names of periods, parts and kinds are looked at before the first record comes, and so are patterns.",
        _KUSTO,
    ),
    "KQL201": (
        "The operator is not in the transform language.",
        "A transformation sees one record at a time and gives at most one for it.",
        _LIST,
    ),
    "KQL202": ("The function is not in the transform language.", "What the list does not name is refused.", _LIST),
    "KQL203": (
        "The function is disputed.",
        "Published rules use it, yet Azure's list lacks it or users report it refused; the listed name is safer.",
        _LIST,
    ),
    "KQL204": (
        "A `parse` extracts more columns than Azure documents.",
        "Ten are documented; published rules have more. Two `parse` operators in a row are safe.",
        _LIST,
    ),
    "KQL205": ("The text operator is not in the transform language.", "What the list does not name is refused.", _LIST),
    "KQL206": (
        "No row passes a condition.",
        "The sender is told that all is well, and whatever is sent is dropped.",
        _MONITOR,
    ),
    "KQL207": (
        "A number is read as a datetime.",
        "It is taken for ticks since the year 1. What was meant as milliseconds is replaced by the time of arrival.",
        f"{_KUSTO}/todatetime-function",
    ),
    "FIT001": (
        "An output column is not in the table.",
        "Azure drops it in silence and bills it all the same.",
        _MONITOR,
    ),
    "FIT002": ("A column of the table is never written.", "It is null in every row, and nobody says so.", _MONITOR),
    "FIT003": (
        "An output column has another type than the table's.",
        "Azure refuses the rule with InvalidTransformOutput.",
        _CREATE,
    ),
    "FIT004": ("TimeGenerated is missing from the output.", "Every table needs it; Azure refuses the rule.", _CREATE),
    "FIT005": ("TimeGenerated is not a datetime.", "Azure refuses the rule.", _CREATE),
    "FIT006": (
        "A column is null in every row.",
        "It says nothing and looks as if it did. A row whose TimeGenerated is null has been seen refused.",
        _MONITOR,
    ),
}

CODES: dict[str, str] = {
    code: f"{summary}\n\nWhy: {why}\nSource: {source}" for code, (summary, why, source) in _PAGES.items()
}
"""Code to the page that explains it: a summary, and behind a blank line the reason and the source."""
