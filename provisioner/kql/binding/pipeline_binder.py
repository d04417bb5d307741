"""Statements and pipelines to rows: `let`, sources, and the operators one after another."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.diagnostics import Span
from provisioner.fact_evidence import EvidencePolicy
from provisioner.kql.binding import row_sources
from provisioner.kql.binding.expression_binder import ExpressionBinder
from provisioner.kql.binding.operator_spec import OperatorTable
from provisioner.kql.ir.bound_expression import BoundExpression, Variable
from provisioner.kql.ir.name_scope import Meaning, RowsBinding, Scope, UserFunction
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects


class PipelineBinder(ExpressionBinder):
    """Binds a whole text; a PipelineContext for the sources and operators.

    `tables`: the columns of each table with their types. `operators`: what binds each class of operator node.
    `column_definitions`: where each column was defined, and from what, in the order of the text.
    """

    def __init__(
        self,
        text: str,
        tables: Mapping[str, Mapping[str, str]],
        dialect: dialects.Dialect,
        operators: OperatorTable,
        policy: EvidencePolicy = "newest",
    ) -> None:
        super().__init__(text, dialect, policy)
        self.tables = tables
        self.operators = operators
        self.column_definitions: list[tuple[str, Span, BoundExpression]] = []

    def column_defined(self, name: str, span: Span, value: BoundExpression) -> None:
        """Record that a column is defined at `span`, and from what."""
        self.column_definitions.append((name, span, value))

    def bind_script(self, node: tree.Script) -> Rows | None:
        """The rows of the answer; None where the text has none."""
        scope = self.bind_lets(node.lets, Scope())
        return None if node.pipeline is None else self.bind_pipeline(node.pipeline, scope)

    def bind_lets(self, lets: list[tree.Let], scope: Scope) -> Scope:
        """A scope in which the variables of `let` statements stand; each sees those before it."""
        names: set[str] = set()
        for let in lets:
            if let.name in names:
                self.report("KQL113", f"{let.name!r} is set twice", let.name_span, hint="use another name")
            names.add(let.name)
            # a scope for each: a function sees the names that stood before it, not those that come later
            scope = Scope({let.name: self._bind_let(let, scope)}, scope)
        return scope

    def bind_pipeline(self, node: tree.Pipeline, scope: Scope) -> Rows:
        """The rows behind the last operator."""
        self.charge(node)
        rows = row_sources.bind_source(self, node.source, scope)
        for operator in node.operators:
            rows = self._bind_operator(operator, rows, scope)
        return rows

    def _bind_let(self, let: tree.Let, scope: Scope) -> Meaning:
        value = let.value
        if isinstance(value, tree.FunctionBody):
            return UserFunction(self._check_function_body(value, scope), scope)
        if isinstance(value, tree.Pipeline):
            self.bind_pipeline(value, scope)  # for its diagnostics: it is bound again wherever the name is used
            return RowsBinding(value, scope)
        pipeline = self._as_pipeline(value, scope)
        if pipeline is not None:
            return RowsBinding(pipeline, scope)
        return self.share_value(self.bind_expression(value, scope), let.name)

    def _check_function_body(self, body: tree.FunctionBody, scope: Scope) -> tree.FunctionBody:
        """Bind a function's body once with unknown values for its parameters, so that mistakes in it are reported.

        Returns the body, its result as a pipeline where it is a name or a call that stands for rows.
        """
        # "unset" is never computed: the rows and values of this binding are thrown away
        parameters: dict[str, Meaning] = {
            parameter.name: Variable(parameter.type, "unset", name=parameter.name) for parameter in body.parameters
        }
        body_scope = self.bind_lets(body.lets, Scope(parameters, scope))
        result = body.result
        if not isinstance(result, tree.Pipeline):
            result = self._as_pipeline(result, body_scope) or result
            body = tree.FunctionBody(body.parameters, body.lets, result, start=body.start, end=body.end)
        if isinstance(result, tree.Pipeline):
            self.bind_pipeline(result, body_scope)
        else:
            self.bind_expression(result, body_scope)
        return body

    def _as_pipeline(self, node: tree.Expression, scope: Scope) -> tree.Pipeline | None:
        """A name or a call that stands for rows as the pipeline that gives them; None for anything else."""
        source: tree.Source
        if isinstance(node, tree.Name):
            meaning = scope.lookup(node.name)
            if not isinstance(meaning, RowsBinding) and not (meaning is None and node.name in self.tables):
                return None
            source = tree.TableName(node.name, start=node.start, end=node.end)
        elif isinstance(node, tree.Call):
            meaning = scope.lookup(node.name)
            if not isinstance(meaning, UserFunction) or not isinstance(meaning.body.result, tree.Pipeline):
                return None
            source = tree.FunctionSource(node, start=node.start, end=node.end)
        else:
            return None
        return tree.Pipeline(source, [], start=node.start, end=node.end)

    def _bind_operator(self, node: tree.Operator, rows: Rows, scope: Scope) -> Rows:
        self.charge(node)
        if isinstance(node, tree.UnreadableOperator):
            # it may have made any column: what follows is not to be reported for naming one
            after = rows.with_steps(rows.columns)
            after.columns_unknown = True
            return after
        spec = self.operators[type(node)]
        is_accepted = row_sources.check_operator(self, spec.word, node.start)
        after = spec.bind(self, node, rows, scope)
        if is_accepted:
            return after
        # what a refused operator took away is not missed a second time
        after = after.with_steps(after.columns)
        after.columns_unknown = True
        return after
