"""Hints for the messages of the YAML parser (libyaml, which PyYAML wraps), in the terms of a manifest's author."""

from __future__ import annotations

import yaml as pyyaml


def parser_hint(error: pyyaml.MarkedYAMLError) -> str:
    """The most likely cause of a parser error and its remedy."""
    # libyaml has no error codes: its texts, the same since 2006, are all there is to tell errors apart.
    problem = str(error.problem)
    if "mapping values are not allowed" in problem:
        return "quote a text that holds `: `, or check the indentation"
    if "cannot start any token" in problem:
        return "quote a text that starts with a special character (@ ` % & * ! | > { [)"
    if "could not find expected ':'" in problem:
        return "a key needs a colon and a space after it; check quotes and indentation above"
    if "did not find expected" in problem and ("',' or" in problem or "block end" in problem):
        return f"check the indentation, and the brackets and quotes above{_opening_line(error)}"
    if "found unexpected end of stream" in problem:
        return "a quote or a bracket is never closed"
    return "check quotes, brackets and indentation here and on the line above"


def _opening_line(error: pyyaml.MarkedYAMLError) -> str:
    """` since line N`: where the construct that is not closed begins."""
    return f" since line {error.context_mark.line + 1}" if error.context_mark else ""
