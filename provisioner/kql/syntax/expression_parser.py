"""Tokens to scalar expressions: from `or`, which binds loosest, down to literals and names."""

from __future__ import annotations

from collections.abc import Callable

from provisioner.diagnostics import Span
from provisioner.kql.syntax import literals, tree
from provisioner.kql.syntax.dynamic_value_parser import parse_dynamic_value
from provisioner.kql.syntax.lexer import LITERAL_TYPES, Token, unquote_string
from provisioner.kql.syntax.operator_precedence import (
    BINDING_POWER,
    LIST_OPERATORS,
    MAX_POWER,
    NON_ASSOCIATIVE_POWERS,
    TEXT_OPERATOR_POWER,
)
from provisioner.kql.syntax.token_cursor import TokenCursor
from provisioner.kql.values import Value
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS, TYPE_SPELLINGS, TYPES

_BOOLEANS = {"true": True, "false": False, "True": True, "False": False, "TRUE": True, "FALSE": False}


class ExpressionParser(TokenCursor):
    """A cursor that parses expressions, by the power with which their operators bind."""

    def parse_expression(self, min_power: int = 1) -> tree.Expression:
        """A scalar expression whose operators bind with at least `min_power`; 1 takes every operator."""
        if min_power == 1:
            self.enter_bracket()  # an operand on the right is no new bracket: a long chain is not deep
        # where the operand begins with its bracket, which no node holds: `(a + b) * 2` begins at the bracket
        start = self.token.start
        expression = self._parse_operand()
        max_power = MAX_POWER
        while True:
            power = self._binding_power()
            if not min_power <= power <= max_power:
                self.depth -= min_power == 1
                return expression
            text = self.token.text
            if text in LIST_OPERATORS:
                expression = self._parse_list_test(expression, start)
            elif text in ("between", "!between"):
                expression = self._parse_between(expression, start)
            else:
                expression = self._parse_binary(expression, power, start)
            # a tighter operator behind a looser one would have been taken by the operand on the right
            max_power = power - 1 if power in NON_ASSOCIATIVE_POWERS else power

    def _binding_power(self) -> int:
        """How tightly the operator at the cursor binds; 0 where there is none."""
        token = self.token
        if token.kind not in ("name", "op"):
            return 0
        if token.text == "matches":
            return TEXT_OPERATOR_POWER if self.peek().text == "regex" else 0
        return BINDING_POWER.get(token.text, 0)

    def parse_items(self) -> list[tree.ColumnItem]:
        """`name = expression, expression, …`, at least one."""
        items = [self.parse_item()]
        while self.accept(","):
            items.append(self.parse_item())
        return items

    def parse_item(self) -> tree.ColumnItem:
        """One expression with the name that stands before it, if any."""
        start, index = self.token.start, self.index
        names, span = self._column_names()
        if not names:
            # `a` and `a == 1` begin as `a = 1` does: what follows the name decides
            self.move_to(index)
        value = self.parse_expression()
        return tree.ColumnItem(names, value, span, start=start, end=self.previous.end)

    def parse_type(self) -> str:
        """A type by one of its spellings, as its canonical name."""
        token = self.token
        name = TYPE_SPELLINGS.get(token.text) if token.kind == "name" else None
        if name is None:
            raise self.syntax_error(
                f"a type is missing before {self.describe_token()}", f"the types are {', '.join(TYPES)}"
            )
        self.advance()
        return name

    def _column_names(self) -> tuple[list[str], Span | None]:
        """The names before `=` and their span; none where the item has no name, and then the cursor has strayed."""
        token = self.token
        if token.text == "(":
            return self._column_name_tuple()
        if token.kind == "name":
            self.advance()
            name: str | None = token.text
        else:
            name = self.accept_quoted_name()
        if name is None or self.token.text != "=":
            return [], None
        span = Span(token.start, self.previous.end)
        self.advance()
        return [name], span

    def _column_name_tuple(self) -> tuple[list[str], Span | None]:
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

    def _parse_binary(self, left: tree.Expression, power: int, start: int) -> tree.Expression:
        token = self.advance()
        name = {"<>": "!=", "matches": "matches regex"}.get(token.text, token.text)
        if token.text == "matches":
            self.advance()
        span = Span(token.start, self.previous.end)
        right = self._parse_operand() if power == TEXT_OPERATOR_POWER else self.parse_expression(power + 1)
        return tree.Binary(name, left, right, span, start=start, end=self.previous.end)

    def _parse_list_test(self, operand: tree.Expression, start: int) -> tree.Expression:
        token = self.advance()
        self.expect("(")
        items = [] if self.at(")") else self._parse_arguments()[0]
        end = self.expect(")").end
        return tree.ListTest(token.text, operand, items, Span(token.start, token.end), start=start, end=end)

    def _parse_between(self, operand: tree.Expression, start: int) -> tree.Expression:
        negated = self.advance().text == "!between"
        self.expect("(")
        low = self.parse_expression()
        self.expect("..")
        high = self.parse_expression()
        end = self.expect(")").end
        return tree.Between(negated, operand, low, high, start=start, end=end)

    def _parse_operand(self) -> tree.Expression:
        token = self.token
        if token.text in ("-", "+") and token.kind == "op":
            self.advance()
            self.enter_bracket()
            operand = self._parse_operand()
            self.depth -= 1
            return self._apply_sign(token, operand)
        value = self._parse_primary()
        return self._parse_accesses(value, token.start) if self.token.text in (".", "[") else value

    def _apply_sign(self, token: Token, operand: tree.Expression) -> tree.Expression:
        minus = token.text == "-"
        # -9223372036854775808 is a literal: its digits alone do not fit a long
        if isinstance(operand, tree.Literal) and operand.type in ("long", "real") and operand.value is not None:
            value = -operand.value if minus else operand.value
            return tree.Literal(operand.type, value, start=token.start, end=self.previous.end)
        return tree.Unary(token.text, operand, start=token.start, end=self.previous.end)

    def _parse_accesses(self, value: tree.Expression, start: int) -> tree.Expression:
        while True:
            text = self.token.text if self.token.kind == "op" else ""
            if text == ".":
                value = self._parse_member(value, start)
            elif text == "[":
                self.advance()
                index = self.parse_expression()
                end = self.expect("]").end
                value = tree.IndexAccess(value, index, start=start, end=end)
            else:
                return value

    def _parse_member(self, value: tree.Expression, start: int) -> tree.Expression:
        self.advance()
        if self.at("[") and not (self.peek().kind == "string" and self.peek(2).text == "]"):
            self.advance()
            index = self.parse_expression()
            return tree.IndexAccess(value, index, start=start, end=self.expect("]").end)
        name, span = self.expect_name("a member's name")
        return tree.MemberAccess(value, name, start=start, end=span.end)

    def _parse_primary(self) -> tree.Expression:
        token = self.token
        kind = token.kind
        if kind == "name":
            return self._parse_name_or_call(token)
        if kind == "string":
            return self._parse_string()
        if kind in ("long", "real", "hex", "span"):
            self.advance()
            return self._read_literal(token, lambda: literals.read_number(kind, token.text))
        if kind == "typed":
            self.advance()
            return self._read_literal(token, lambda: literals.read_typed_literal(token.text))
        if token.text == "(":
            self.advance()
            inner = self.parse_expression()
            self.expect(")")
            return inner
        if token.text == "*":
            self.advance()
            return tree.Star(start=token.start, end=token.end)
        name = self.accept_quoted_name()
        if name is None:
            raise self.syntax_error(f"an expression is missing before {self.describe_token()}")
        return tree.Name(name, quoted=True, start=token.start, end=self.previous.end)

    def _read_literal(self, token: Token, read_literal: Callable[[], tuple[str, Value]]) -> tree.Expression:
        try:
            type_name, value = read_literal()
        except literals.InvalidLiteral as error:
            word = token.text.partition("(")[0].strip()
            type_name = LITERAL_TYPES.get(word, "long")
            hint = (
                f"{word}() holds a literal; {CAST_FUNCTIONS[type_name]}() converts a value"
                if token.kind == "typed" and type_name in CAST_FUNCTIONS
                else None
            )
            self.report("KQL004", str(error), Span(token.start, token.end), hint)
            value = None
        return tree.Literal(type_name, value, start=token.start, end=token.end)

    def _parse_string(self) -> tree.Expression:
        start, parts = self.token.start, []
        while self.token.kind == "string":
            parts.append(unquote_string(self.advance().text))
        return tree.Literal("string", "".join(parts), start=start, end=self.previous.end)

    def _parse_name_or_call(self, token: Token) -> tree.Expression:
        self.advance()
        is_call = self.token.text == "(" and self.token.kind == "op"
        if is_call and token.text == "dynamic":
            return self._parse_dynamic(token)
        if is_call and token.text == "typeof":
            self.advance()
            type_name = self.parse_type()
            return tree.TypeOf(type_name, start=token.start, end=self.expect(")").end)
        if is_call:
            return self.parse_call(token)
        if token.text in _BOOLEANS:
            return tree.Literal("bool", _BOOLEANS[token.text], start=token.start, end=token.end)
        return tree.Name(token.text, start=token.start, end=token.end)

    def parse_call(self, token: Token) -> tree.Call:
        """A call of the function that `token` names; the cursor stands at the parenthesis."""
        self.advance()
        arguments, labels = ([], []) if self.at(")") else self._parse_arguments()
        end = self.expect(")").end
        return tree.Call(token.text, arguments, labels, Span(token.start, token.end), start=token.start, end=end)

    def _parse_arguments(self) -> tuple[list[tree.Expression], list[str]]:
        arguments: list[tree.Expression] = []
        labels: list[str] = []
        while True:
            labels.append(self._parse_label())
            arguments.append(self.parse_expression())
            if not self.accept(","):
                return arguments, labels

    def _parse_label(self) -> str:
        if self.token.kind == "name" and self.peek().text == "=" and self.peek().kind == "op":
            label = self.advance().text
            self.advance()
            return label
        return ""

    def _parse_dynamic(self, token: Token) -> tree.Expression:
        self.advance()
        try:
            value = parse_dynamic_value(self)
        except literals.InvalidLiteral as error:
            self.report("KQL004", str(error), Span(token.start, self.token.end))
            value = None
        return tree.Literal("dynamic", value, start=token.start, end=self.expect(")").end)
