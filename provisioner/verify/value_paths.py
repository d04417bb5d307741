"""Which values of a record a transform reads, through renamed columns, members, casts and JSON in texts.

Read from the bound query and not from its text: there every chain of names is resolved already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.kql import Query
from provisioner.kql.ir.bound_expression import BoundExpression, Constant, Variable
from provisioner.kql.ir.composed_expressions import MemberAccess, TemplateExpression
from provisioner.kql.ir.row_steps import AssignVariable, FilterRows

JSON_TEXT = object()
"""A step of a path: the text at this place is JSON, and the path goes on inside it."""

PathStep = Any
"""A member's name, a position in a list, JSON_TEXT, or a delimiter (`Delimiter`)."""


@dataclass(frozen=True, slots=True)
class Delimiter:
    """A step of a path: the text at this place is a list with this delimiter."""

    text: str


@dataclass(frozen=True, slots=True)
class ValuePath:
    """A column of the stream and the steps into its value."""

    column: str
    steps: tuple[PathStep, ...] = ()

    def then(self, step: PathStep) -> ValuePath:
        """The path one step further."""
        return ValuePath(self.column, (*self.steps, step))

    def __str__(self) -> str:
        names = [f"[{one}]" if isinstance(one, int) else f".{one}" for one in self.steps if isinstance(one, (int, str))]
        return self.column + "".join(names)


@dataclass(slots=True)
class ReadValue:
    """What is known of one value: the casts around it, what it is compared with, patterns, and list lengths."""

    casts: list[str] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)


_CASTS = frozenset(
    {"toint", "tolong", "toreal", "todouble", "todecimal", "tobool", "toguid", "todatetime", "tostring", "totimespan"}
)
_CAST_TO_TYPE = {"bool": "tobool", "int": "toint", "long": "tolong", "real": "toreal", "datetime": "todatetime"}
# Functions of a text that keep its meaning: what is compared with their result is compared with the text.
_SAME_TEXT = frozenset({"tolower", "toupper", "trim", "trim_start", "trim_end", "columnifexists", ""})
_EPOCHS = "unixtime_"
_BEYOND = {"({0} > {1})": 1, "({0} < {1})": -1}
_LENGTHS = frozenset({"array_length", "strlen"})
_TYPE_NAMES = frozenset({"gettype"})


