"""Scalar expressions to typed ones: names resolved, operators and functions chosen, mistakes reported."""

from __future__ import annotations

from provisioner.diagnostics import Diagnostic, Edit, Fix, Severity, Span
from provisioner.fact_evidence import EvidencePolicy, describe_evidence
from provisioner.kql import values
from provisioner.kql.binding.function_calls import bind_call
from provisioner.kql.binding.function_permissions import is_function
from provisioner.kql.binding.member_access import bind_index, bind_member
from provisioner.kql.binding.scalar_operators import bind_between, bind_binary, bind_list_test, bind_unary
from provisioner.kql.evaluation.query_evaluator import evaluate_constant
from provisioner.kql.ir.bound_expression import (
    MAX_SIZE,
    BoundExpression,
    Constant,
    TypeName,
    Variable,
)
from provisioner.kql.ir.name_scope import RowsBinding, Scope, UserFunction
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.function_wrapping import wrap_in_function
from provisioner.kql.vocabulary.scalar_types import UNKNOWN
from provisioner.suggest import name_hint, nearest_name

BUDGET = 60_000
"""How many nodes may be bound for one text; functions that call functions could ask for any number."""

_RECENT = 50
"""How far back a diagnostic is compared with earlier ones: a function's body is bound once for each call."""


class BindingBudgetExceeded(Exception):
    """The text asks for more binding than the budget allows; the diagnostic has been added."""


