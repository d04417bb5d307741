"""Making of diagnostics: at nodes, at unreadable files, with a guess at what was meant."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.diagnostics import Diagnostic, Fix, Place, Severity, Span
from provisioner.load.schema.source_map import outline
from provisioner.load.yaml.nodes import Node
from provisioner.load.yaml.source_text import Source, Unreadable


def at_node(
    code: str,
    message: str,
    node: Node,
    hint: str | None = None,
    *,
    severity: Severity = "error",
    fix: Fix | None = None,
) -> Diagnostic:
    """A remark about a value or a key."""
    return Diagnostic(code, severity, message, node.source.span(node.start, node.end), outline(node), hint, fix)


def unreadable(error: Unreadable, shown: str, node: Node | None = None) -> Diagnostic:
    """A remark about a file: at the words that name it, or in the file itself where its text is at fault."""
    if node is not None and not error.text:
        return at_node(error.code, error.message, node, error.hint)
    before = error.text[: error.offset]
    line = before.count("\n") + 1
    column = error.offset - (before.rfind("\n") + 1) + 1
    place = Place(shown, line, column, line, column + 1)
    return Diagnostic(error.code, "error", error.message, Span(error.offset, error.offset + 1), place, error.hint)


def at_start(code: str, message: str, source: Source, hint: str | None = None) -> Diagnostic:
    """A remark about a whole file."""
    return Diagnostic(code, "error", message, Span(0, 0), source.place(0, 0), hint)


def guess(word: str, known: Iterable[str]) -> str | None:
    """`did you mean 'x'?` for the known word that is nearest."""
    meant = nearest(word, known)
    return f"did you mean {meant!r}?" if meant else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    from difflib import get_close_matches

    words = {each.lower(): each for each in known}
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return words[near[0]] if near else None


def choices(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
