"""Statements and pipelines to rows: `let`, sources, and the operators one after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span
from provisioner.kql.binding import row_sources
from provisioner.kql.binding.expression_binder import Binder
from provisioner.kql.ir.scope import Function, Lazy, Meaning, Rows, Scope
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects

if TYPE_CHECKING:
    from provisioner.kql.ir.bound_expression import Bound


class PipelineBinder(Binder):
    """A binder that knows tables too; it remembers which expression made which column."""

    def __init__(self, text: str, tables: Mapping[str, Mapping[str, str]], dialect: dialects.Dialect) -> None:
        super().__init__(text, tables, dialect)
        self.makers: list[tuple[str, Span, Bound]] = []

    def made(self, name: str, span: Span, value: Bound) -> None:
        """Remember where a column was made, and from what."""
        self.makers.append((name, span, value))

    def script(self, node: tree.Script) -> Rows | None:
        """The rows of the answer; None where the text has none."""
        scope = self.lets(node.lets, Scope())
        return None if node.pipeline is None else self.pipeline(node.pipeline, scope)

    def lets(self, lets: list[tree.Let], scope: Scope) -> Scope:
        """A scope in which the variables stand; each sees those before it."""
        seen: set[str] = set()
        for let in lets:
            if let.name in seen:
                self.report("KQL113", f"{let.name!r} is set twice", let.name_span, hint="use another name")
            seen.add(let.name)
            scope = Scope({let.name: self._meaning(let, scope)}, scope)
        return scope

    def _meaning(self, let: tree.Let, scope: Scope) -> Meaning:
        value = let.value
        if isinstance(value, tree.Body):
            return Function(self._checked(value, scope), scope)
        if isinstance(value, tree.Pipeline):
            self.pipeline(value, scope)
            return Lazy(value, scope)
        if self._names_rows(value, scope):
            assert isinstance(value, (tree.Name, tree.Call))
            return Lazy(_as_pipeline(value), scope)
        return self.share(self.expression(value, scope), let.name)

    def _checked(self, body: tree.Body, scope: Scope) -> tree.Body:
        """Bind a function's body once with its parameters unknown values of their types, so that mistakes are told."""
        from provisioner.kql.ir.bound_expression import Bound

        names: dict[str, Any] = {
            parameter.name: Bound("variable", parameter.type, "unset", name=parameter.name)
            for parameter in body.parameters
        }
        inside = self.lets(body.lets, Scope(names, scope))
        if not isinstance(body.result, tree.Pipeline) and self._names_rows(body.result, inside):
            assert isinstance(body.result, (tree.Name, tree.Call))
            body = tree.Body(body.parameters, body.lets, _as_pipeline(body.result), start=body.start, end=body.end)
        if isinstance(body.result, tree.Pipeline):
            self.pipeline(body.result, inside)
        else:
            self.expression(body.result, inside)
        return body

    def _names_rows(self, node: tree.Expression, scope: Scope) -> bool:
        if isinstance(node, tree.Name):
            meaning = scope.find(node.name)
            return isinstance(meaning, Lazy) or (meaning is None and node.name in self.tables)
        if isinstance(node, tree.Call):
            meaning = scope.find(node.name)
            return isinstance(meaning, Function) and isinstance(meaning.body.result, tree.Pipeline)
        return False

    def pipeline(self, node: tree.Pipeline, scope: Scope) -> Rows:
        """The rows behind the last operator."""
        self.spend(node.span)
        rows = row_sources.bind(self, node.source, scope)
        for operator in node.operators:
            rows = self._step(operator, rows, scope)
        return rows

    def _step(self, operator: tree.Operator, rows: Rows, scope: Scope) -> Rows:
        from provisioner.kql.syntax.query_parser import Broken

        self.spend(operator.span)
        if isinstance(operator, Broken):
            opened = rows.then(rows.columns)
            opened.open = True
            return opened
        self._gate(operator)
        bound: Rows = operator.bind(self, rows, scope)
        return bound

    def _gate(self, operator: tree.Operator) -> None:
        word = operator.word
        permission = dialects.operator_permission(word, self.dialect)
        if permission is not None and permission.status == "refused":
            span = Span(operator.start, operator.start + len(word))
            message = f"the transform language does not have {word!r}"
            self.report("KQL201", message, span, hint=permission.hint, source=permission.source)


def _as_pipeline(node: tree.Name | tree.Call) -> tree.Pipeline:
    source: tree.Source
    if isinstance(node, tree.Name):
        source = tree.TableName(node.name, start=node.start, end=node.end)
    else:
        source = tree.Invocation(node, start=node.start, end=node.end)
    return tree.Pipeline(source, [], start=node.start, end=node.end)
