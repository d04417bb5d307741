"""The layout of KQL over the protocol: of a file, of a part, and while typing."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types as lsp

from provisioner.diagnostics import Edit
from provisioner.language.text_formatting import formatting_edits
from provisioner.lsp.file_request import FileRequest
from provisioner.lsp.position_encoding import EncodedText


def format_document(request: FileRequest, _: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    """The standard layout of every transform of a file."""
    return _text_edits(request.text, formatting_edits(request.file.transforms, None))


def format_range(request: FileRequest, params: lsp.DocumentRangeFormattingParams) -> list[lsp.TextEdit]:
    """The standard layout of the transforms in a part of a file."""
    return _text_edits(request.text, formatting_edits(request.file.transforms, request.span(params.range)))


def format_typed(request: FileRequest, params: lsp.DocumentOnTypeFormattingParams) -> list[lsp.TextEdit]:
    """The layout of the transform before the place, while nothing behind it has been begun.

    Only what stands before the line of the place is changed: what is being typed is not taken from under the cursor.
    """
    offset = request.text.offset(params.position)
    line_start = request.file.source.line_start(offset)
    edits = []
    for transform in request.file.transforms:
        if transform.start < line_start and transform.contains(offset):
            edits += formatting_edits([transform])
    # The whole transform may move its last line; an edit that reaches the cursor waits for the next line.
    return _text_edits(request.text, (edit for edit in edits if edit.span.end <= line_start or "\n" in params.ch))


def _text_edits(text: EncodedText, edits: Iterable[Edit]) -> list[lsp.TextEdit]:
    return [lsp.TextEdit(text.range(edit.span), edit.text) for edit in edits]
