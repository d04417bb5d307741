"""Errors of the log query API, in its shape: BadArgumentError with inner errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provisioner.diagnostics import Diagnostic


def bad_argument(message: str) -> ApiError:
    """400 BadArgumentError for what is wrong with the request."""
    return _bad_argument({"code": "SyntaxError", "message": message})


def query_error(text: str, diagnostics: Iterable[Diagnostic]) -> ApiError:
    """400 BadArgumentError for the first error among the diagnostics of a query's text, with its line and position."""
    first = next(diagnostic for diagnostic in diagnostics if diagnostic.severity == "error")
    before = text[: first.span.start]
    is_syntax = first.code.startswith("KQL0")
    innermost = {
        "code": "SYN0002" if is_syntax else "SEM0100",
        "message": first.message,
        "line": before.count("\n") + 1,
        "pos": first.span.start - (before.rfind("\n") + 1),
        "token": text[first.span.start : first.span.end],
    }
    if is_syntax:
        inner = {"code": "SyntaxError", "message": "A syntax error has been identified in the query."}
    else:
        inner = {"code": "SemanticError", "message": "A semantic error occurred."}
    return _bad_argument({**inner, "innererror": innermost})


def _bad_argument(inner: dict[str, Any]) -> ApiError:
    return ApiError(400, "BadArgumentError", "The request had some invalid properties", innererror=inner)
