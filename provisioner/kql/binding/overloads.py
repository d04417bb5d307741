"""Built-in functions on bound arguments: which overload is meant, and the expression that computes the call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Span
from provisioner.kql import values
from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.binding.implicit_casts import cast_expression
from provisioner.kql.ir.bound_expression import NO_NAMES, BoundExpression, Constant, TypeName
from provisioner.kql.ir.composed_expressions import NullAwareTemplate, NullPropagatingTemplate
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.function_wrapping import wrap_in_function
from provisioner.kql.vocabulary.scalar_types import (
    CAST_FUNCTIONS,
    NUMBERS,
    TYPES,
    UNKNOWN,
    common_type,
    widening_distance,
)
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.kql.functions.function_registry import Overload, Parameter

MAX_TEXT_LENGTH = 1_048_576
"""How long the text that a function gives may grow; Kusto cuts at a megabyte."""

_JSON_ONLY_FUNCTIONS = frozenset(
    ("parse_json", "todynamic", "split", "extract_all", "parse_xml", "parse_csv", "parse_url")
)
"""Functions whose dynamic result is made from text and holds nothing but JSON."""


# The functions are imported where a call is bound: their two dozen files take longer to load than `source` to bind.
def apply_function(context: BindContext, node: tree.Call, arguments: Sequence[BoundExpression]) -> BoundExpression:
    """The call of a built-in function on bound arguments; reported where no overload takes them."""
    from provisioner.kql.functions import FUNCTIONS

    argument_types = tuple(argument.type for argument in arguments)
    overload = choose_overload(node.name, argument_types)
    if overload is None:
        report_no_overload(context, node, arguments, FUNCTIONS[node.name].overloads)
        return context.unknown_expression(node.span)
    if UNKNOWN in argument_types and overload.returns in ("T", "any", "scalar"):
        # its type would follow from an argument that has been reported
        return context.unknown_expression(node.span)
    if node.name == "todatetime" and context.dialect == "transform" and argument_types[0] in NUMBERS:
        _warn_about_ticks(context, node)
    return _compose_call(context, node, overload, arguments)


def _warn_about_ticks(context: BindContext, node: tree.Call) -> None:
    """A number that becomes a time is mostly one of seconds or milliseconds, and is not taken for one."""
    message = "todatetime() takes a number for ticks since the year 1, not for seconds or milliseconds since 1970"
    hint = "use datetime(1970-01-01) + n * 1s, or n * 1ms"
    context.report("KQL207", message, node.name_span, severity="warning", hint=hint)


@lru_cache(maxsize=4096)
def choose_overload(name: str, argument_types: tuple[str, ...]) -> Overload | None:
    """The overload that arguments of these types mean: the one that needs the least widening, the first of several."""
    from provisioner.kql.functions import FUNCTIONS

    best: Overload | None = None
    least = -1
    for overload in FUNCTIONS[name].overloads:
        distance = _widening_distance_to(overload, argument_types)
        if distance is not None and (best is None or distance < least):
            best, least = overload, distance
    return best


def _takes_count(overload: Overload, count: int) -> bool:
    return overload.min_arguments <= count and (overload.max_arguments is None or count <= overload.max_arguments)


def _widening_distance_to(overload: Overload, argument_types: Sequence[str]) -> int | None:
    """How far the arguments have to be widened for this overload; None where they do not fit."""
    if not _takes_count(overload, len(argument_types)):
        return None
    total = 0
    same_types: list[str] = []
    for position, argument_type in enumerate(argument_types):
        parameter = overload.parameter_at(position)
        if parameter is None:
            return None
        if parameter.type == "T":
            same_types.append(argument_type)
            total += 1  # as much as for `any`: an overload of exactly these types comes first
            continue
        distance = _parameter_distance(argument_type, parameter)
        if distance is None:
            return None
        total += distance
    return None if same_types and common_type(same_types) is None else total


def _parameter_distance(argument_type: str, parameter: Parameter) -> int | None:
    if parameter.type in ("any", "scalar"):
        return 1
    if parameter.type == "plain":
        return 1 if argument_type != "dynamic" else None
    if parameter.type == "number":
        return 1 if argument_type in NUMBERS or argument_type == UNKNOWN else None
    # a dynamic widens to a string where operators meet, but no function of text takes one that was not cast
    if argument_type == "dynamic" and parameter.type != argument_type:
        return None
    return widening_distance(argument_type, parameter.type)


def _compose_call(
    context: BindContext, node: tree.Call, overload: Overload, arguments: Sequence[BoundExpression]
) -> BoundExpression:
    same_type = common_type(
        argument.type for position, argument in enumerate(arguments) if _declared_type(overload, position) == "T"
    )
    passed_types = [
        _passed_type(overload, position, argument.type, same_type) for position, argument in enumerate(arguments)
    ]
    helpers: dict[str, object] = {"f": overload.body, **overload.inline_helpers}
    parts: list[BoundExpression] = []
    operands: list[str] = []
    for position, argument in enumerate(arguments):
        cast = cast_expression(argument, passed_types[position])
        part, operand = _prepare_argument(context, node, overload, position, cast, helpers)
        parts.append(part)
        operands.append(operand)
    result_type = _result_type(overload, arguments, same_type)
    call_class = NullAwareTemplate if overload.handles_nulls else NullPropagatingTemplate
    return call_class(
        result_type,
        _call_template(overload, operands, tuple(passed_types), result_type),
        parts,
        helpers=helpers,
        nullable=True,
        volatile=frozenset((node.name,)) if overload.volatile else NO_NAMES,
        span=node.span,
        function_name=node.name,
        needs_json_encoding=False if node.name in _JSON_ONLY_FUNCTIONS else None,
    )


def _declared_type(overload: Overload, position: int) -> str:
    parameter = overload.parameter_at(position)
    return parameter.type if parameter is not None else "any"


def _passed_type(overload: Overload, position: int, argument_type: str, same_type: str | None) -> str:
    """The type as which an argument is passed: its own where the parameter takes several types."""
    declared = _declared_type(overload, position)
    if declared == "T":
        return same_type or argument_type
    return declared if declared in TYPES else argument_type


def _prepare_argument(
    context: BindContext,
    node: tree.Call,
    overload: Overload,
    position: int,
    argument: BoundExpression,
    helpers: dict[str, object],
) -> tuple[BoundExpression, str]:
    """The argument with what stands for it in the template: prepared once where it is constant."""
    parameter = overload.parameter_at(position)
    span = node.arguments[position].span if position < len(node.arguments) else node.span
    operand = f"{{{position}}}"
    if parameter is not None and parameter.literal:
        argument = context.fold_constant(argument)
        if not isinstance(argument, Constant) and argument.type != UNKNOWN:
            message = f"{parameter.name or 'this argument'} of {node.name} must be a constant"
            context.report("KQL110", message, span)
            return context.unknown_expression(span), operand
    prepare = overload.prepare.get(position)
    if prepare is None:
        return argument, operand
    if isinstance(argument, Constant) and argument.value is not None:
        prepared = _prepare_constant(context, prepare, argument, span)
        return Constant("prepared", prepared, argument.span), operand
    helpers[f"p{position}"] = _without_bad_regexes(prepare)
    return argument, f"{{p{position}}}({operand})"


def _prepare_constant(
    context: BindContext, prepare: Callable[[Any], object], argument: Constant, span: Span
) -> object:  # fmt: skip
    try:
        return prepare(argument.value)
    except values.BadRegex as error:
        context.report_bad_regex(error, span)
    except values.BadConstant as error:
        context.report("KQL114", str(error), span)
    return None


def _without_bad_regexes(prepare: Callable[[Any], object]) -> Callable[[Any], object]:
    """`prepare` for values of rows: a pattern that is none of RE2's becomes one that matches nothing."""

    def prepare_or_nothing(value: values.Value) -> object:
        try:
            return prepare(value)
        except values.BadRegex:
            return values.compile_regex(r"[^\s\S]")

    return prepare_or_nothing


