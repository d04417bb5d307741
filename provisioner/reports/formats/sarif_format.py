"""SARIF for code hosts and editors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.reports.report_format import report_format

if TYPE_CHECKING:
    from provisioner.diagnostics import Diagnostic


@report_format("sarif", view="diagnostics", position=4)
def sarif_format(diagnostics: Iterable[Diagnostic]) -> str:
    """SARIF 2.1.0, which code hosts and editors show at the line."""
    # Imported late: the document lists the page of every check, and for those the rules and the KQL engine are loaded.
    from provisioner.reports.sarif import sarif_document

    return sarif_document(diagnostics)
