"""Bound expressions as Python source."""

from __future__ import annotations

from provisioner.kql.evaluation.member_getters import getter_variable
from provisioner.kql.evaluation.python_expression import CONTEXT_VARIABLE, PythonExpression, joined, with_context
from provisioner.kql.ir.bound_expression import BoundExpression, Constant, Variable
from provisioner.kql.ir.composed_expressions import (
    And,
    Case,
    Equality,
    LetIn,
    Logic,
    MemberAccess,
    NullAwareTemplate,
    NullPropagatingTemplate,
    TemplateExpression,
)

_MAX_INLINE_TEXT = 60
MAX_EXPRESSION_DEPTH = 20
"""An expression nested deeper than this becomes a function of its own; Python's parser has a limit too."""


class ExpressionWriter:
    """Writes expressions and collects what their text refers to.

    `names`: the constants and helpers by global name. `functions`: the source of functions that deep expressions were
    split into. `invariants`: global name to the text of a value that is the same for every row. `traced`: with
    `tracing`, the expressions whose values are recorded, by number. `bags_with_getter`: the variables of the rows whose
    members are read through a getter.
    """

    def __init__(self, *, tracing: bool = False) -> None:
        self.names: dict[str, object] = {}
        self.functions: list[str] = []
        self.tracing = tracing
        self.traced: list[BoundExpression] = []
        self.invariants: dict[str, str] = {}
        self.bags_with_getter: set[str] = set()
        self._names_by_id: dict[int, str] = {}
        self._local_count = 0

    def global_name(self, value: object, stem: str = "k") -> str:
        """The global name for a Python value in the generated code; `stem` tells a reader of that code what it is."""
        # by identity: values need not be hashable, and 1, 1.0 and True are equal; `names` keeps each one alive
        key = id(value)
        if key not in self._names_by_id:
            self._names_by_id[key] = f"{stem}_{len(self._names_by_id)}"
            self.names[self._names_by_id[key]] = value
        return self._names_by_id[key]

    def new_local(self) -> str:
        """A local name that the generated code does not use yet."""
        self._local_count += 1
        return f"t{self._local_count}"

    def write(self, node: BoundExpression, *, truth: bool = False) -> PythonExpression:
        """Python for an expression; with `truth` null may come out as anything false."""
        # a stack instead of recursion: a long `or` leans a thousand levels to one side
        written: dict[tuple[int, bool], PythonExpression] = {}
        stack: list[tuple[BoundExpression, bool, bool]] = [(node, truth, False)]
        while stack:
            current, truth_only, arguments_written = stack.pop()
            key = (id(current), truth_only)
            if key in written:
                continue
            # an expression is written once however often it occurs: a shared part would double with each level
            argument_modes = _truth_only_arguments(current, truth_only)
            if arguments_written or not current.arguments:
                parts = [written[id(a), m] for a, m in zip(current.arguments, argument_modes, strict=True)]
                written[key] = self._complete(current, parts, truth_only)
            else:
                stack.append((current, truth_only, True))
                stack.extend((a, m, False) for a, m in zip(current.arguments, argument_modes, strict=True))
        return written[id(node), truth]

    def _complete(self, node: BoundExpression, parts: list[PythonExpression], truth: bool) -> PythonExpression:
        code = self._render(node, parts, truth)
        if self.tracing and _is_traced(node):
            self.traced.append(node)
            code = PythonExpression(f"record_null({len(self.traced) - 1}, {code.text})", code.variables, code.depth + 1)
        # a trace records each record's own values, so that nothing is computed ahead of them
        if (
            isinstance(node, TemplateExpression)
            and code.variables <= CONTEXT_VARIABLE
            and not self.tracing
            and _is_invariant(node)
        ):
            return self._compute_once(code)
        return self._extract_function(code) if code.depth > MAX_EXPRESSION_DEPTH else code

    def _render(self, node: BoundExpression, parts: list[PythonExpression], truth: bool) -> PythonExpression:
        if isinstance(node, Constant):
            return PythonExpression(self._render_constant(node.value), frozenset(), 0)
        if isinstance(node, Variable):
            variables = frozenset((node.variable,)) if node.variable.isidentifier() else frozenset()
            return PythonExpression(node.variable, variables, 0)
        if isinstance(node, NullPropagatingTemplate):
            return self._render_null_propagating(node, parts)
        if isinstance(node, Equality):
            return self._render_equality(node, parts)
        if isinstance(node, MemberAccess):
            return self._render_member_access(parts)
        if isinstance(node, NullAwareTemplate):
            text = node.template.format(*[part.text for part in parts], **self._helper_names(node))
            return with_context(joined(text, parts))
        if isinstance(node, Logic):
            return self._render_logic(node, parts, truth)
        if isinstance(node, Case):
            return self._render_case(node, parts)
        assert isinstance(node, LetIn)
        return self._render_let_in(node, parts)

    def _render_constant(self, value: object) -> str:
        if value is None or value is True or value is False:
            return repr(value)
        if type(value) is int:
            return repr(value) if value >= 0 else f"({value})"  # a template may put an access behind it
        # repr of a text is a literal that means the same, whatever the author wrote in it
        if type(value) is str and len(value) < _MAX_INLINE_TEXT:
            return repr(value)
        return self.global_name(value)

    def _helper_names(self, node: TemplateExpression) -> dict[str, str]:
        return {key: self.global_name(value, key) for key, value in node.helpers.items()}

    def _render_null_propagating(
        self, node: NullPropagatingTemplate, parts: list[PythonExpression]
    ) -> PythonExpression:
        """`None if (t := a) is None else f(t)`: a null argument gives null, and each argument is computed once."""
        template = node.template
        checks: list[str] = []
        operands: list[str] = []
        for position, (argument, part) in enumerate(zip(node.arguments, parts, strict=True)):
            is_atom = isinstance(argument, (Variable, Constant))
            used_twice = template.count("{" + str(position) + "}") > 1
            # a name is as cheap as a local; any other operand is assigned where its text would stand twice
            if is_atom and not argument.nullable:
                operands.append(part.text)
            elif is_atom:
                operands.append(part.text)
                checks.append(f"{part.text} is None")
            elif argument.nullable or used_twice:
                local = self.new_local()
                operands.append(local)
                checks.append(f"({local} := {part.text}) is None")
            else:
                operands.append(part.text)
        text = template.format(*operands, **self._helper_names(node))
        if checks:
            null = '""' if node.type == "string" else "None"  # Kusto's null string is the empty one
            text = f"({null} if {' or '.join(checks)} else {text})"
        return with_context(joined(text, parts))

    def _render_member_access(self, parts: list[PythonExpression]) -> PythonExpression:
        """A member of a bag by its key; None where the dynamic is no bag."""
        bag, key = (part.text for part in parts)
        if bag in self.bags_with_getter:
            getter = getter_variable(bag)
            return joined(f"{getter}({key})", [PythonExpression(getter, frozenset((getter,)), 0), parts[1]])
        local = bag if bag.isidentifier() else self.new_local()
        assignment = bag if bag == local else f"({local} := {bag})"
        return joined(f"({local}.get({key}) if {assignment}.__class__ is dict else None)", parts)

    def _render_equality(self, node: Equality, parts: list[PythonExpression]) -> PythonExpression:
        """`==` and `!=`: only two nulls make null."""
        texts = [part.text for part in parts]
        operator = "!=" if node.negated else "=="
        if not node.nullable:
            return joined(f"({texts[0]} {operator} {texts[1]})", parts)
        locals_ = [text if text.isidentifier() else self.new_local() for text in texts]
        assignments = [
            local if local == text else f"({local} := {text})" for local, text in zip(locals_, texts, strict=True)
        ]
        text = f"(None if {_both_none(assignments, locals_)} else {locals_[0]} {operator} {locals_[1]})"
        return joined(text, parts)

    def _render_logic(self, node: Logic, parts: list[PythonExpression], truth: bool) -> PythonExpression:
        left, right = parts
        operator, stop, other = ("and", "False", "True") if isinstance(node, And) else ("or", "True", "False")
        if truth or not (node.arguments[0].nullable or node.arguments[1].nullable):
            return joined(f"({left.text} {operator} {right.text})", parts)
        one, two = self.new_local(), self.new_local()
        # three values: false and null is false, true and null is null; `or` the other way round
        text = (
            f"({stop} if ({one} := {left.text}) is {stop} else ({stop} if ({two} := {right.text}) is {stop}"
            f" else (None if {one} is None or {two} is None else {other})))"
        )
        return joined(text, parts)

    def _render_case(self, node: Case, parts: list[PythonExpression]) -> PythonExpression:
        if self.tracing:
            self.traced.append(node)
        number = len(self.traced) - 1
        code = parts[-1]
        if self.tracing:
            text = f"record_branch({number}, {len(parts) // 2}, {code.text})"
            code = PythonExpression(text, code.variables, code.depth)
        for position in range(len(parts) - 3, -1, -2):
            # from the last branch to the first: each becomes the `else` of the one before it
            condition, result = parts[position], parts[position + 1]
            text = f"record_branch({number}, {position // 2}, {result.text})" if self.tracing else result.text
            code = joined(f"({text} if {condition.text} else {code.text})", [condition, result, code])
            if code.depth > MAX_EXPRESSION_DEPTH:
                code = self._extract_function(code)
        return code

    def _render_let_in(self, node: LetIn, parts: list[PythonExpression]) -> PythonExpression:
        locals_ = node.variables
        assignments = ", ".join(f"({local} := {part.text})" for local, part in zip(locals_, parts[:-1], strict=True))
        code = joined(f"({assignments}, {parts[-1].text})[-1]", parts)
        return PythonExpression(code.text, code.variables - frozenset(locals_), code.depth)

    def _compute_once(self, code: PythonExpression) -> PythonExpression:
        """A global name for a value that no row changes: computed before the first row."""
        name = f"g{len(self.invariants)}"
        self.invariants[name] = code.text
        return PythonExpression(name, frozenset((name,)), 0)

    def _extract_function(self, code: PythonExpression) -> PythonExpression:
        # a call nests one deep, so that the expression around it starts to count again
        name = f"f{len(self.functions)}"
        inputs = ", ".join(sorted(code.variables))  # sorted, so that the same query gives the same source
        self.functions.append(f"def {name}({inputs}):\n    return {code.text}\n")
        return PythonExpression(f"{name}({inputs})", code.variables, 1)


