"""A position in the tokens of a text, with the diagnostics of what was read so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provisioner.diagnostics import Diagnostic, Edit, Fix, Span
from provisioner.kql.syntax.lexer import Token, tokenize, unquote_string
from provisioner.kql.vocabulary.dialects import other_language_sign_hint

MAX_NESTING = 100
"""How many brackets may stand open at once; Kusto refuses deep trees too, at a depth it does not document."""

MAX_DIAGNOSTICS = 20
"""How many invalid pieces of a text are reported; a file that is no KQL has thousands."""


class UnreadableSyntax(Exception):
    """Reading cannot go on here; the diagnostic has been added."""


class TokenCursor:
    """The tokens of one text, read from the left; `depth` counts the brackets that stand open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens, invalid = tokenize(text)
        self.index = 0
        self.token = self.tokens[0]
        self.depth = 0
        self.diagnostics: list[Diagnostic] = []
        for piece in invalid[:MAX_DIAGNOSTICS]:
            hint = other_language_sign_hint(text, piece.start)
            span = Span(piece.start, piece.end)
            fix = None if piece.meant is None else Fix(f"write {piece.meant}", (Edit(span, piece.meant),))
            self.report("KQL002", piece.message, span, hint, fix)

    def report(self, code: str, message: str, span: Span, hint: str | None = None, fix: Fix | None = None) -> None:
        """Add an error, unless there are many already or one begins at the same character."""
        # the second error at one character follows from the first
        if len(self.diagnostics) < MAX_DIAGNOSTICS * 2 and all(d.span.start != span.start for d in self.diagnostics):
            self.diagnostics.append(Diagnostic(code, "error", message, span, hint=hint, fix=fix))

    def advance(self) -> Token:
        """The current token; the cursor moves behind it, but never past the end."""
        token = self.token
        if token.kind != "end":
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def peek(self, by: int = 1) -> Token:
        """The token `by` tokens further on; that of the end where there are fewer."""
        return self.tokens[min(self.index + by, len(self.tokens) - 1)]

    def move_to(self, index: int) -> None:
        """Back to a token that was read before, by its index."""
        self.index, self.token = index, self.tokens[index]

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
        """Step over this operator or word; UnreadableSyntax where another token stands here."""
        if not self.at(text):
            raise self.syntax_error(f"{text!r} is missing before {self.describe_token()}", hint)
        return self.advance()

    def expect_name(self, what: str) -> tuple[str, Span]:
        """A plain or bracket-quoted name and its span; UnreadableSyntax where there is none."""
        token = self.token
        if token.kind == "name" and token.text != "in~":
            self.advance()
            return token.text, Span(token.start, token.end)
        quoted = self.accept_quoted_name()
        if quoted is None:
            raise self.syntax_error(f"{what} is missing before {self.describe_token()}")
        return quoted, Span(token.start, self.previous.end)

    def accept_quoted_name(self) -> str | None:
        """The name inside `['…']`, stepped over; None where there is none."""
        if self.token.text == "[" and self.peek().kind == "string" and self.peek(2).text == "]":
            self.advance()
            name = unquote_string(self.advance().text)
            self.advance()
            return name
        return None

    @property
    def previous(self) -> Token:
        """The token before the cursor."""
        return self.tokens[max(self.index - 1, 0)]

    def describe_token(self) -> str:
        """The current token, as a message quotes it."""
        return "the end of the text" if self.token.kind == "end" else repr(self.token.text[:40])

    def syntax_error(self, message: str, hint: str | None = None) -> UnreadableSyntax:
        """Report the current token, or the comma before it behind which nothing stands; the result is to be raised."""
        comma = self.previous
        is_list_end = self.token.kind == "end" or (self.token.kind == "op" and self.token.text in _LIST_ENDS)
        if self.index and comma.kind == "op" and comma.text == "," and is_list_end:
            span = Span(comma.start, comma.end)
            hint = "remove the comma, or write what should stand behind it"
            self.report("KQL001", "nothing stands behind the comma", span, hint, Fix("remove it", (Edit(span, ""),)))
        else:
            hint = other_language_sign_hint(self.text, self.token.start) or hint
            self.report("KQL001", message, Span(self.token.start, self.token.end), hint)
        return UnreadableSyntax()

    @contextmanager
    def nested_bracket(self) -> Iterator[None]:
        """One bracket deeper; UnreadableSyntax where brackets are nested too deeply."""
        self.enter_bracket()
        try:
            yield
        finally:
            self.depth -= 1

    def enter_bracket(self) -> None:
        """One level deeper, the caller lowers `depth` again; UnreadableSyntax where that is too deep."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            span = Span(self.token.start, self.token.end)
            self.report("KQL003", f"brackets are nested more than {MAX_NESTING} deep", span, "name a part with `let`")
            self.move_to(len(self.tokens) - 1)  # the rest of the text would be reported for each bracket
            raise UnreadableSyntax

    def skip_to(self, *delimiters: str) -> None:
        """Move to the next of `delimiters` that is inside no further bracket, or to the end."""
        # a pipe inside of brackets belongs to an inner pipeline; closing brackets may be more than were opened here
        open_brackets = 0
        while self.token.kind != "end":
            text = self.token.text if self.token.kind == "op" else ""
            if text in delimiters and open_brackets <= 0:
                return
            open_brackets += (text in _OPENING) - (text in _CLOSING)
            self.advance()


_LIST_ENDS = frozenset("|;)]},")
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
