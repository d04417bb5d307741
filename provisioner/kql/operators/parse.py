"""`parse`: columns cut out of a text by a pattern of constants and captures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import Bound, Column, compose
from provisioner.kql.ir.scope import Assign, Step
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.operators.parse_pattern import Capture, Matcher, Piece, Skip, matcher
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import unquote
from provisioner.kql.vocabulary import dialects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser

_FLAGS = frozenset("imsU")


@operator("parse")
class Parse(tree.Operator):
    """`parse kind=regex flags=i text with * "constant" capture: type …`."""

    kind: str
    flags: str
    text: tree.Expression
    pieces: list[Piece]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """The kind, the flags, the text and the pattern behind `with`."""
        kind = _option(parser, "kind", "simple")
        if kind not in ("simple", "regex", "relaxed"):
            raise parser.stop(f"{kind!r} is no kind of parse", "it is simple, regex or relaxed")
        flags = _option(parser, "flags", "")
        text = parser.expression()
        parser.expect("with")
        return cls(kind, flags, text, _pieces(parser))

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """All columns, and one for each capture; a text that does not match leaves them null."""
        text = cast(binder.expression(self.text, scope.over(rows)), "string")
        captures = [piece for piece in self.pieces if isinstance(piece, Capture)]
        self._check(binder, captures)
        match = self._matcher(binder)
        if match is None:
            return _trusting(rows, captures)
        return extract(binder, rows, text, match, [(capture.name, capture.type, capture.span) for capture in captures])

    def _check(self, binder: Binder, captures: Sequence[Capture]) -> None:
        most = dialects.limit("parse_columns")
        if binder.dialect == "transform" and len(captures) > most:
            message = f"this parse extracts {len(captures)} columns; Azure documents {most} as the most in one parse"
            binder.report(
                "KQL204",
                message,
                captures[most].span,
                severity="warning",
                hint="continue with a second `parse`",
                source=dialects.source("list"),
            )
        wrong = set(self.flags) - _FLAGS
        if wrong:
            binder.report(
                "KQL007", f"unknown flags {''.join(sorted(wrong))!r}", self.span, hint="they are i, m, s and U"
            )
        for piece, after in zip(self.pieces, self.pieces[1:], strict=False):
            if isinstance(piece, Capture) and piece.type == "string" and isinstance(after, (Skip, Capture)):
                message = f"nothing says where {piece.name!r} ends"
                binder.report("KQL001", message, piece.span, hint="put a constant behind a string")

    def _matcher(self, binder: Binder, *, required: bool = False) -> Matcher | None:
        try:
            return matcher(self.kind, self.flags, self.pieces, required=required)
        except values.BadRegex as error:
            binder.bad_regex(error, self.span)
            return None


def extract(
    binder: Binder,
    rows: Rows,
    text: Bound,
    match: Matcher,
    captured: Sequence[tuple[str, str, Span]],
    *,
    filters: Sequence[Step] = (),
    variable: str | None = None,
) -> Rows:
    """The rows with a column for each part that `match` gives of the text."""
    columns = dict(rows.columns)
    whole = variable or binder.variable("p")
    found = compose("strict", "parts", "{match}({0})", [text], helpers={"match": match}, nullable=False, span=text.span)
    steps: list[Step] = [Assign(whole, found), *filters]
    parts = Bound(
        "variable", "parts", whole, nullable=False, reads=text.reads, volatile=text.volatile, span=text.span
    )  # fmt: skip
    seen: set[str] = set()
    for place, (name, kind, span) in enumerate(captured):
        if name in seen:
            binder.report("KQL104", f"the column {name!r} is made twice", span, hint="give one another name")
        seen.add(name)
        word = binder.variable()
        value = compose("free", kind, f"{{0}}[{place}]", [parts], nullable=True, span=span)
        steps.append(Assign(word, value))
        columns[name] = Column(name, kind, word, value.reads, value.volatile, span)
        binder.made(name, span, value)
    return rows.then(columns, *steps)


def _trusting(rows: Rows, captures: Sequence[Capture]) -> Rows:
    """The columns alone, where the pattern has been complained about."""
    made = {capture.name: Column(capture.name, capture.type, "(None)", span=capture.span) for capture in captures}
    return rows.then({**rows.columns, **made})


def _option(parser: Parser, name: str, default: str) -> str:
    """`name=word`, as one token or as a string."""
    if not (parser.at(name) and parser.peek().text == "="):
        return default
    parser.advance()
    parser.advance()
    token = parser.advance()
    return unquote(token.text) if token.kind == "string" else token.text


def _pieces(parser: Parser) -> list[Piece]:
    pieces: list[Piece] = []
    while parser.token.kind != "end" and parser.token.text not in ("|", ";", ")", "}"):
        token = parser.token
        if parser.accept("*"):
            pieces.append(Skip())
        elif token.kind == "string":
            parser.advance()
            constant = unquote(token.text)
            if pieces and isinstance(pieces[-1], str):
                constant = f"{pieces.pop()}{constant}"
            pieces.append(constant)
        else:
            name, span = parser.expect_name("a column name")
            kind = parser.type_word() if parser.accept(":") else "string"
            pieces.append(Capture(name, kind, Span(span.start, parser.previous.end)))
    if not any(isinstance(piece, Capture) for piece in pieces):
        raise parser.stop("the pattern captures nothing", 'write `with "constant" Column`')
    return pieces
