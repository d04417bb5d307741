"""Every code that a command reports, with its page: one catalogue for `explain`, `rules`, SARIF and documentation.

It stands before the rooms whose tables it lists, so that reports can ask it, and imports them when they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from operator import attrgetter

from provisioner.codes import Code, CodePage, parse_page
from provisioner.fact_dates import code_facts

_CHECK_TABLES = {
    "load": "provisioner.load.codes",
    "kql": "provisioner.kql.vocabulary.codes",
}
_OTHER_TABLES = {
    "import": "provisioner.adopt.codes",
    "verify": "provisioner.diagnose.codes",
    "drift": "provisioner.plan.codes",
}
"""The title of a table's pages → the module that holds the table as `CODES`."""


@cache
def check_pages() -> tuple[CodePage, ...]:
    """The pages of all codes of `validate`: of the rules, of loading and of the transform language, sorted by code."""
    from provisioner.validate.rule_registry import all_rules

    pages = [rule.page for rule in all_rules() if not rule.family]
    for title, module in _CHECK_TABLES.items():
        pages += _table_pages(title, module).values()
    return tuple(sorted(pages, key=attrgetter("code")))


@cache
def all_pages() -> tuple[CodePage, ...]:
    """The pages of every code of every command, sorted by code within each."""
    others = [page for title, module in _OTHER_TABLES.items() for page in _table_pages(title, module).values()]
    return (*check_pages(), *others)


def find_page(code: str) -> CodePage | None:
    """The page of a code in upper or lower case; None for an unknown one."""
    # Of the checks first: the other tables stand in rooms whose import takes longer than reading a page.
    for pages in (check_pages, all_pages):
        for page in pages():
            if page.code.lower() == code.lower():
                return with_facts(page)
    return None


def with_facts(page: CodePage) -> CodePage:
    """The page with the date of the facts behind its code, and the evidence; reads the files of these facts."""
    facts = code_facts(page.code)
    return replace(page, checked=facts.checked.isoformat() if facts.checked else None, evidence=facts.evidence)


def _table_pages(title: str, module: str) -> Mapping[str, CodePage]:
    table: Mapping[str, Code] = import_module(module).CODES
    return {name: parse_page(code, title) for name, code in table.items()}