class ValueReader:
    """Resolves the expressions of one query to paths, and collects what is known of each."""

    def __init__(self, query: Query) -> None:
        self.reads: dict[ValuePath, ReadValue] = defaultdict(ReadValue)
        self._columns = {column.variable: column.name for column in query.rows.source.columns}
        # A value that is named once and used often is resolved once: chains of names would else double at each use.
        self._paths: dict[int, ValuePath | None] = {}
        self._values: dict[str, BoundExpression] = {
            **query.shared_values,
            **{step.variable: step.value for step in query.rows.steps if isinstance(step, AssignVariable)},
        }
        for step in query.rows.steps:
            if isinstance(step, AssignVariable):
                self._collect(step.value)
            elif isinstance(step, FilterRows):
                self._collect(step.condition)
        for column in query.rows.columns.values():
            self._collect(column.as_expression(column.span))

    def paths_of(self, expression: BoundExpression) -> Iterator[ValuePath]:
        """Every value that an expression reads, the longest path of each."""
        pending = [expression]
        while pending:
            part = pending.pop()
            path = self._path(part)
            if path is not None:
                yield path
            else:
                pending.extend(reversed(self._arguments(part)))

    def _arguments(self, expression: BoundExpression) -> tuple[BoundExpression, ...]:
        if isinstance(expression, Variable) and expression.variable in self._values:
            return (self._values[expression.variable],)
        return expression.arguments

    def _collect(self, expression: BoundExpression) -> None:
        # A stack, not a recursion: chains of `or` lean to the left and may be a thousand long.
        pending, seen = [expression], set()
        while pending:
            part = pending.pop()
            if id(part) in seen:
                continue
            seen.add(id(part))
            self._note(part)
            pending.extend(self._arguments(part))

    def _note(self, expression: BoundExpression) -> None:
        path = self._path(expression)
        if path is not None:
            read = self.reads[path]
            cast = self._cast_of(expression)
            if cast:
                read.casts.append(cast)
        constants, patterns = _constants_of(expression)
        if isinstance(expression, (MemberAccess, Variable)) or not (constants or patterns):
            return
        for argument in expression.arguments:
            if (compared := self._path(argument)) is not None:
                name = _function_name(expression)
                if name not in {"access", "split"}:
                    self.reads[compared].constants += constants
                    self.reads[compared].patterns += patterns
            elif (counted := self._argument_of(argument, _LENGTHS)) is not None:
                self.reads[counted].lengths += [one for one in constants if isinstance(one, int)]
            elif (typed := self._argument_of(argument, _TYPE_NAMES)) is not None:
                # The value itself is a list then; which items it has is for other paths to say.
                self.reads[typed].lengths += [1] if "array" in constants else []

    def _argument_of(self, expression: BoundExpression, functions: frozenset[str]) -> ValuePath | None:
        """The value of which an expression is the length, or the name of the type."""
        inner = _unwrapped(expression)
        return self._path(inner.arguments[0]) if _function_name(inner) in functions and inner.arguments else None

    def _cast_of(self, expression: BoundExpression) -> str | None:
        name = _function_name(expression)
        # A dynamic value that is compared is cast without a word in the text.
        if isinstance(expression, TemplateExpression) and "convert" in expression.helpers:
            return _CAST_TO_TYPE.get(expression.type)
        return name if name in _CASTS or name.startswith(_EPOCHS) else None

    def _path(self, expression: BoundExpression) -> ValuePath | None:
        """The one value that an expression passes on; None for what is computed from several, or from none."""
        key = id(expression)
        if key not in self._paths:
            self._paths[key] = self._resolved(expression)
        return self._paths[key]

    def _resolved(self, expression: BoundExpression) -> ValuePath | None:
        if isinstance(expression, Variable):
            if expression.variable in self._columns:
                return ValuePath(self._columns[expression.variable])
            value = self._values.get(expression.variable)
            return self._path(value) if value is not None else None
        if isinstance(expression, MemberAccess):
            return self._step(expression.arguments)
        if not isinstance(expression, TemplateExpression) or not expression.arguments:
            return None
        return self._template_path(expression)

    def _template_path(self, expression: TemplateExpression) -> ValuePath | None:
        name, arguments = expression.function_name, expression.arguments
        if name == "access":
            return self._step(arguments)
        inner = self._path(arguments[0])
        if inner is None:
            return None
        if name in {"parse_json", "todynamic"}:
            return inner.then(JSON_TEXT) if arguments[0].type == "string" else inner
        if name == "split" and len(arguments) == 2 and isinstance(arguments[1], Constant):
            return inner.then(Delimiter(str(arguments[1].value)))
        if name in _CASTS or name.startswith(_EPOCHS):
            return inner
        # A cast that binding added has no name; a comparison has none either, and gives a bool.
        is_test = expression.type == "bool" and "convert" not in expression.helpers
        keeps_meaning = name in _SAME_TEXT and expression.type != "parts" and not is_test
        return inner if keeps_meaning and (name or len(arguments) == 1) else None

    def _step(self, arguments: tuple[BoundExpression, ...]) -> ValuePath | None:
        inner = self._path(arguments[0])
        step = arguments[1] if len(arguments) > 1 else None
        if inner is None or not isinstance(step, Constant) or not isinstance(step.value, (str, int)):
            return None
        return inner.then(step.value)


def _function_name(expression: BoundExpression) -> str:
    return expression.function_name if isinstance(expression, TemplateExpression) else ""


def _unwrapped(expression: BoundExpression) -> BoundExpression:
    """An expression without the casts that binding put around it."""
    while isinstance(expression, TemplateExpression) and not expression.function_name:
        if len(expression.arguments) != 1:
            break
        expression = expression.arguments[0]
    return expression


def _constants_of(expression: BoundExpression) -> tuple[list[Any], list[str]]:
    """The constants and the regular expressions that stand beside the values of one expression."""
    constants: list[Any] = []
    patterns: list[str] = []
    # What lies beyond a limit comes before the limit itself, which does not pass.
    if isinstance(expression, TemplateExpression) and expression.template in _BEYOND:
        step, low, high = _BEYOND[expression.template], *expression.arguments[:2]
        limit, sign = (high, step) if isinstance(high, Constant) else (low, -step)
        if isinstance(limit, Constant) and isinstance(limit.value, (int, float)):
            constants.append(limit.value + sign)
    helpers: Mapping[str, object] = expression.helpers if isinstance(expression, TemplateExpression) else {}
    beside = [one.value for one in expression.arguments if isinstance(one, Constant)]
    for helper in helpers.values():
        if isinstance(helper, (frozenset, tuple, list)):
            beside += sorted(helper, key=str)
        owner = getattr(helper, "__self__", helper)
        beside.append(owner)
    for value in beside:
        if isinstance(value, (str, bool, int, float)):
            constants.append(value)
        elif isinstance(pattern := getattr(value, "pattern", None), str):
            patterns.append(pattern)
    return constants, patterns
