"""What is wrong with a transform, in the service's words where they were recorded, with the place in the transform."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.diagnostics import Diagnostic

_FORM_BY_CODE = {
    "KQL001": "extraneous_input",
    "KQL002": "extraneous_input",
    "KQL101": "undefined_symbol",
    "KQL102": "undefined_symbol",
    "KQL103": "unknown_function",
    "KQL202": "unknown_function",
}
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def compile_error(transform: str, diagnostics: Sequence[Diagnostic]) -> str:
    """The service's message about a transform with errors: the first one, those of syntax before those of meaning."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]
    # a text that cannot be parsed is never bound
    first = min(errors, key=lambda error: (not _is_syntax(error), error.span))
    forms = load_facts("emulator.yaml")["transform_errors"]["forms"]
    before = transform[: first.span.start]
    place = {"line": before.count("\n") + 1, "column": first.span.start - (before.rfind("\n") + 1) + 1}
    form, symbol = _FORM_BY_CODE.get(first.code), _symbol(transform[first.span.start : first.span.end])
    if form == "undefined_symbol" and not _IDENTIFIER.match(symbol) and transform[first.span.start] != "[":
        form, symbol = "extraneous_input", symbol[:1]
    if form is None or not symbol:
        form = "other_syntax" if _is_syntax(first) else "other_meaning"
    return str(forms[form]).format(**place, symbol=symbol, message=first.message)


def _is_syntax(error: Diagnostic) -> bool:
    return error.code.startswith("KQL0")


def _symbol(piece: str) -> str:
    """What a piece of the text names, as the service prints it: without brackets; of `a-b` the first half."""
    if piece.startswith("["):
        return piece.strip("[]").strip("'\"")
    match = _IDENTIFIER.match(piece)
    return match.group() if match else piece
