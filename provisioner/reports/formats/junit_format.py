"""JUnit XML for CI systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.reports.report_format import report_format

if TYPE_CHECKING:
    from provisioner.reports.junit import JUnitSuite


@report_format("junit", view="junit_suite", position=5)
def junit_format(suite: JUnitSuite) -> str:
    """JUnit XML, as CI systems read it."""
    from provisioner.reports.junit import junit_document

    return junit_document(suite)
