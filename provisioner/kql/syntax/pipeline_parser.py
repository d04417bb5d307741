"""Tokens to pipelines: a source of rows, and the operators behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.diagnostics import Edit, Fix, Span
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.expression_parser import ExpressionParser
from provisioner.kql.syntax.token_cursor import UnreadableSyntax
from provisioner.kql.vocabulary import dialects
from provisioner.suggest import did_you_mean

_REPLACEMENTS = {
    "=": "==",
    "is": "isnull(…)",
    "and": "and",
    "or": "or",
    "like": "has",
    "contains": "contains",
    "has": "has",
    "in": "in",
}
"""What was probably meant by a token, or an operator in other case, that stands where nothing expects it."""

_OPERATOR_ENDS = ("|", ";", ")", "}")
_SOURCE_KEYWORDS = frozenset(("print", "datatable", "range", "union"))


class PipelineParser(ExpressionParser):
    """Parses pipelines; `operators` says how each operator is parsed, by its word."""

    def __init__(self, text: str, operators: OperatorParsers) -> None:
        super().__init__(text)
        self.operators = operators

    def parse_pipeline(self) -> tree.Pipeline:
        """A source of rows and the operators behind it."""
        start = self.token.start
        source = self._parse_source()
        operators: list[tree.Operator] = []
        while self.accept("|"):
            operators.append(self._parse_operator())
        return tree.Pipeline(source, operators, start=start, end=self.previous.end)

    def _parse_operator(self) -> tree.Operator:
        start, depth = self.token.start, self.depth
        try:
            word, span = self.parse_operator_word()
            parse_operator = self.operators.get(word)
            if parse_operator is None:
                self._report_unknown_operator(word, span)
                self.skip_to(*_OPERATOR_ENDS)
                return tree.UnreadableOperator(start=start, end=self.previous.end)
            node = parse_operator(self)
            if self.token.kind != "end" and self.token.text not in _OPERATOR_ENDS:
                raise self.unexpected_token()
        except UnreadableSyntax:
            # the depth of brackets that were left open inside the operator must not count for the next one
            self.depth = depth
            self.skip_to(*_OPERATOR_ENDS)
            return tree.UnreadableOperator(start=start, end=self.previous.end)
        node.start, node.end = start, self.previous.end
        return node

    def parse_operator_word(self) -> tuple[str, Span]:
        """The operator's word at the cursor and where it stands; a word may have hyphens, as `project-away` has."""
        # the lexer cannot tell a hyphen from a minus: here it is one that touches names on both sides
        token = self.token
        if token.kind != "name":
            raise self._missing_operator()
        text, end = self.advance().text, token.end
        while self.token.text == "-" and self.token.start == end and self.peek().kind == "name":
            if self.peek().start != self.token.end:
                break
            self.advance()
            text, end = f"{text}-{self.token.text}", self.advance().end
        return text, Span(token.start, end)

    def _missing_operator(self) -> UnreadableSyntax:
        """Report the pipe behind which no operator stands, or what stands there instead; to be raised."""
        hint = "remove the '|' or write the operator; between conditions stands 'or'"
        pipe = self.previous
        if self.token.kind != "end" or pipe.text != "|":
            return self.syntax_error(f"an operator is missing before {self.describe_token()}", hint)
        span = Span(pipe.start, pipe.end)
        # with the white space before it, which would end the text then
        removed = Span(self.tokens[self.index - 2].end if self.index > 1 else span.start, span.end)
        self.report("KQL001", "no operator stands behind the '|'", span, hint, Fix("remove it", (Edit(removed, ""),)))
        return UnreadableSyntax()

    def unexpected_token(self) -> UnreadableSyntax:
        """Report the token at the cursor, which nothing expects, with what was probably meant; to be raised."""
        replacement = _REPLACEMENTS.get(self.token.text.lower())
        hint = f"write {replacement!r}" if replacement is not None and replacement != self.token.text else None
        if self.index and self.tokens[self.index - 1].text == "not":
            hint = "`not` is a function: write not(…)"
        return self.syntax_error(f"{self.describe_token()} cannot stand here", hint)

    def _report_unknown_operator(self, word: str, span: Span) -> None:
        hint = dialects.unsupported_operator_hint(word)
        if hint is not None:
            self.report("KQL201", f"the operator {word!r} is not offered", span, hint)
        else:
            meant = dialects.other_language_hint(word, "operators") or did_you_mean(word, self.operators)
            self.report("KQL001", f"there is no operator {word!r}", span, meant)

    def _parse_source(self) -> tree.Source:
        token = self.token
        if token.text == "(" and token.kind == "op":
            self.advance()
            with self.nested_bracket():
                pipeline = self.parse_pipeline()
            return tree.ParenthesizedSource(pipeline, start=token.start, end=self.expect(")").end)
        # a table may be called `range` too: the keyword is one where something follows it
        if token.kind == "name" and token.text in _SOURCE_KEYWORDS and self.peek().text not in ("|", ";", "", "="):
            return self._parse_keyword_source()
        name, span = self.expect_name("a table")
        if self.at("(") and token.kind == "name":
            call = self.parse_call(token)
            return tree.FunctionSource(call, start=call.start, end=call.end)
        return tree.TableName(name, start=span.start, end=span.end)

    def _parse_keyword_source(self) -> tree.Source:
        token = self.advance()
        source: tree.Source
        if token.text == "print":
            source = tree.PrintSource(self.parse_items())
        elif token.text == "datatable":
            source = self._parse_datatable()
        elif token.text == "union":
            source = self.parse_union()
        else:
            source = self._parse_range()
        source.start, source.end = token.start, self.previous.end
        return source

    def _parse_datatable(self) -> tree.DatatableSource:
        self.expect("(")
        columns = [self._parse_typed_name()]
        while self.accept(","):
            columns.append(self._parse_typed_name())
        self.expect(")")
        self.expect("[")
        values: list[tree.Expression] = []
        while not self.at("]"):
            values.append(self.parse_expression())
            if not self.accept(","):
                break
        self.expect("]")
        return tree.DatatableSource(columns, values)

    def _parse_typed_name(self) -> tuple[str, str]:
        name, _ = self.expect_name("a column name")
        self.expect(":")
        return name, self.parse_type()

    def parse_union(self) -> tree.UnionSource:
        """The options and the tables of a union: names, or pipelines in parentheses, between commas."""
        options = {"kind": "outer", "withsource": "", "isfuzzy": ""}
        while self.token.kind == "name" and self.peek().text == "=":
            name = self.token.text.lower()
            if name not in options:
                raise self.syntax_error(f"{self.token.text!r} is no option of union", f"it has {', '.join(options)}")
            self.advance()
            self.advance()
            options[name] = self.expect_name("a word")[0]
        tables = [self._parse_union_table()]
        while self.accept(","):
            tables.append(self._parse_union_table())
        return tree.UnionSource(tables, options["withsource"], options["kind"] == "inner", options["isfuzzy"] == "true")

    def _parse_union_table(self) -> tree.Pipeline:
        source = self._parse_source()
        return tree.Pipeline(source, [], start=source.start, end=source.end)

    def _parse_range(self) -> tree.RangeSource:
        name, _ = self.expect_name("a column name")
        self.expect("from")
        low = self.parse_expression()
        self.expect("to")
        high = self.parse_expression()
        self.expect("step")
        return tree.RangeSource(name, low, high, self.parse_expression())


OperatorParsers = Mapping[str, Callable[[PipelineParser], tree.Operator]]
"""What parses each operator, by its word and its other spellings; the cursor stands behind the word."""
