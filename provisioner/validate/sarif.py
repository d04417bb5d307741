"""Diagnostics as SARIF 2.1.0, which GitHub and editors show on the line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from provisioner._version import __version__
from provisioner.diagnostics import Diagnostic, Edit, Severity
from provisioner.validate.catalogue import pages
from provisioner.validate.code_page import Page

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """One run with its results, and the page of each rule that is told or could be."""
    told = list(diagnostics)
    known = {page.code: page for page in pages()}
    codes = sorted({*known, *(each.code for each in told)})
    driver = {
        "name": "provisioner",
        "version": __version__,
        "rules": [_rule(code, known.get(code)) for code in codes],
    }
    results = [_result(each, codes.index(each.code)) for each in told]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str, page: Page | None) -> dict[str, Any]:
    if page is None:
        return {"id": code}
    found: dict[str, Any] = {
        "id": code,
        "name": page.name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.why or page.summary},
        "help": {"text": page.text()},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
    }
    if page.source and page.source.startswith("https://"):
        found["helpUri"] = page.source
    return found


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    message = diagnostic.message + (f" ({diagnostic.hint})" if diagnostic.hint else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": message},
    }
    place = diagnostic.place
    if place:
        region = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        }
        location = {"artifactLocation": {"uri": _uri(place.file)}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    if diagnostic.fix and all(edit.file for edit in diagnostic.edits):
        result["fixes"] = [_fix(diagnostic.fix.description, diagnostic.edits)]
    if diagnostic.environments:
        result["properties"] = {"environments": list(diagnostic.environments)}
    return result


def _fix(description: str, edits: Iterable[Edit]) -> dict[str, Any]:
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
    """A file's name as a URI reference: relative names stay relative, so that a viewer finds them in the checkout."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
