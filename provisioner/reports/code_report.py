"""The pages of codes, as `explain` and `rules` show them."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.codes import CodePage
from provisioner.reports.report_format import Views


def list_text(pages: Sequence[CodePage]) -> str:
    """A line for each code: the code, its severity, its summary, the date of its facts."""
    width = max(len(page.severity) for page in pages)
    return "".join(f"{page.code}  {page.severity:<{width}}  {page.summary}{_checked(page)}\n" for page in pages)


def _checked(page: CodePage) -> str:
    """When the facts behind a code were last compared with their sources."""
    return f" (facts of {page.checked})" if page.checked else ""


PAGE_VIEWS: Views[CodePage] = {"text": lambda page, _: page.text(), "data": lambda page, _: page.json()}
LIST_VIEWS: Views[Sequence[CodePage]] = {
    "text": lambda pages, _: list_text(pages),
    "data": lambda pages, _: {"rules": [page.json() for page in pages]},
}
