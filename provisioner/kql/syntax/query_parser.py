"""Text to tree: statements, pipelines and their operators; goes on behind a mistake, to find the next one too."""

from __future__ import annotations

from provisioner.diagnostics import Diagnostic
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import OperatorParsers, PipelineParser
from provisioner.kql.syntax.token_cursor import UnreadableSyntax


def parse_query(text: str, operators: OperatorParsers) -> tuple[tree.Script, list[Diagnostic]]:
    """The tree of a text, and what is wrong with it; never raises, an unreadable piece is left out of the tree."""
    parser = QueryParser(text, operators)
    return parser.parse_script(), parser.diagnostics


class QueryParser(PipelineParser):
    """Parses a whole text: `let` statements, user functions, and the pipeline that is the answer."""

    def parse_script(self) -> tree.Script:
        """Statements between semicolons: any number of `let`, and one pipeline, which is the answer."""
        lets: list[tree.Let] = []
        pipeline: tree.Pipeline | None = None
        while self.token.kind != "end":
            if self.accept(";"):
                continue
            self.depth = 0  # brackets that a statement left open do not count for the next one
            try:
                if self.at("let"):
                    lets.append(self._parse_let())
                elif pipeline is None:
                    pipeline = self.parse_pipeline()
                else:
                    raise self.syntax_error("only one pipeline can be the answer", "name the other one with `let`")
                self._expect_statement_end()
            except UnreadableSyntax:
                self.skip_to(";")
        return tree.Script(lets, pipeline, start=0, end=len(self.text))

    def _expect_statement_end(self) -> None:
        if self.token.kind != "end" and not self.at(";"):
            raise self.unexpected_token()

    def _parse_let(self) -> tree.Let:
        start = self.advance().start
        name, span = self.expect_name("a name")
        self.expect("=")
        value = self._parse_let_value()
        return tree.Let(name, value, span, start=start, end=self.previous.end)

    def _parse_let_value(self) -> tree.Expression | tree.Pipeline | tree.FunctionBody:
        if self.at("view") and self.peek().text == "(":
            self.advance()  # `view` only lets `union V*` find the function, which is not offered
        if self._starts_function():
            return self._parse_function_body()
        return self._parse_value()

    def _parse_value(self) -> tree.Expression | tree.Pipeline:
        """Rows where a pipe follows or a source's keyword opens it, else a scalar.

        A bare name is read as a scalar; binding knows whether it stands for rows.
        """
        # `let a = b | …` shows only behind its first expression that it is rows: read as a scalar first, then again
        index, diagnostic_count, depth = self.index, len(self.diagnostics), self.depth
        if self._starts_source():
            return self.parse_pipeline()
        try:
            scalar: tree.Expression | None = self.parse_expression()
        except UnreadableSyntax:
            scalar = None
        if scalar is not None and not self.at("|"):
            return scalar
        if scalar is None and not self._statement_has_pipe(index):
            raise UnreadableSyntax
        # read again as a pipeline: what was reported on the way to a scalar is not wrong
        del self.diagnostics[diagnostic_count:]
        self.depth = depth
        self.move_to(index)
        return self.parse_pipeline()

    def _statement_has_pipe(self, index: int) -> bool:
        """Whether the statement that begins at a token has a pipe before its end."""
        for token in self.tokens[index:]:
            if token.kind == "op" and token.text in ("|", ";"):
                return token.text == "|"
        return False

    def _starts_source(self) -> bool:
        token, after = self.token, self.peek()
        if token.kind != "name":
            return False
        return (
            (token.text in ("print", "range") and after.kind in ("name", "long", "real", "string"))
            or (token.text == "datatable" and after.text == "(")
            or (token.text == "union" and after.kind in ("name", "op") and after.text not in (";", ")", "}"))
        )

    def _starts_function(self) -> bool:
        """Whether `(` opens the parameters of a function: a value in parentheses begins otherwise."""
        if not self.at("("):
            return False
        first = self.peek()
        if first.text == ")":
            return self.peek(2).text == "{"
        return first.kind == "name" and self.peek(2).text == ":"

    def _parse_function_body(self) -> tree.FunctionBody:
        start = self.advance().start
        parameters: list[tree.Parameter] = []
        while not self.at(")"):
            parameters.append(self._parse_parameter())
            if not self.accept(","):
                break
        self.expect(")")
        self.expect("{")
        lets: list[tree.Let] = []
        with self.nested_bracket():
            while self.at("let"):
                lets.append(self._parse_let())
                self.expect(";")
            result = self._parse_value()
            self.accept(";")  # optional behind the result
        end = self.expect("}").end
        return tree.FunctionBody(parameters, lets, result, start=start, end=end)

    def _parse_parameter(self) -> tree.Parameter:
        name, span = self.expect_name("a parameter")
        self.expect(":")
        if self.at("("):
            hint = "functions of a transformation take scalar arguments only"
            raise self.syntax_error("a parameter that holds rows is not offered", hint)
        type_name = self.parse_type()
        default = self.parse_expression() if self.accept("=") else None
        return tree.Parameter(name, type_name, default, start=span.start, end=self.previous.end)
