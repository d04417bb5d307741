"""What the transform language has, for editors: functions and operators with their form, meaning and evidence."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache

from provisioner.fact_evidence import describe_evidence
from provisioner.kql.functions import function_names
from provisioner.kql.functions.function_registry import find_function
from provisioner.kql.functions.function_summaries import function_summary
from provisioner.kql.functions.row_functions import ROW_FUNCTION_PARAMETERS, ROW_FUNCTIONS
from provisioner.kql.language_reference import function_signatures, module_summary
from provisioner.kql.operators import OPERATORS
from provisioner.kql.syntax.operator_precedence import BINDING_POWER
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.dialects import Permission


@dataclass(frozen=True, slots=True)
class WordDescription:
    """A function or operator: how it is written, what it does, and whether a transform may use it."""

    word: str
    forms: tuple[str, ...]
    summary: str
    permission: Permission | None

    @property
    def is_allowed(self) -> bool:
        """Whether a transform may use it."""
        return self.permission is not None and self.permission.accepted

    def markdown(self) -> str:
        """The description as an editor shows it."""
        lines = ["```kql", *(self.forms or (self.word,)), "```", "", self.summary]
        permission = self.permission
        if permission is None or not permission.accepted:
            lines += ["", "Not offered in a transformation." + _instead(permission)]
        elif permission.judgement.verdict != "accepted":
            lines += ["", f"In a transformation: {permission.judgement.verdict}."]
        if permission is not None and permission.evidence:
            lines += ["", *(f"- {describe_evidence(entry)}" for entry in permission.evidence)]
        return "\n".join(lines)


def _instead(permission: Permission | None) -> str:
    if permission is None:
        return ""
    rewrite = f" Use `{permission.rewrite}`." if permission.rewrite else ""
    return f" {permission.hint}." if permission.hint else rewrite


@cache
def describe_function(name: str) -> WordDescription | None:
    """A function by its exact name; None where there is none."""
    function = find_function(name)
    if function is None and name not in ROW_FUNCTIONS:
        return None
    forms = (
        tuple(function_signatures(function)) if function else (f"{name}({', '.join(ROW_FUNCTION_PARAMETERS[name])})",)
    )
    summary = function_summary(name) if function else ROW_FUNCTIONS[name]
    return WordDescription(name, forms, summary, dialects.function_permission(name, "transform"))


@cache
def describe_operator(word: str) -> WordDescription | None:
    """An operator by its word or another spelling; None where there is none."""
    spec = OPERATORS.get(word)
    if spec is None:
        return None
    form = (spec.node.__doc__ or "").partition("\n")[0].rstrip(".").replace("`", "")
    summary = module_summary(sys.modules[spec.bind.__module__].__doc__ or "")
    return WordDescription(word, (form,), summary, dialects.operator_permission(spec.word, "transform"))


@cache
def describe_word_operator(word: str) -> str | None:
    """What an operator between values means that is a word, in Markdown; None where the word is none."""
    meaning = dialects.word_operator_meaning(word)
    if meaning is None:
        return None
    instead = dialects.text_operator_replacement(word)
    refused = f"\n\nNot offered in a transformation: use {instead}." if instead else ""
    return f"**{word}**: {meaning}{refused}"


@cache
def allowed_functions() -> tuple[WordDescription, ...]:
    """The functions that a transform may call, by name."""
    names = sorted(function_names())
    return tuple(entry for name in names if (entry := describe_function(name)) is not None and entry.is_allowed)


@cache
def allowed_operators() -> tuple[WordDescription, ...]:
    """The operators that a transform may use, by word; of several spellings the first."""
    words = sorted(word for word, spec in OPERATORS.items() if word == spec.word)
    return tuple(entry for word in words if (entry := describe_operator(word)) is not None and entry.is_allowed)


@cache
def allowed_comparisons() -> tuple[str, ...]:
    """The operators between values that a transform may use and that are words."""
    return tuple(
        word for word in BINDING_POWER if word.strip("!")[:1].isalpha() and not dialects.text_operator_replacement(word)
    )
