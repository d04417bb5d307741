"""Reading scalar expressions: from `or` down to literals and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span
from provisioner.kql.syntax import literals, tree
from provisioner.kql.syntax.lexer import LITERAL_TYPES, unquote
from provisioner.kql.syntax.token_cursor import Cursor
from provisioner.kql.vocabulary.scalar_types import CASTS, TYPE_WORDS

if TYPE_CHECKING:
    from provisioner.kql.syntax.lexer import Token

STRING_OPERATORS = frozenset(
    f"{negation}{word}{case}"
    for negation in ("", "!")
    for word in ("contains", "has", "startswith", "endswith", "hasprefix", "hassuffix")
    for case in ("", "_cs")
) | {"=~", "!~"}
LISTS = frozenset(("in", "!in", "in~", "!in~", "has_any", "has_all"))
BINDING = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("==", "!=", "<>", "between", "!between", *LISTS), 3),
    **dict.fromkeys(("<", ">", "<=", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
    **dict.fromkeys(STRING_OPERATORS, 7),
}
"""How tightly each binary operator binds; text operators bind more tightly than arithmetic."""

_SINGLE = frozenset((3, 4))  # a == b == c is refused: equality and relation take two operands
_TIGHTEST = 7
_BOOLS = {"true": True, "false": False, "True": True, "False": False, "TRUE": True, "FALSE": False}


class ExpressionReader(Cursor):
    """A cursor that reads expressions, loosest binding first."""

    def expression(self, loosest: int = 1) -> tree.Expression:
        """A scalar expression whose operators bind at least as tightly as `loosest`; 1 takes every operator."""
        if loosest == 1:
            self.enter()
        left = self._operand()
        tightest = 9
        while True:
            binding = self._binding()
            if not loosest <= binding <= tightest:
                self.depth -= loosest == 1
                return left
            text = self.token.text
            if text in LISTS:
                left = self._among(left)
            elif text in ("between", "!between"):
                left = self._between(left)
            else:
                left = self._binary(left, binding)
            tightest = binding - 1 if binding in _SINGLE else binding

    def _binding(self) -> int:
        """How tightly the operator at the cursor binds; 0 where there is none."""
        token = self.token
        if token.kind not in ("name", "op"):
            return 0
        if token.text == "matches":
            return 7 if self.peek().text == "regex" else 0
        return BINDING.get(token.text, 0)

    def items(self) -> list[tree.Item]:
        """`name = expression, expression, …`, at least one."""
        found = [self.item()]
        while self.accept(","):
            found.append(self.item())
        return found

    def item(self) -> tree.Item:
        """One expression with the name it is given, if any."""
        start, index = self.token.start, self.index
        names, span = self._assigned()
        if not names:
            self.index, self.token = index, self.tokens[index]
        value = self.expression()
        return tree.Item(names, value, span, start=start, end=self.previous.end)

    def names(self, what: str = "a column name") -> list[tuple[str, Span]]:
        """Names between commas, at least one."""
        found = [self.expect_name(what)]
        while self.accept(","):
            found.append(self.expect_name(what))
        return found

    def type_word(self) -> str:
        """A type by one of its spellings."""
        token = self.token
        name = TYPE_WORDS.get(token.text) if token.kind == "name" else None
        if name is None:
            raise self.stop(f"a type is missing before {self.found()}", f"the types are {', '.join(_TYPE_NAMES)}")
        self.advance()
        return name

    def _assigned(self) -> tuple[list[str], Span | None]:
        token = self.token
        if token.text == "(":
            return self._assigned_tuple()
        if token.kind == "name":
            self.advance()
            name: str | None = token.text
        else:
            name = self.quoted_name()
        if name is None or self.token.text != "=":
            return [], None
        span = Span(token.start, self.previous.end)
        self.advance()
        return [name], span

    def _assigned_tuple(self) -> tuple[list[str], Span | None]:
        start = self.advance().start
        names: list[str] = []
        while self.token.kind == "name":
            names.append(self.advance().text)
            if not self.accept(","):
                break
        if names and self.accept(")") and self.at("="):
            self.advance()
            return names, Span(start, self.previous.end)
        return [], None

    def _binary(self, left: tree.Expression, binding: int) -> tree.Expression:
        token = self.advance()
        name = {"<>": "!=", "matches": "matches regex"}.get(token.text, token.text)
        if token.text == "matches":
            self.advance()
        span = Span(token.start, self.previous.end)
        right = self._operand() if binding == _TIGHTEST else self.expression(binding + 1)
        return tree.Binary(name, left, right, span, start=left.start, end=right.end)

    def _among(self, left: tree.Expression) -> tree.Expression:
        token = self.advance()
        self.expect("(")
        items = [] if self.at(")") else self._arguments()[0]
        end = self.expect(")").end
        return tree.Among(token.text, left, items, Span(token.start, token.end), start=left.start, end=end)

    def _between(self, left: tree.Expression) -> tree.Expression:
        negated = self.advance().text == "!between"
        self.expect("(")
        low = self.expression()
        self.expect("..")
        high = self.expression()
        end = self.expect(")").end
        return tree.Between(negated, left, low, high, start=left.start, end=end)

    def _operand(self) -> tree.Expression:
        token = self.token
        if token.text in ("-", "+") and token.kind == "op":
            self.advance()
            self.enter()
            operand = self._operand()
            self.depth -= 1
            return self._signed(token, operand)
        value = self._primary()
        return self._postfix(value) if self.token.text in (".", "[") else value

    def _signed(self, token: Token, operand: tree.Expression) -> tree.Expression:
        minus = token.text == "-"
        if isinstance(operand, tree.Literal) and operand.type in ("long", "real") and operand.value is not None:
            value = -operand.value if minus else operand.value
            return tree.Literal(operand.type, value, start=token.start, end=operand.end)
        return tree.Unary(token.text, operand, start=token.start, end=operand.end)

    def _postfix(self, value: tree.Expression) -> tree.Expression:
        while True:
            text = self.token.text if self.token.kind == "op" else ""
            if text == ".":
                value = self._member(value)
            elif text == "[":
                self.advance()
                index = self.expression()
                end = self.expect("]").end
                value = tree.Index(value, index, start=value.start, end=end)
            else:
                return value

    def _member(self, value: tree.Expression) -> tree.Expression:
        self.advance()
        if self.at("[") and not (self.peek().kind == "string" and self.peek(2).text == "]"):
            self.advance()
            index = self.expression()
            return tree.Index(value, index, start=value.start, end=self.expect("]").end)
        name, span = self.expect_name("a member's name")
        return tree.Member(value, name, start=value.start, end=span.end)

    def _primary(self) -> tree.Expression:
        token = self.token
        kind = token.kind
        if kind == "name":
            return self._word(token)
        if kind == "string":
            return self._text()
        if kind in ("long", "real", "hex", "span"):
            self.advance()
            return self._literal(token, lambda: literals.number(kind, token.text))
        if kind == "typed":
            self.advance()
            return self._literal(token, lambda: literals.typed(token.text))
        if token.text == "(":
            self.advance()
            inside = self.expression()
            self.expect(")")
            return inside
        if token.text == "*":
            self.advance()
            return tree.Star(start=token.start, end=token.end)
        name = self.quoted_name()
        if name is None:
            raise self.stop(f"an expression is missing before {self.found()}", _hint(token))
        return tree.Name(name, quoted=True, start=token.start, end=self.previous.end)

    def _literal(self, token: Token, read: Any) -> tree.Expression:
        try:
            kind, value = read()
        except literals.BadLiteral as error:
            word = token.text.partition("(")[0].strip()
            known = LITERAL_TYPES.get(word, "long")
            hint = (
                f"{word}() holds a literal; {CASTS[known]}() converts a value"
                if token.kind == "typed" and known in CASTS
                else None
            )
            self.complain("KQL004", str(error), Span(token.start, token.end), hint)
            kind, value = known, None
        return tree.Literal(kind, value, start=token.start, end=token.end)

    def _text(self) -> tree.Expression:
        start, parts = self.token.start, []
        while self.token.kind == "string":
            parts.append(unquote(self.advance().text))
        return tree.Literal("string", "".join(parts), start=start, end=self.previous.end)

    def _word(self, token: Token) -> tree.Expression:
        self.advance()
        called = self.token.text == "(" and self.token.kind == "op"
        if called and token.text == "dynamic":
            return self._dynamic(token)
        if called and token.text == "typeof":
            self.advance()
            name = self.type_word()
            return tree.TypeOf(name, start=token.start, end=self.expect(")").end)
        if called:
            return self._call(token)
        if token.text in _BOOLS:
            return tree.Literal("bool", _BOOLS[token.text], start=token.start, end=token.end)
        return tree.Name(token.text, start=token.start, end=token.end)

    def _call(self, token: Token) -> tree.Expression:
        self.advance()
        arguments, labels = ([], []) if self.at(")") else self._arguments()
        end = self.expect(")").end
        return tree.Call(token.text, arguments, labels, Span(token.start, token.end), start=token.start, end=end)

    def _arguments(self) -> tuple[list[tree.Expression], list[str]]:
        arguments: list[tree.Expression] = []
        labels: list[str] = []
        while True:
            labels.append(self._label())
            arguments.append(self.expression())
            if not self.accept(","):
                return arguments, labels

    def _label(self) -> str:
        if self.token.kind == "name" and self.peek().text == "=" and self.peek().kind == "op":
            label = self.advance().text
            self.advance()
            return label
        return ""

    def _dynamic(self, token: Token) -> tree.Expression:
        self.advance()
        try:
            value = self._dynamic_value()
        except literals.BadLiteral as error:
            self.complain("KQL004", str(error), Span(token.start, self.token.end))
            value = None
        return tree.Literal("dynamic", value, start=token.start, end=self.expect(")").end)

    def _dynamic_value(self) -> Any:
        from provisioner.kql.syntax.dynamic_value_parser import dynamic_value

        return dynamic_value(self)


_TYPE_NAMES = ("bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic")


def _hint(token: Token) -> str | None:
    if token.text in (",", "|") or token.kind == "end":
        return "remove the comma before it, or write what should stand there"
    return None
