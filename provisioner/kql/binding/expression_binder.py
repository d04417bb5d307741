"""Scalar expressions to typed ones: names resolved, operators and functions chosen, mistakes told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from provisioner.diagnostics import Diagnostic, Edit, Fix, Severity, Span
from provisioner.kql import values
from provisioner.kql.binding import arithmetic, comparisons
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.ir.bound_expression import HEAVIEST, Bound, compose, constant
from provisioner.kql.ir.scope import Function, Lazy, Scope
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.scalar_types import CASTS, UNKNOWN
from provisioner.kql.vocabulary.suggestions import did_you_mean, wrap

BUDGET = 60_000
"""How many nodes may be bound for one text; functions that call functions could ask for any number."""

_ARITHMETIC = frozenset("+-*/%")
_RELATIONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


class Exhausted(Exception):
    """The text asks for more binding than the budget allows; the complaint has been made."""


class Binder:
    """Binds the expressions of one text and collects what is wrong with them."""

    def __init__(self, text: str, tables: Mapping[str, Mapping[str, str]], dialect: dialects.Dialect) -> None:
        self.text = text
        self.tables = tables
        self.dialect: dialects.Dialect = dialect
        self.diagnostics: list[Diagnostic] = []
        self.budget = BUDGET
        self.used: dict[str, None] = {}
        self.shared: dict[str, Bound] = {}
        self._variables = 0

    def variable(self, stem: str = "c") -> str:
        """A name for the generated code that nothing else has."""
        self._variables += 1
        return f"{stem}{self._variables}"

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
        """Remember a remark, once for each place."""
        found = Diagnostic(code, severity, message, span, hint=hint, fix=fix, source=source)
        if found not in self.diagnostics[-50:]:
            self.diagnostics.append(found)

    def made(self, name: str, span: Span, value: Bound) -> None:
        """Hear where a column is made, and from what."""

    def unknown(self, span: Span) -> Bound:
        """An expression that has been complained about."""
        return Bound("variable", UNKNOWN, "(None)", span=span)

    def expression(self, node: tree.Expression, scope: Scope) -> Bound:
        """The typed expression; of unknown type where it is wrong."""
        spine: list[tree.Binary] = []
        while isinstance(node, tree.Binary):
            spine.append(node)
            node = node.left
        bound = self._one(node, scope)
        for outer in reversed(spine):
            bound = self._binary(outer, bound, self.expression(outer.right, scope))
        return bound

    def predicate(self, node: tree.Expression, scope: Scope) -> Bound:
        """A condition; anything but bool is an error."""
        bound = self.expression(node, scope)
        if bound.type not in ("bool", UNKNOWN):
            hint = "compare it with something, or cast it with tobool()"
            fix = wrap(node.span, self.text, "tobool") if bound.type == "dynamic" else None
            self.report("KQL108", f"a condition must be bool, this is {bound.type}", node.span, hint=hint, fix=fix)
        return bound

    def share(self, value: Bound, name: str) -> Bound:
        """A value under a name that may be used any number of times: computed once, before the first row."""
        value = self.bearable(value)
        if value.kind in ("constant", "variable") or value.type == UNKNOWN:
            return value
        word = self.variable("l")
        self.shared[word] = value
        return Bound(
            "variable", value.type, word, nullable=value.nullable, reads=value.reads,
            volatile=value.volatile, span=value.span, name=name, wrapped=value.wrapped, weight=value.weight,
        )  # fmt: skip

    def bearable(self, value: Bound) -> Bound:
        """The value, unless it is put together from more parts than can be held."""
        if value.weight <= HEAVIEST:
            return value
        message = "the value is put together from more parts than can be held"
        self.report("KQL003", message, value.span, hint="use a name less often")
        return self.unknown(value.span)

    def settled(self, value: Bound) -> Bound:
        """The value as a constant where no row and no clock has a say in it; itself otherwise."""
        if value.is_constant or value.volatile or value.reads or value.type == UNKNOWN:
            return value
        from provisioner.kql.evaluation.query_evaluator import settle

        return settle(value, self.shared)

    def spend(self, span: Span) -> None:
        """Count one node against the budget."""
        self.budget -= 1
        if self.budget < 0:
            self.report(
                "KQL003", "the text expands into more than can be bound", span, hint="call functions less deeply"
            )
            raise Exhausted

    def _one(self, node: tree.Expression, scope: Scope) -> Bound:
        self.spend(node.span)
        if isinstance(node, tree.Name):
            return self._name(node, scope)
        if isinstance(node, tree.Literal):
            return self._literal(node)
        if isinstance(node, tree.Call):
            from provisioner.kql.binding.function_calls import call

            return call(self, node, scope)
        if isinstance(node, tree.Member):
            return self._member(node, scope)
        if isinstance(node, tree.Index):
            return self._index(node, scope)
        if isinstance(node, tree.Unary):
            return self._unary(node, scope)
        if isinstance(node, tree.Among):
            return self._among(node, scope)
        if isinstance(node, tree.Between):
            return self._between(node, scope)
        if isinstance(node, tree.TypeOf):
            return replace(constant("string", node.type, node.span), note="typeof")
        if isinstance(node, tree.Star):
            self.report("KQL001", "'*' cannot stand here", node.span)
        return self.unknown(node.span)

    def _literal(self, node: tree.Literal) -> Bound:
        if node.type == "long" and node.value is not None and not -(2**63) <= node.value < 2**63:
            self.report("KQL004", f"{node.value} does not fit a long", node.span)
            return self.unknown(node.span)
        return constant(node.type, node.value, node.span)

    def _name(self, node: tree.Name, scope: Scope) -> Bound:
        column = scope.column(node.name)
        if column is not None:
            self.used.update(dict.fromkeys(column.reads))
            return column.bound(node.span)
        meaning = scope.find(node.name)
        if isinstance(meaning, Bound):
            return replace(meaning, span=node.span, name=node.name)
        if isinstance(meaning, (Function, Lazy)):
            kind = "a function" if isinstance(meaning, Function) else "a table"
            self.report("KQL112", f"{node.name!r} is {kind}, not a value", node.span)
            return self.unknown(node.span)
        if scope.is_open:
            return self.unknown(node.span)
        hint = did_you_mean(node.name, scope.known())
        fix = _rename(node, hint) if hint else None
        if hint is None and dialects.function_permission(node.name, self.dialect) is not None:
            hint = f"{node.name!r} is a function: write {node.name}()"
        self.report("KQL101", f"{node.name!r} is not a column or variable here", node.span, hint=hint, fix=fix)
        return self.unknown(node.span)

    def _member(self, node: tree.Member, scope: Scope) -> Bound:
        inner = self.expression(node.object, scope)
        if inner.type not in ("dynamic", UNKNOWN):
            self._no_member(node, inner, f".{node.name}")
            return self.unknown(node.span)
        return self._access(node, inner, constant("string", node.name), "member")

    def _index(self, node: tree.Index, scope: Scope) -> Bound:
        inner = self.expression(node.object, scope)
        index = self.expression(node.index, scope)
        if inner.type not in ("dynamic", UNKNOWN):
            self._no_member(node, inner, "[…]")
            return self.unknown(node.span)
        if index.type not in ("int", "long", "string", "dynamic", UNKNOWN):
            message = f"an index is a whole number or a string, not {index.type}"
            self.report("KQL106", message, node.index.span)
            return self.unknown(node.span)
        if index.type == "string":
            return self._access(node, inner, index, "member")
        return self._access(node, inner, index, "strict")

    def _access(self, node: tree.Expression, inner: Bound, key: Bound, kind: str) -> Bound:
        made = compose(
            kind, "dynamic", "{pick}({0}, {1})", [inner, key],
            helpers={"pick": _pick}, nullable=True, span=node.span, note="access",
        )  # fmt: skip
        made.wrapped = inner.wrapped
        return made

    def _no_member(self, node: tree.Member | tree.Index, inner: Bound, access: str) -> None:
        hint = "wrap it in parse_json() where it holds JSON text" if inner.type == "string" else None
        fix = wrap(node.object.span, self.text, "parse_json") if inner.type == "string" else None
        message = f"{access} needs a dynamic, this is {inner.type}"
        self.report("KQL106", message, node.span, hint=hint, fix=fix)

    def _unary(self, node: tree.Unary, scope: Scope) -> Bound:
        inner = self.expression(node.operand, scope)
        made = inner if node.operator == "+" else arithmetic.negate(inner, node.span)
        if made is None:
            self.report("KQL107", f"'-' is not defined for {inner.type}", node.span, hint=_cast_hint(inner, "long"))
            return self.unknown(node.span)
        return replace(made, name=None)

    def _binary(self, node: tree.Binary, left: Bound, right: Bound) -> Bound:
        self.spend(node.span)
        operator, span = node.operator, node.span
        made: Bound | None = None
        if operator in ("and", "or"):
            return self._logic(node, left, right)
        if operator in _ARITHMETIC:
            made = arithmetic.arithmetic(operator, left, right, span)
        elif operator in _RELATIONS:
            made = comparisons.compare(operator, left, right, span)
        elif operator == "matches regex":
            made = self._matches(node, left, right)
        else:
            self.gate_text_operator(operator, node.at)
            made = comparisons.search(operator, left, right, span)
        if made is None:
            self._undefined(node, left, right)
            return self.unknown(span)
        return made

    def _logic(self, node: tree.Binary, left: Bound, right: Bound) -> Bound:
        left, right = (cast(side, "bool") if side.type == "dynamic" else side for side in (left, right))
        for side, part in ((left, node.left), (right, node.right)):
            if side.type not in ("bool", UNKNOWN):
                message = f"{node.operator!r} takes bool, this is {side.type}"
                fix = wrap(part.span, self.text, "tobool")
                self.report("KQL107", message, part.span, hint="cast it with tobool()", fix=fix)
        return compose(node.operator, "bool", None, [left, right], span=node.span)

    def _matches(self, node: tree.Binary, left: Bound, right: Bound) -> Bound | None:
        try:
            return comparisons.matches(left, right, node.span)
        except values.BadRegex as error:
            self.bad_regex(error, node.right.span)
            return self.unknown(node.span)

    def bad_regex(self, error: values.BadRegex, span: Span) -> None:
        """Tell that a pattern is none of RE2's."""
        hint = "Kusto's regular expressions are RE2's: no look-around, no back-references"
        self.report("KQL007", f"the regular expression is refused: {error}", span, hint=hint)

    def gate_text_operator(self, operator: str, span: Span) -> None:
        """Tell when a text operator is not in the transform language's list."""
        instead = dialects.text_operator(operator) if self.dialect == "transform" else None
        if instead is not None:
            message = f"the transform language does not list {operator!r}"
            self.report("KQL205", message, span, hint=f"write {instead}", source=dialects.source("list"))

    def _undefined(self, node: tree.Binary, left: Bound, right: Bound) -> None:
        code = "KQL109" if "dynamic" in (left.type, right.type) else "KQL107"
        message = f"{node.operator!r} is not defined for {left.type} and {right.type}"
        side, target, part = _to_cast(left, right, node)
        hint = f"cast with {CASTS[target]}()" if target in CASTS else None
        fix = wrap(part.span, self.text, CASTS[target]) if hint and side.type != target else None
        self.report(code, message, node.at if node.at.end else node.span, hint=hint, fix=fix)

    def _among(self, node: tree.Among, scope: Scope) -> Bound:
        operand = self.expression(node.operand, scope)
        items = [self.expression(item, scope) for item in node.items]
        self.gate_text_operator(node.operator, node.at)
        if UNKNOWN in (operand.type, *(item.type for item in items)):
            return Bound("variable", "bool", "(None)", span=node.span)
        made = comparisons.among(node.operator, operand, items, node.span)
        if made is None:
            kinds = ", ".join(sorted({item.type for item in items if item.type != operand.type}))
            message = f"{node.operator!r} cannot compare {operand.type} with {kinds or 'these'}"
            self.report("KQL107", message, node.at, hint="cast one side")
            return self.unknown(node.span)
        return made

    def _between(self, node: tree.Between, scope: Scope) -> Bound:
        parts = [self.expression(part, scope) for part in (node.operand, node.low, node.high)]
        made = comparisons.between(*parts, negated=node.negated, span=node.span)
        if made is None:
            kinds = ", ".join(part.type for part in parts)
            self.report("KQL107", f"'between' is not defined for {kinds}", node.span, hint="cast so that all agree")
            return self.unknown(node.span)
        return made


