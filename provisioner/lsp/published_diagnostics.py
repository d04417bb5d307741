"""Findings as the protocol has them, and which of them a client was last told for each file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from provisioner.code_catalogue import check_pages
from provisioner.diagnostics import Diagnostic, Span
from provisioner.language.project_analysis import Analysis, LanguageProject

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
SOURCE = "provisioner"


class DiagnosticPublisher:
    """Tells a client the findings of its projects, and only those of files where they have changed."""

    def __init__(self, server: ManifestLanguageServer) -> None:
        self._server = server
        self._published: dict[Path, list[lsp.Diagnostic]] = {}
        self._of_open_files: dict[Path, list[lsp.Diagnostic]] = {}

    def publish_all(self) -> None:
        """Publish the findings of every project. Raises ProvisionerError for wrong settings of a project."""
        by_file: dict[Path, list[lsp.Diagnostic]] = {}
        for project in list(self._server.documents.workspace.projects()):
            for path, diagnostics in self.project_diagnostics(project).items():
                by_file.setdefault(path, []).extend(diagnostics)
        for path in {*by_file, *self._published}:
            self._publish(path, by_file.get(path, []))
        self._ask_to_pull_again(by_file)

    def _ask_to_pull_again(self, by_file: dict[Path, list[lsp.Diagnostic]]) -> None:
        """Tell a client that pulls that the findings of its open documents are others than they were."""
        if not self._server.client_pulls:
            return
        open_files = {path: by_file.get(path, []) for path in self._server.documents.open_documents}
        if open_files != self._of_open_files and self._server.takes_diagnostic_refresh:
            self._server.workspace_diagnostic_refresh(None)
        self._of_open_files = open_files

    def publish_file(self, path: Path) -> None:
        """Publish the findings of one file, before those of a large project. Raises ProvisionerError as above."""
        file = self._server.documents.workspace.file(path)
        if file is not None and not self._is_pulled(path):
            findings = file.analysis.file_diagnostics(file.source, file.tree)
            self._publish(path, [self.protocol_diagnostic(one, path, file.analysis) for one in findings])

    def _publish(self, path: Path, diagnostics: list[lsp.Diagnostic]) -> None:
        """Tell the client the findings of a file, unless it was told the same last."""
        # A client that pulls has the findings of its open documents already; pushed too, they would be shown twice.
        if self._is_pulled(path):
            diagnostics = []
        # Editors redraw what they are sent; most keystrokes change the findings of one file or of none.
        if diagnostics == self._published.get(path, []):
            return
        document = self._server.documents.open_documents.get(path)
        self._server.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(
                self._server.documents.uri_of(path), diagnostics, document.version if document else None
            )
        )
        if diagnostics:
            self._published[path] = diagnostics
        else:
            self._published.pop(path, None)

    def _is_pulled(self, path: Path) -> bool:
        return self._server.client_pulls and path in self._server.documents.open_documents

    def project_diagnostics(self, project: LanguageProject) -> dict[Path, list[lsp.Diagnostic]]:
        """The findings of one project by file. Raises ProvisionerError for wrong settings."""
        analysis = project.analysis
        by_file: dict[Path, list[lsp.Diagnostic]] = {}
        for diagnostic in analysis.diagnostics:
            path = self.path_of(diagnostic, analysis, project)
            by_file.setdefault(path, []).append(self.protocol_diagnostic(diagnostic, path, analysis))
        return by_file

    @staticmethod
    def path_of(diagnostic: Diagnostic, analysis: Analysis, project: LanguageProject) -> Path:
        """The file that a finding is about; the manifest's where it is about none that can be read."""
        source = analysis.sources.get(diagnostic.place.file) if diagnostic.place else None
        return source.path if source is not None else project.manifest_file

    def protocol_diagnostic(self, diagnostic: Diagnostic, path: Path, analysis: Analysis) -> lsp.Diagnostic:
        """A finding as the protocol has it."""
        documents = self._server.documents
        text = documents.encoded(path)
        message = diagnostic.message
        if diagnostic.environments:
            message += f" (in {', '.join(diagnostic.environments)})"
        if diagnostic.hint:
            message += f"\n{diagnostic.hint}"
        # Some sources are codes of Azure's, which lead nowhere.
        link = diagnostic.source if _is_address(diagnostic.source) else _page_source(diagnostic.code)
        related = [
            lsp.DiagnosticRelatedInformation(
                lsp.Location(documents.uri_of(source.path), documents.encoded(source.path).range_of(item.place)),
                item.message,
            )
            for item in diagnostic.related
            if (source := analysis.sources.get(item.place.file)) is not None
        ]
        return lsp.Diagnostic(
            range=text.range_of(diagnostic.place) if diagnostic.place else text.range(Span(0, 0)),
            message=message,
            severity=_SEVERITIES[diagnostic.severity],
            code=diagnostic.code,
            code_description=lsp.CodeDescription(link) if link else None,
            source=SOURCE,
            related_information=related or None,
            tags=[lsp.DiagnosticTag.Unnecessary] if diagnostic.code in _UNNECESSARY else None,
        )


def _is_address(source: str | None) -> bool:
    return source is not None and source.startswith("https://")


@cache
def _page_source(code: str) -> str | None:
    """The address behind a check's page; None where it rests on no page."""
    page = next((page for page in check_pages() if page.code == code), None)
    return page.source if page is not None and _is_address(page.source) else None


_UNNECESSARY = frozenset({"FIT001", "STR006"})
"""Codes of what has no effect: editors show it faded."""
