"""Every code this room gives, with what it says."""

from __future__ import annotations

CODES: dict[str, str] = {
    "KQL001": "The text is not KQL here: something is missing or cannot stand where it stands.",
    "KQL002": "A character or an unclosed string is no part of the language.",
    "KQL003": "The text is nested too deeply, or expands into too much.",
    "KQL004": "A literal is no value of its type.",
    "KQL005": "The text holds no query.",
    "KQL006": "The transformation is longer than Azure takes.\n\nWhy: Azure refuses more than 15,360 characters.",
    "KQL007": "A regular expression is refused.\n\nWhy: Kusto's are RE2's: no look-around, no back-references.",
    "KQL101": "A name is neither a column nor a variable.\n\nWhy: every column read must be declared in the stream.",
    "KQL102": "A table is not known.\n\nWhy: a transformation reads `source` and nothing else.",
    "KQL103": "There is no such function.",
    "KQL104": "Two columns would have one name.",
    "KQL105": "A function is given the wrong number of arguments.",
    "KQL106": "An argument is of a type that the function does not take.",
    "KQL107": "An operator is not defined for the types of its operands.",
    "KQL108": "A condition is not bool.",
    "KQL109": "A dynamic has to be cast before it is compared or sorted by.",
    "KQL110": "A constant is needed here.",
    "KQL111": "The results of iif() or case() are of different types.",
    "KQL112": "Rows stand where a value belongs, or a value where rows belong.",
    "KQL113": "A name is set twice.",
    "KQL201": "The operator is not in the transform language.\n\nWhy: a transformation sees one record at a time.",
    "KQL202": "The function is not in the transform language.",
    "KQL203": "The function is disputed: published rules use it, Azure's list does not have it.",
    "KQL204": "A `parse` extracts more columns than Azure documents.\n\nWhy: ten are documented; some rules have more.",
    "KQL205": "The text operator is not in the transform language.",
    "FIT001": "An output column is not in the table: Azure drops it in silence.",
    "FIT002": "A column of the table is never written: it is always null.",
    "FIT003": "An output column has another type than the table's.",
    "FIT004": "TimeGenerated is missing from the output.",
    "FIT005": "TimeGenerated is not a datetime.",
}
"""Code to summary, with the reason behind a blank line where it needs one."""