def _call_template(overload: Overload, operands: list[str], passed_types: tuple[str, ...], result_type: str) -> str:
    # the inline text takes the arguments as they are; a prepared one is passed through its function
    is_prepared = any("p" in operand for operand in operands)
    if overload.inline_template is not None and not overload.handles_nulls and not is_prepared:
        return overload.inline_template
    parts = list(operands)
    if overload.takes_types:
        parts.append(f"types={passed_types!r}")
    if overload.takes_context:
        parts.append("context=context")
    text = f"{{f}}({', '.join(parts)})"
    if result_type != "string":
        return text
    return f'({text} or "")[:{MAX_TEXT_LENGTH}]' if overload.handles_nulls else f"{text}[:{MAX_TEXT_LENGTH}]"


def _result_type(overload: Overload, arguments: Sequence[BoundExpression], same_type: str | None) -> str:
    # `extract(…, typeof(long))`: the argument names the type of the result
    for argument in arguments:
        if isinstance(argument, TypeName):
            return str(argument.value)
    argument_types = [argument.type for argument in arguments]
    if overload.result_type is not None:
        return overload.result_type(argument_types)
    if overload.returns == "T":
        return same_type or UNKNOWN
    return overload.returns if overload.returns in TYPES else (argument_types[0] if argument_types else UNKNOWN)


def report_no_overload(
    context: BindContext, node: tree.Call, arguments: Sequence[BoundExpression], overloads: Sequence[Overload]
) -> None:
    """Report why no overload fits: the number of arguments, or the type of one, with the cast that would fit."""
    from provisioner.kql.functions.function_registry import ScalarFunction

    signatures = " or ".join(ScalarFunction(node.name, list(overloads)).signatures[:3])
    count = len(arguments)
    fitting = [overload for overload in overloads if _takes_count(overload, count)]
    if not fitting:
        message = f"{node.name} does not take {plural(count, 'argument')}"
        context.report("KQL105", message, node.span, hint=f"it is {signatures}")
        return
    position, expected = _first_misfit(fitting[0], [argument.type for argument in arguments])
    span = node.arguments[position].span if position < len(node.arguments) else node.span
    function = CAST_FUNCTIONS.get(expected)
    message = f"{node.name} takes {expected} here, this is {arguments[position].type}"
    hint = f"cast it with {function}()" if function else f"it is {signatures}"
    fix = wrap_in_function(span, context.text, function) if function else None
    context.report("KQL106", message, span, hint=hint, fix=fix)


def _first_misfit(overload: Overload, argument_types: Sequence[str]) -> tuple[int, str]:
    """The position of the first argument that does not fit, and the type that would."""
    same_types: list[str] = []
    for position, argument_type in enumerate(argument_types):
        parameter = overload.parameter_at(position)
        if parameter is not None and parameter.type == "T":
            if common_type([*same_types, argument_type]) is None:
                return position, common_type(same_types) or "the same type"
            same_types.append(argument_type)
        elif parameter is not None and _parameter_distance(argument_type, parameter) is None:
            return position, "string" if parameter.type == "plain" else parameter.type
    return 0, "another type"
