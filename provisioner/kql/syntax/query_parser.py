"""Text to tree: statements, pipelines and their operators; carries on behind a mistake."""

from __future__ import annotations

from provisioner.diagnostics import Span
from provisioner.kql.operators import OPERATORS
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.expression_parser import ExpressionReader
from provisioner.kql.syntax.token_cursor import Unreadable
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.suggestions import did_you_mean

_MEANT = {
    "=": "==",
    "&&": "and",
    "and": "and",
    "or": "or",
    "like": "has",
    "contains": "contains",
    "has": "has",
    "in": "in",
}
_SOURCES = frozenset(("print", "datatable", "range", "union"))


class Broken(tree.Operator):
    """An operator that could not be read; what comes behind it is bound on trust."""


class Parser(ExpressionReader):
    """Reads a whole text."""

    def script(self) -> tree.Script:
        """Statements between semicolons, of which the last that is no `let` is the answer."""
        lets: list[tree.Let] = []
        pipeline: tree.Pipeline | None = None
        while self.token.kind != "end":
            if self.accept(";"):
                continue
            self.depth = 0
            try:
                if self.at("let"):
                    lets.append(self._let())
                elif pipeline is None:
                    pipeline = self.pipeline()
                else:
                    raise self.stop("only one pipeline can be the answer", "name the other one with `let`")
                self._ended()
            except Unreadable:
                self.skip_to(";")
        return tree.Script(lets, pipeline, start=0, end=len(self.text))

    def pipeline(self) -> tree.Pipeline:
        """A source of rows and the operators behind it."""
        start = self.token.start
        source = self._source()
        operators: list[tree.Operator] = []
        while self.accept("|"):
            operators.append(self._operator())
        return tree.Pipeline(source, operators, start=start, end=self.previous.end)

    def word(self) -> tuple[str, Span]:
        """The operator's word at the cursor, with its hyphens: `project-away`."""
        token = self.token
        if token.kind != "name":
            hint = "remove the '|' or write the operator; between conditions stands 'or'"
            raise self.stop(f"an operator is missing before {self.found()}", hint)
        text, end = self.advance().text, token.end
        while self.token.text == "-" and self.token.start == end and self.peek().kind == "name":
            if self.peek().start != self.token.end:
                break
            self.advance()
            text, end = f"{text}-{self.token.text}", self.advance().end
        return text, Span(token.start, end)

    def _ended(self) -> None:
        if self.token.kind != "end" and not self.at(";"):
            raise self.stray()

    def stray(self) -> Unreadable:
        """Complain about a token that nothing expects, with what was probably meant."""
        word = _MEANT.get(self.token.text.lower())
        hint = f"write {word!r}" if word is not None and word != self.token.text else None
        return self.stop(f"{self.found()} cannot stand here", hint)

    def _operator(self) -> tree.Operator:
        start, depth = self.token.start, self.depth
        try:
            word, span = self.word()
            kind = OPERATORS.get(word)
            if kind is None:
                self._no_operator(word, span)
                self.skip_to("|", ";", ")", "}")
                return Broken(start=start, end=self.previous.end)
            node: tree.Operator = kind.parse(self)
            if self.token.kind != "end" and self.token.text not in ("|", ";", ")", "}"):
                raise self.stray()
        except Unreadable:
            self.depth = depth
            self.skip_to("|", ";", ")", "}")
            return Broken(start=start, end=self.previous.end)
        node.start, node.end = start, self.previous.end
        return node

    def _no_operator(self, word: str, span: Span) -> None:
        hint = dialects.unknown_operator(word)
        if hint is not None:
            self.complain("KQL201", f"the operator {word!r} is not offered", span, hint)
        else:
            self.complain("KQL001", f"there is no operator {word!r}", span, did_you_mean(word, OPERATORS))

    def _source(self) -> tree.Source:
        token = self.token
        if token.text == "(" and token.kind == "op":
            self.advance()
            with self.nested():
                inner = self.pipeline()
            return tree.Inner(inner, start=token.start, end=self.expect(")").end)
        if token.kind == "name" and token.text in _SOURCES and self.peek().text not in ("|", ";", "", "="):
            return self._made_source()
        name, span = self.expect_name("a table")
        if self.at("(") and token.kind == "name":
            called = self._call(token)
            assert isinstance(called, tree.Call)
            return tree.Invocation(called, start=called.start, end=called.end)
        return tree.TableName(name, start=span.start, end=span.end)

    def _made_source(self) -> tree.Source:
        token = self.advance()
        made: tree.Source
        if token.text == "print":
            made = tree.Print(self.items())
        elif token.text == "datatable":
            made = self._datatable()
        elif token.text == "union":
            made = self.union()
        else:
            made = self._range()
        made.start, made.end = token.start, self.previous.end
        return made

    def _datatable(self) -> tree.Datatable:
        self.expect("(")
        columns = [self._typed_name()]
        while self.accept(","):
            columns.append(self._typed_name())
        self.expect(")")
        self.expect("[")
        values: list[tree.Expression] = []
        while not self.at("]"):
            values.append(self.expression())
            if not self.accept(","):
                break
        self.expect("]")
        return tree.Datatable(columns, values)

    def _typed_name(self) -> tuple[str, str]:
        name, _ = self.expect_name("a column name")
        self.expect(":")
        return name, self.type_word()

    def union(self) -> tree.Union:
        """The options and the tables of a union: names, or pipelines in parentheses, between commas."""
        options = {"kind": "outer", "withsource": "", "isfuzzy": ""}
        while self.token.kind == "name" and self.peek().text == "=":
            name = self.token.text.lower()
            if name not in options:
                raise self.stop(f"{self.token.text!r} is no option of union", f"it has {', '.join(options)}")
            self.advance()
            self.advance()
            options[name] = self.expect_name("a word")[0]
        parts = [self._part()]
        while self.accept(","):
            parts.append(self._part())
        return tree.Union(parts, options["withsource"], options["kind"] == "inner", options["isfuzzy"] == "true")

    def _part(self) -> tree.Pipeline:
        source = self._source()
        return tree.Pipeline(source, [], start=source.start, end=source.end)

    def _range(self) -> tree.Range:
        name, _ = self.expect_name("a column name")
        self.expect("from")
        low = self.expression()
        self.expect("to")
        high = self.expression()
        self.expect("step")
        return tree.Range(name, low, high, self.expression())

    def _let(self) -> tree.Let:
        start = self.advance().start
        name, span = self.expect_name("a name")
        self.expect("=")
        value = self._let_value()
        return tree.Let(name, value, span, start=start, end=self.previous.end)

    def _let_value(self) -> tree.Expression | tree.Pipeline | tree.Body:
        if self.at("view") and self.peek().text == "(":
            self.advance()  # it only lets `union V*` find the function
        if self._at_function():
            return self._body()
        return self._value()

    def _value(self) -> tree.Expression | tree.Pipeline:
        """Rows where a pipe follows or a source's word opens it, else a scalar; a bare name is settled in binding."""
        index, count, depth = self.index, len(self.diagnostics), self.depth
        if self._opens_rows():
            return self.pipeline()
        try:
            scalar: tree.Expression | None = self.expression()
        except Unreadable:
            scalar = None
        if scalar is not None and not self.at("|"):
            return scalar
        if scalar is None and not self._pipe_ahead(index):
            raise Unreadable
        del self.diagnostics[count:]
        self.index, self.token, self.depth = index, self.tokens[index], depth
        return self.pipeline()

    def _pipe_ahead(self, index: int) -> bool:
        """Whether the statement that begins at a token has a pipe before its end."""
        for token in self.tokens[index:]:
            if token.kind == "op" and token.text in ("|", ";"):
                return token.text == "|"
        return False

    def _opens_rows(self) -> bool:
        token, after = self.token, self.peek()
        if token.kind != "name":
            return False
        return (
            (token.text in ("print", "range") and after.kind in ("name", "long", "real", "string"))
            or (token.text == "datatable" and after.text == "(")
            or (token.text == "union" and after.kind in ("name", "op") and after.text not in (";", ")", "}"))
        )

    def _at_function(self) -> bool:
        """`(` … `)` `{`: told from a parenthesised value by what stands inside."""
        if not self.at("("):
            return False
        inside = self.peek()
        if inside.text == ")":
            return self.peek(2).text == "{"
        return inside.kind == "name" and self.peek(2).text == ":"

    def _body(self) -> tree.Body:
        start = self.advance().start
        parameters: list[tree.Parameter] = []
        while not self.at(")"):
            parameters.append(self._parameter())
            if not self.accept(","):
                break
        self.expect(")")
        self.expect("{")
        lets: list[tree.Let] = []
        with self.nested():
            while self.at("let"):
                lets.append(self._let())
                self.expect(";")
            result = self._value()
            self.accept(";")
        end = self.expect("}").end
        return tree.Body(parameters, lets, result, start=start, end=end)

    def _parameter(self) -> tree.Parameter:
        name, span = self.expect_name("a parameter")
        self.expect(":")
        if self.at("("):
            hint = "functions of a transformation take scalar arguments only"
            raise self.stop("a parameter that holds rows is not offered", hint)
        kind = self.type_word()
        default = self.expression() if self.accept("=") else None
        return tree.Parameter(name, kind, default, start=span.start, end=self.previous.end)


def parse(text: str) -> tuple[tree.Script, Parser]:
    """The tree of a text, with the parser that holds what it complained about."""
    parser = Parser(text)
    return parser.script(), parser
