"""Diagnostics as SARIF 2.1.0, which code hosts and editors show at the line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from provisioner._version import __version__
from provisioner.code_catalogue import check_pages, find_page
from provisioner.codes import CodePage
from provisioner.diagnostics import Diagnostic, Edit, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def sarif_document(diagnostics: Iterable[Diagnostic]) -> str:
    """SARIF text of one run: its results, and the page of every check and of every other code among the results."""
    findings = list(diagnostics)
    page_of: dict[str, CodePage | None] = {page.code: page for page in check_pages()}
    page_of |= {code: find_page(code) for code in {diagnostic.code for diagnostic in findings} - page_of.keys()}
    codes = sorted(page_of)
    driver = {
        "name": "provisioner",
        "version": __version__,
        "rules": [_rule_data(code, page_of[code]) for code in codes],
    }
    results = [_result_data(diagnostic, codes.index(diagnostic.code)) for diagnostic in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule_data(code: str, page: CodePage | None) -> dict[str, Any]:
    if page is None:
        return {"id": code}
    rule_data: dict[str, Any] = {
        "id": code,
        "name": page.name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.why or page.summary},
        "help": {"text": page.text()},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
    }
    if page.source and page.source.startswith("https://"):
        rule_data["helpUri"] = page.source
    return rule_data


def _result_data(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    message = diagnostic.message + (f" ({diagnostic.hint})" if diagnostic.hint else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": message},
    }
    position = diagnostic.place
    if position:
        # Columns count from 1 and in code points, as `columnKind` says.
        region = {
            "startLine": position.line,
            "startColumn": position.column,
            "endLine": position.end_line,
            "endColumn": position.end_column,
        }
        location = {"artifactLocation": {"uri": _uri(position.file)}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    # An edit without a file cannot be shown.
    if diagnostic.fix and all(edit.file for edit in diagnostic.edits):
        result["fixes"] = [_fix_data(diagnostic.fix.description, diagnostic.edits)]
    if diagnostic.environments:
        result["properties"] = {"environments": list(diagnostic.environments)}
    return result


def _fix_data(description: str, edits: Iterable[Edit]) -> dict[str, Any]:
    by_file: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        region = {"charOffset": edit.span.start, "charLength": edit.span.end - edit.span.start}
        by_file.setdefault(edit.file or "", []).append(
            {"deletedRegion": region, "insertedContent": {"text": edit.text}}
        )
    changes = [
        {"artifactLocation": {"uri": _uri(file)}, "replacements": replacements}
        for file, replacements in by_file.items()
    ]
    return {"description": {"text": description}, "artifactChanges": changes}


def _uri(file: str) -> str:
    """A file's name as a URI reference."""
    # Relative names stay relative, so that a viewer finds them in its checkout.
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