class ExpressionBinder:
    """Binds the expressions of one text and collects the diagnostics; a BindContext for what it calls.

    `used_columns`: the input columns that any expression names. `shared_values`: variable to the `let` value that it
    holds, in the order of the text.
    """

    def __init__(self, text: str, dialect: dialects.Dialect, policy: EvidencePolicy = "newest") -> None:
        self.text = text
        self.dialect: dialects.Dialect = dialect
        self.policy: EvidencePolicy = policy
        self.diagnostics: list[Diagnostic] = []
        self.budget = BUDGET
        self.used_columns: dict[str, None] = {}
        self.shared_values: dict[str, BoundExpression] = {}
        self._variable_count = 0

    def new_variable(self, stem: str = "c") -> str:
        """A name for the generated code that nothing else has."""
        self._variable_count += 1
        return f"{stem}{self._variable_count}"

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
        """Add a diagnostic, unless the same was added just before."""
        # a function's body is bound for each call, and says the same each time
        diagnostic = Diagnostic(code, severity, message, span, hint=hint, fix=fix, source=source)
        if diagnostic not in self.diagnostics[-_RECENT:]:
            self.diagnostics.append(diagnostic)

    def report_bad_regex(self, error: values.BadRegex, span: Span) -> None:
        """Add the diagnostic for a pattern that is none of RE2's."""
        hint = "Kusto's regular expressions are RE2's: no look-around, no back-references"
        self.report("KQL007", f"the regular expression is refused: {error}", span, hint=hint)

    def unknown_expression(self, span: Span) -> BoundExpression:
        """Stands for an expression that has been reported; it agrees with every type."""
        return Variable(UNKNOWN, "(None)", span=span)

    def bind_expression(self, node: tree.Expression, scope: Scope) -> BoundExpression:
        """The typed expression; of unknown type where it is wrong, which has been reported."""
        # a long `a or b or c …` leans to the left: walked down in a loop, since Python's stack is not that deep
        chain: list[tree.Binary] = []
        while isinstance(node, tree.Binary):
            chain.append(node)
            node = node.left
        bound = self._bind_node(node, scope)
        for outer in reversed(chain):
            bound = bind_binary(self, outer, bound, self.bind_expression(outer.right, scope))
        return bound

    def bind_condition(self, node: tree.Expression, scope: Scope) -> BoundExpression:
        """A condition; anything but bool is reported."""
        bound = self.bind_expression(node, scope)
        if bound.type not in ("bool", UNKNOWN):
            hint = "compare it with something, or cast it with tobool()"
            fix = wrap_in_function(node.span, self.text, "tobool") if bound.type == "dynamic" else None
            self.report("KQL108", f"a condition must be bool, this is {bound.type}", node.span, hint=hint, fix=fix)
        return bound

    def share_value(self, value: BoundExpression, name: str) -> BoundExpression:
        """A `let` value under its name, which may be used any number of times: computed once, before the first row."""
        value = self.check_size(value)
        if isinstance(value, (Constant, Variable)) or value.type == UNKNOWN:
            return value
        variable = self.new_variable("l")
        self.shared_values[variable] = value
        return Variable.holding(value, variable, name)

    def check_size(self, value: BoundExpression) -> BoundExpression:
        """The value, unless it is put together from more parts than can be held, which is reported."""
        if value.size <= MAX_SIZE:
            return value
        message = "the value is put together from more parts than can be held"
        self.report("KQL003", message, value.span, hint="use a name less often")
        return self.unknown_expression(value.span)

    def fold_constant(self, value: BoundExpression) -> BoundExpression:
        """The value as a constant where neither a row nor the clock changes it; itself otherwise."""
        if isinstance(value, Constant) or value.volatile or value.reads or value.type == UNKNOWN:
            return value
        return evaluate_constant(value, self.shared_values)

    def charge(self, node: tree.Node) -> None:
        """Count one node against the budget of the text; BindingBudgetExceeded where it is spent."""
        # the node and not its span, which few nodes are asked for
        self.budget -= 1
        if self.budget < 0:
            message = "the text expands into more than can be bound"
            self.report("KQL003", message, node.span, hint="call functions less deeply")
            raise BindingBudgetExceeded

    def _bind_node(self, node: tree.Expression, scope: Scope) -> BoundExpression:
        self.charge(node)
        if isinstance(node, tree.Name):
            return self._bind_name(node, scope)
        if isinstance(node, tree.Literal):
            return self._bind_literal(node)
        if isinstance(node, tree.Call):
            return bind_call(self, node, scope)
        if isinstance(node, tree.MemberAccess):
            return bind_member(self, node, scope)
        if isinstance(node, tree.IndexAccess):
            return bind_index(self, node, scope)
        if isinstance(node, tree.Unary):
            return bind_unary(self, node, scope)
        if isinstance(node, tree.ListTest):
            return bind_list_test(self, node, scope)
        if isinstance(node, tree.Between):
            return bind_between(self, node, scope)
        if isinstance(node, tree.TypeOf):
            return TypeName("string", node.type, node.span)
        if isinstance(node, tree.Star):
            self.report("KQL001", "'*' cannot stand here", node.span)
        return self.unknown_expression(node.span)

    def _bind_literal(self, node: tree.Literal) -> BoundExpression:
        # the parser lets 2**63 pass: behind a minus it is the smallest long
        if node.type == "long" and node.value is not None and not -(2**63) <= node.value < 2**63:
            self.report("KQL004", f"{node.value} does not fit a long", node.span)
            return self.unknown_expression(node.span)
        if node.type == "dynamic":
            self._check_dynamic_literal(node)
        return Constant(node.type, node.value, node.span)

    def _check_dynamic_literal(self, node: tree.Literal) -> None:
        """Report `dynamic(null)` where the dialect refuses it; another literal is a warning of a check's own."""
        # a literal that could not be read has no value either, and has been reported
        if node.value is not None or "null" not in self.text[node.start : node.end]:
            return
        permission = dialects.literal_permission("dynamic(null)", self.dialect, self.policy)
        if permission.accepted:
            return
        refusal = "; ".join(describe_evidence(entry) for entry in permission.evidence[:1])
        rewrite = permission.rewrite or ""
        fix = Fix(f"write {rewrite}", (Edit(node.span, rewrite),))
        message = f"Azure refuses dynamic(null): {refusal}"
        self.report("KQL208", message, node.span, hint=f"use {rewrite}", fix=fix, source=permission.source)

    def _bind_name(self, node: tree.Name, scope: Scope) -> BoundExpression:
        column = scope.find_column(node.name)
        if column is not None:
            self.used_columns.update(dict.fromkeys(column.reads))
            return column.as_expression(node.span)
        # behind the columns: a column hides a variable of its name
        meaning = scope.lookup(node.name)
        if isinstance(meaning, BoundExpression):
            return meaning.renamed(node.name, node.span)
        if isinstance(meaning, (UserFunction, RowsBinding)):
            what = "a function" if isinstance(meaning, UserFunction) else "a table"
            self.report("KQL112", f"{node.name!r} is {what}, not a value", node.span)
        elif not scope.columns_unknown:
            self._report_unknown_name(node, scope)
        return self.unknown_expression(node.span)

    def _report_unknown_name(self, node: tree.Name, scope: Scope) -> None:
        nearest = nearest_name(node.name, scope.visible_names())
        hint = name_hint(nearest) or dialects.other_language_value_hint(node.name)
        if hint is None and is_function(node.name):
            hint = f"{node.name!r} is a function: write {node.name}()"
        fix = _rename_fix(self.text, node, nearest) if nearest else None
        self.report("KQL101", f"{node.name!r} is not a column or variable here", node.span, hint=hint, fix=fix)


_NAME_NEIGHBOURS = frozenset("-.@#$:/~&?")


def _rename_fix(text: str, node: tree.Name, name: str) -> Fix | None:
    """The fix that puts another name in the place of one.

    None for a name that would have to be escaped, and for one in brackets where the old one may be a piece of it.
    """
    if "'" in name or "\\" in name or not name.isprintable():
        return None
    is_plain = name.isidentifier() and not node.quoted
    neighbours = {text[node.start - 1 : node.start], text[node.end : node.end + 1]}
    if not name.isidentifier() and not node.quoted and neighbours & _NAME_NEIGHBOURS:
        return None
    written = name if is_plain else f"['{name}']"
    return Fix(f"write {written}", (Edit(node.span, written),))
