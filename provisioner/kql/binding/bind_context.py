"""What the binding of a call, a source or an operator may ask of the binder that it is part of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from provisioner.diagnostics import Fix, Severity, Span
from provisioner.fact_evidence import EvidencePolicy
from provisioner.kql import values
from provisioner.kql.ir.bound_expression import BoundExpression
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.dialects import Dialect


class BindContext(Protocol):
    """The binder as the expressions see it."""

    @property
    def text(self) -> str:
        """The text that is bound; spans count its characters."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that the text has to keep to."""

    @property
    def policy(self) -> EvidencePolicy:
        """Which evidence decides what the dialect takes."""

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        severity: Severity = "error",
        hint: str | None = None,
        fix: Fix | None = None,
        source: str | None = None,
    ) -> None:
        """Add a diagnostic."""

    def report_bad_regex(self, error: values.BadRegex, span: Span) -> None:
        """Add the diagnostic for a pattern that is none of RE2's."""

    def bind_expression(self, node: tree.Expression, scope: Scope) -> BoundExpression:
        """The typed expression; of unknown type where it is wrong, which has been reported."""

    def bind_condition(self, node: tree.Expression, scope: Scope) -> BoundExpression:
        """A condition; anything but bool is reported."""

    def unknown_expression(self, span: Span) -> BoundExpression:
        """Stands for an expression that has been reported; it agrees with every type."""

    def fold_constant(self, value: BoundExpression) -> BoundExpression:
        """The value as a constant where neither a row nor the clock changes it; itself otherwise."""

    def check_size(self, value: BoundExpression) -> BoundExpression:
        """The value, unless it is put together from more parts than can be held, which is reported."""

    def new_variable(self, stem: str = "c") -> str:
        """A name for the generated code that nothing else has."""

    def charge(self, node: tree.Node) -> None:
        """Count one node against the budget of the text; BindingBudgetExceeded where it is spent."""


class PipelineContext(BindContext, Protocol):
    """The binder as sources and tabular operators see it."""

    @property
    def tables(self) -> Mapping[str, Mapping[str, str]]:
        """The columns of each table by name, with their types."""

    def bind_pipeline(self, node: tree.Pipeline, scope: Scope) -> Rows:
        """The rows behind the last operator of a pipeline."""

    def bind_lets(self, lets: list[tree.Let], scope: Scope) -> Scope:
        """A scope in which the variables of `let` statements stand; each sees those before it."""

    def column_defined(self, name: str, span: Span, value: BoundExpression) -> None:
        """Record that a column is defined at `span`, and from what."""
