"""Markdown within the limit of a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.reports.report_format import report_format

if TYPE_CHECKING:
    from provisioner.reports.markdown_document import MarkdownDocument


@report_format("comment", view="document", position=9)
def comment_format(document: MarkdownDocument) -> str:
    """Markdown within the limit of a comment: what does not fit is left out whole, counted, and in the artifact."""
    # Imported late: every command loads the formats, and few write this one.
    from provisioner.reports.markdown_document import comment_limit

    return document.text_within(comment_limit())
