"""Names that need `['…']` and stand without: one remark over the whole name in the place of those on its pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.diagnostics import Diagnostic, Edit, Fix, Span
from provisioner.kql.syntax.lexer import tokenize

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_MEMBER = re.compile(r"(?<=[\w\])])\.([^\W\d]\w*(?:-\w+)+)(?![\w-])")


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """A name in the text that needs brackets, and how it is `written`; up to `end` its mistakes are reported."""

    name: str
    span: Span
    end: int
    written: str

    def overlaps(self, other: _Occurrence) -> bool:
        """Whether the two share a character."""
        return self.span.start < other.span.end and other.span.start < self.span.end

    def holds(self, span: Span) -> bool:
        """Whether a remark on this span is about a piece of the name."""
        return self.span.start <= span.start and span.end <= self.end and span.start < span.end


class UnquotedNames:
    """The names in a text that have to stand in brackets, and the text in which they do.

    `columns` are those that the text may read, `diagnostics` what is wrong with it. A name whose pieces have no error
    stays what it is: `a-b` may be a difference.
    """

    def __init__(self, text: str, columns: Iterable[str], diagnostics: Sequence[Diagnostic]) -> None:
        errors = [diagnostic.span for diagnostic in diagnostics if diagnostic.severity == "error"]
        names = [name for name in columns if not _PLAIN_NAME.fullmatch(name) and _can_be_quoted(name)]
        occurrences = list(_find_columns(text, names)) if errors else []
        # a dot and a hyphen may be pieces of a column's name too
        members = (one for one in _find_members(text, diagnostics) if not any(map(one.overlaps, occurrences)))
        occurrences += list(members)
        wrong = [occurrence for occurrence in occurrences if any(occurrence.holds(span) for span in errors)]
        self._text = text
        self._occurrences = sorted(wrong, key=lambda occurrence: occurrence.span)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._occurrences)

    def quoted_text(self) -> str:
        """The text with each of them in brackets."""
        pieces, position = [], 0
        for occurrence in self._occurrences:
            pieces += [self._text[position : occurrence.span.start], occurrence.written]
            position = occurrence.span.end
        return "".join([*pieces, self._text[position:]])

    def remarks(self) -> Iterator[Diagnostic]:
        """A remark for each, with its fix."""
        return map(_remark, self._occurrences)

    def moved_back(self, diagnostic: Diagnostic) -> Diagnostic:
        """A remark on the quoted text, with its fix, at its place in the text itself."""
        fix = diagnostic.fix
        if fix is not None:
            fix = replace(fix, edits=tuple(replace(edit, span=self._original(edit.span)) for edit in fix.edits))
        return replace(diagnostic, span=self._original(diagnostic.span), fix=fix)

    def _original(self, span: Span) -> Span:
        return Span(self._original_position(span.start, at_end=False), self._original_position(span.end, at_end=True))

    def _original_position(self, position: int, *, at_end: bool) -> int:
        shift = 0
        for occurrence in self._occurrences:
            start = occurrence.span.start + shift
            if position <= start:
                break
            end = start + len(occurrence.written)
            if position < end:
                return occurrence.span.end if at_end else occurrence.span.start
            shift = end - occurrence.span.end
        return position - shift


def _can_be_quoted(name: str) -> bool:
    return bool(name) and name.isprintable() and "'" not in name and "\\" not in name


def _find_columns(text: str, names: Sequence[str]) -> Iterator[_Occurrence]:
    """Where a column's name stands in the text as it is, from one token's start to another's end."""
    if not any(name in text for name in names):
        return
    tokens, invalid = tokenize(text)
    pieces = [token for token in tokens if token.kind not in ("string", "typed", "end")]
    starts = {piece.start for piece in pieces} | {piece.start for piece in invalid}
    ends = {piece.end for piece in pieces} | {piece.end for piece in invalid}
    taken: set[int] = set()
    # the longest first: `client-ip-v6` is not `client-ip` with something behind it
    for name in sorted(names, key=len, reverse=True):
        for match in re.finditer(re.escape(name), text):
            start, end = match.span()
            is_member = text[:start].rstrip().endswith(".")
            if start in starts and end in ends and not is_member and taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                yield _Occurrence(name, Span(start, end), _end_with_assignment(text, end), f"['{name}']")


def _end_with_assignment(text: str, end: int) -> int:
    """Behind the `=` that follows a name: an unquoted name before it is reported there."""
    following = re.match(r"\s*=(?![=~])", text[end:])
    return end + following.end() if following else end


def _find_members(text: str, diagnostics: Sequence[Diagnostic]) -> Iterator[_Occurrence]:
    """Members of a dynamic whose name has a hyphen, `d.a-b`, behind which no column of the name stands."""
    unknown = [diagnostic.span for diagnostic in diagnostics if diagnostic.code == "KQL101"]
    for match in _MEMBER.finditer(text) if unknown else ():
        start, end = match.span()
        if any(start < span.start and span.end <= end for span in unknown):
            yield _Occurrence(match[1], Span(start, end), end, f"['{match[1]}']")


def _remark(occurrence: _Occurrence) -> Diagnostic:
    message = f"{occurrence.name!r} is no plain name: it is written ['{occurrence.name}']"
    fix = Fix(f"write {occurrence.written}", (Edit(occurrence.span, occurrence.written),))
    hint = f"write {occurrence.written}"
    return Diagnostic("KQL101", "error", message, occurrence.span, hint=hint, fix=fix, subject=occurrence.name)
