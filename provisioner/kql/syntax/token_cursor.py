"""A place in a row of tokens, with the complaints made on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provisioner.diagnostics import Diagnostic, Span
from provisioner.kql.syntax.lexer import Token, tokenize

DEEPEST = 100
"""How many brackets may stand open at once; Kusto refuses deep trees too, at a depth it does not document."""

MOST_COMPLAINTS = 20


class Unreadable(Exception):
    """Reading cannot go on here; the complaint has been made."""


class Cursor:
    """Tokens of one text, read from the left."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens, flaws = tokenize(text)
        self.index = 0
        self.token = self.tokens[0]
        self.depth = 0
        self.diagnostics: list[Diagnostic] = []
        for flaw in flaws[:MOST_COMPLAINTS]:
            hint = "write 'and'" if text[flaw.start : flaw.start + 1] == "&" else None
            self.complain("KQL002", flaw.message, Span(flaw.start, flaw.end), hint)

    def complain(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        """Remember an error, unless there are many already or one stands at the same place."""
        if len(self.diagnostics) < MOST_COMPLAINTS * 2 and all(d.span.start != span.start for d in self.diagnostics):
            self.diagnostics.append(Diagnostic(code, "error", message, span, hint=hint))

    def advance(self) -> Token:
        """The current token; the cursor moves behind it, but never past the end."""
        token = self.token
        if token.kind != "end":
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def peek(self, by: int = 1) -> Token:
        """The token `by` places further on."""
        return self.tokens[min(self.index + by, len(self.tokens) - 1)]

    def at(self, text: str) -> bool:
        """Whether the current token is this operator or word."""
        return self.token.text == text and self.token.kind in ("op", "name")

    def accept(self, text: str) -> bool:
        """Step over this operator or word if it is next."""
        if self.at(text):
            self.advance()
            return True
        return False

    def expect(self, text: str, hint: str | None = None) -> Token:
        """Step over this operator or word, or stop reading with a complaint."""
        if not self.at(text):
            raise self.stop(f"{text!r} is missing before {self.found()}", hint)
        return self.advance()

    def expect_name(self, what: str) -> tuple[str, Span]:
        """A plain or bracket-quoted name, or stop reading with a complaint."""
        token = self.token
        if token.kind == "name" and token.text != "in~":
            self.advance()
            return token.text, Span(token.start, token.end)
        quoted = self.quoted_name()
        if quoted is None:
            raise self.stop(f"{what} is missing before {self.found()}")
        return quoted, Span(token.start, self.previous.end)

    def quoted_name(self) -> str | None:
        """The name inside `['…']`, stepped over; None where there is none."""
        from provisioner.kql.syntax.lexer import unquote

        if self.token.text == "[" and self.peek().kind == "string" and self.peek(2).text == "]":
            self.advance()
            name = unquote(self.advance().text)
            self.advance()
            return name
        return None

    @property
    def previous(self) -> Token:
        """The token before the cursor."""
        return self.tokens[max(self.index - 1, 0)]

    def found(self) -> str:
        """The current token, as a message names it."""
        return "the end of the text" if self.token.kind == "end" else repr(self.token.text[:40])

    def stop(self, message: str, hint: str | None = None) -> Unreadable:
        """Complain about the current token; the result is to be raised."""
        self.complain("KQL001", message, Span(self.token.start, self.token.end), hint)
        return Unreadable()

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One bracket deeper; too deep is a complaint instead of an overflow."""
        self.enter()
        try:
            yield
        finally:
            self.depth -= 1

    def enter(self) -> None:
        """One level deeper; the caller steps back out by lowering `depth`."""
        self.depth += 1
        if self.depth > DEEPEST:
            span = Span(self.token.start, self.token.end)
            self.complain("KQL003", f"brackets are nested more than {DEEPEST} deep", span, "name a part with `let`")
            self.index = len(self.tokens) - 1
            self.token = self.tokens[self.index]
            raise Unreadable

    def skip_to(self, *stops: str) -> None:
        """Move to the next of `stops` that is inside no further bracket, or to the end."""
        open_brackets = 0
        while self.token.kind != "end":
            text = self.token.text if self.token.kind == "op" else ""
            if text in stops and open_brackets <= 0:
                return
            open_brackets += (text in _OPEN) - (text in _CLOSE)
            self.advance()


_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")
