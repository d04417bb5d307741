"""Markdown within the limit of a comment."""

from __future__ import annotations

from provisioner.reports.markdown_document import MarkdownDocument, comment_limit
from provisioner.reports.report_format import report_format


@report_format("comment", view="document", position=9)
def comment_format(document: MarkdownDocument) -> str:
    """Markdown within the limit of a comment: what does not fit is left out whole, counted, and in the artifact."""
    return document.text_within(comment_limit())
