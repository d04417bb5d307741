"""The fix that puts a function around an expression, such as a cast."""

from __future__ import annotations

from provisioner.diagnostics import Edit, Fix, Span


def wrap_in_function(span: Span, text: str, function: str) -> Fix:
    """The fix that puts a function around a piece of the text."""
    return Fix(f"wrap it in {function}()", (Edit(span, f"{function}({text[span.start : span.end]})"),))
