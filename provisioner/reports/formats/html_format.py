"""One HTML file for readers without a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.reports.report_format import report_format

if TYPE_CHECKING:
    from provisioner.reports.html_page import HtmlPage


@report_format("html", view="page", position=10)
def html_format(page: HtmlPage) -> str:
    """One HTML file, readable without scripts, that asks for nothing from anywhere; light, dark and printable."""
    # Imported late: the template engine is loaded for this format alone.
    from provisioner.reports.html_page import html_document

    return html_document(page)