def _truth_only_arguments(node: BoundExpression, truth: bool) -> list[bool]:
    """Which arguments are needed for their truth alone, so that null may come out as anything false."""
    if isinstance(node, Logic):
        return [truth, truth]
    if isinstance(node, Case):
        last = len(node.arguments) - 1
        return [position % 2 == 0 and position != last for position in range(last + 1)]
    return [False] * len(node.arguments)


def _both_none(assignments: list[str], locals_: list[str]) -> str:
    """Whether two values are None, with both assigned whatever comes out of the first test."""
    if assignments[1] == locals_[1]:
        return f"{assignments[0]} is None and {locals_[1]} is None"
    # `&` and not `and`: the second operand assigns its local, which the text behind this test reads
    return f"({assignments[0]} is None) & ({assignments[1]} is None)"


_CLOCK_FUNCTIONS = frozenset(("now", "ago"))


def _is_traced(node: BoundExpression) -> bool:
    """Whether a null that comes out is worth a remark: calls and accesses are, the casts around them are not."""
    return bool(node.function_name) if isinstance(node, TemplateExpression) else isinstance(node, (MemberAccess, Case))


def _is_invariant(node: TemplateExpression) -> bool:
    """Whether the value is the same for every row; now() is, since the clock stands still during a run."""
    return not node.volatile or node.function_name in _CLOCK_FUNCTIONS
