"""What each dialect of the language allows: operators, functions and literals, limits, and the evidence for it.

The facts stand in schemas/kql.yaml; `provisioner.fact_evidence` says what follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from provisioner.fact_evidence import Evidence, EvidencePolicy, Judgement, judge, read_evidence
from provisioner.kql.vocabulary.struct_class import Struct
from provisioner.package_data import load_facts

Dialect = Literal["transform", "query"]
"""`transform` is what a data collection rule takes, `query` is what the query API takes."""


_TEXT_TESTS = frozenset(("contains", "has", "hasprefix", "hassuffix", "startswith", "endswith"))
"""The operators between texts that have a form with `_cs`, which regards the case of letters."""


class Permission(Struct):
    """Whether a text may use a word, and why.

    `hint` says what to write instead; `rewrite` is what a fix writes: another name, or a text with the arguments by
    number in braces. `source` is the page or report behind the newest evidence, else the page that lists what is
    allowed.
    """

    judgement: Judgement
    evidence: tuple[Evidence, ...] = ()
    hint: str | None = None
    rewrite: str | None = None
    source: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether a text that uses it is accepted."""
        return self.judgement.accepted


@cache
def function_permission(name: str, dialect: Dialect, policy: EvidencePolicy = "newest") -> Permission:
    """Whether a text of this dialect may call one of Kusto's functions; of one without facts nothing is known."""
    entry = _language_facts()["functions"].get(name, {"listed": name in listed_functions()})
    return _permission(entry, dialect, policy)


@cache
def listed_functions() -> frozenset[str]:
    """The functions on the newest page of Azure's list of which no more is to be said."""
    return frozenset(_language_facts()["listed_functions"].split())


@cache
def operator_permission(word: str, dialect: Dialect, policy: EvidencePolicy = "newest") -> Permission | None:
    """Whether a text of this dialect may use the tabular operator; None where neither dialect has it."""
    entry = _language_facts()["operators"].get(word)
    return None if entry is None else _permission(entry, dialect, policy)


@cache
def literal_permission(name: str, dialect: Dialect, policy: EvidencePolicy = "newest") -> Permission:
    """Whether a text of this dialect may hold a literal: `dynamic(null)`, or any other as `dynamic(…)`."""
    return _permission(_language_facts()["literals"][name], dialect, policy)


def unsupported_operator_hint(word: str) -> str | None:
    """What to write instead of a Kusto operator that is not offered; None where Kusto has no such operator."""
    hint = _language_facts()["unknown_operators"].get(word)
    return None if hint is None else str(hint)


def other_language_hint(word: str, kind: Literal["operators", "functions"]) -> str | None:
    """What Kusto has for an operator or a function of another language; None where the word is none of those known."""
    meant = _language_facts()["other_languages"][kind].get(word.lower())
    return None if meant is None else f"Kusto has {meant} for it"


def other_language_sign_hint(text: str, position: int) -> str | None:
    """What to write instead of a sign of another language that begins at a position or the character before it."""
    for sign, hint in _language_facts()["other_languages"]["signs"].items():
        if text.startswith(sign, position) or text[max(position - 1, 0) : position + 1] == sign:
            return str(hint)
    return None


def other_language_value_hint(word: str) -> str | None:
    """What to write instead of a value of another language, such as `yes`; None where the word is none of those."""
    hint = _language_facts()["other_languages"]["values"].get(word.lower())
    return None if hint is None else str(hint)


def word_operator_meaning(word: str) -> str | None:
    """What an operator between values means that is a word, such as `!has_cs`; None where the word is none."""
    meanings = _language_facts()["word_operators"]
    positive = word.removeprefix("!")
    base = positive.removesuffix("_cs")
    meaning = meanings.get(positive) or meanings.get(base)
    if meaning is None:
        return None
    if base in _TEXT_TESTS:
        meaning += ", with the same case of letters" if positive.endswith("_cs") else ", in any case of letters"
    return f"false where {meaning}" if word.startswith("!") else str(meaning)


def text_operator_replacement(word: str) -> str | None:
    """What to write instead of a text operator that the transform language does not list; None where it does."""
    hint = _language_facts()["string_operators"].get(word)
    return None if hint is None else str(hint)


def output_type_permission(produced: str, expected: str, policy: EvidencePolicy = "newest") -> Permission:
    """Whether a transformation may write a column of one type into a table's column of another."""
    facts = _language_facts()["output_types"]
    return _permission(facts.get(f"{produced} into {expected}", facts["any"]), "transform", policy)


def behaviour_evidence(name: str) -> tuple[Evidence, ...]:
    """Who says that something runs otherwise in a transformation than in a query."""
    return read_evidence(_language_facts()["behaviour"][name]["evidence"], _language_facts()["sources"])


def language_evidence() -> Mapping[str, Mapping[str, tuple[Evidence, ...]]]:
    """All evidence about single words: section of the facts → word → entries, newest first."""
    facts = _language_facts()
    return {
        section: {
            word: read_evidence(entry["evidence"], facts["sources"])
            for word, entry in facts[section].items()
            if "evidence" in entry
        }
        for section in ("operators", "functions", "literals", "behaviour", "output_types")
    }


def list_date() -> str:
    """The date of the page that lists what a transformation may use, as ISO text."""
    return str(_language_facts()["listed"]["date"])


def language_limit(name: str) -> int:
    """A limit of the transform language by name."""
    return int(_language_facts()["limits"][name])


def source_address(key: str | None) -> str | None:
    """The address or report behind a source's key."""
    return None if key is None else str(_language_facts()["sources"].get(key, key))


def _permission(entry: Mapping[str, Any], dialect: Dialect, policy: EvidencePolicy) -> Permission:
    facts = _language_facts()
    if dialect == "query":
        # the query dialect has all of Kusto's, save what only a transformation offers
        is_offered = entry.get("query") != "refused"
        page = Evidence("documented", "", facts["sources"]["kusto"])
        return Permission(judge([page] if is_offered else []), source=page.source)
    sources = facts["sources"]
    listed = facts["listed"] if entry.get("listed") else None
    entries = [*entry.get("evidence", ()), *([{"kind": "documented", **listed}] if listed else ())]
    evidence = read_evidence(entries, sources)
    source = evidence[0].source if evidence else sources["list"]
    return Permission(judge(evidence, policy), evidence, entry.get("hint"), entry.get("rewrite"), source)


def _language_facts() -> Any:
    return load_facts("kql.yaml")
