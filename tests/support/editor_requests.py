"""Everything that an editor can ask at a place, asked at once: none of it may raise, whatever the text is."""

from __future__ import annotations

from provisioner.diagnostics import Span
from provisioner.language.code_lenses import code_lenses
from provisioner.language.document_links import document_links
from provisioner.language.inlay_hints import inlay_hints
from provisioner.language.kql_completion import complete_kql
from provisioner.language.kql_hover import hover_kql
from provisioner.language.language_file import KqlPlace
from provisioner.language.manifest_completion import complete_manifest
from provisioner.language.manifest_hover import hover_manifest
from provisioner.language.name_index import NameIndex
from provisioner.language.outline import folding_lines, outline, selection_spans
from provisioner.language.semantic_tokens import semantic_tokens
from provisioner.language.signature_help import signature_help
from provisioner.language.text_formatting import formatting_edits
from provisioner.lsp.action_features import offered_actions


def ask_everything(workspace, file, offset):
    """All questions about a place of a file; their answers are lists of spans inside of the file."""
    place = file.place(offset)
    if isinstance(place, KqlPlace):
        complete_kql(place)
        hover_kql(place)
        signature_help(place)
    else:
        complete_manifest(place)
        hover_manifest(place)
    index = NameIndex(file.analysis, workspace.buffers)
    for symbol, _ in index.symbols_at(file.path, offset):
        assert index.of(symbol)
    size = len(file.source.text)
    spans = [token.span for token in semantic_tokens(file)]
    spans += [edit.span for edit in formatting_edits(file.transforms)]
    spans += [lens.span for lens in code_lenses(file)]
    spans += [link.span for link in document_links(file)]
    spans += [item.span for item in outline(file)]
    spans += selection_spans(file, offset)
    for span in spans:
        assert 0 <= span.start <= span.end <= size
    folding_lines(file)
    inlay_hints(file, Span(0, size))
    list(offered_actions(file, Span(offset, offset)))