def _pick(value: object, index: object) -> object:
    """A member of an array by position, from the end where negative, or of a bag by key; None where there is none."""
    if isinstance(value, list) and isinstance(index, int) and not isinstance(index, bool):
        return value[index] if -len(value) <= index < len(value) else None
    return value.get(index) if isinstance(value, dict) and isinstance(index, str) else None


def _rename(node: tree.Name, hint: str) -> Fix | None:
    name = hint.split("'")[1] if hint.count("'") == 2 else None
    if name is None:
        return None
    text = name if name.isidentifier() and not node.quoted else f"['{name}']"
    return Fix(f"write {name}", (Edit(node.span, text),))


def _cast_hint(inner: Bound, target: str) -> str | None:
    return f"cast it with {CASTS[target]}()" if inner.type in ("dynamic", "string") else None


def _to_cast(left: Bound, right: Bound, node: tree.Binary) -> tuple[Bound, str, tree.Expression]:
    """Which side to cast to what: the dynamic or text one to the other's type."""
    pairs: Sequence[tuple[Bound, Bound, tree.Expression]] = ((left, right, node.left), (right, left, node.right))
    for kind in ("dynamic", "string"):
        for side, other, part in pairs:
            if side.type == kind and other.type != kind:
                return side, other.type, part
    return left, "string" if left.type == "dynamic" else "", node.left
