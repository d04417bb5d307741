"""A call in an expression: the function found, its arguments checked, its body run."""

from __future__ import annotations

from typing import Any

from provisioner.suggest import nearest_name
from provisioner.template.evaluate_type import Evaluate
from provisioner.template.evaluation_context import Context
from provisioner.template.expression_tree import Call
from provisioner.template.functions import FUNCTIONS, list_action
from provisioner.template.functions.registry import CannotEvaluate, Function
from provisioner.template.json_values import azure_type_of
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import documented_functions, refused_functions
from provisioner.template.unknown_values import Unknown, UnresolvedValue, combined, unknowns_in, unresolved

_FATAL = frozenset(("work", "value-size", "too-deep", "circular-variable", "circular-function"))
"""What is an error even where unresolved values are allowed: going on would cost too much, or have no end."""


def call(node: Call, context: Context, evaluate: Evaluate) -> Any:
    """The value of a call, or an Unknown. Raises TemplateError with the offset of the innermost call at fault."""
    context.evaluation.budget.spend()
    try:
        return _called(node, context, evaluate)
    except TemplateError as error:
        if error.offset is None:
            error.offset = node.offset
        if context.evaluation.allow_unresolved and error.reason not in _FATAL:
            return unresolved(f"{node.name}()")
        raise


def _called(node: Call, context: Context, evaluate: Evaluate) -> Any:
    name = node.name.lower()
    user_function = context.functions.get(name)
    if user_function is not None:
        return user_function.call([evaluate(argument, context) for argument in node.arguments], context)
    # `sys.` is the namespace of the built-in functions.
    function = FUNCTIONS.get(name.removeprefix("sys."))
    # Providers name their own list actions: any name that begins so is one.
    if function is None and name.startswith("list"):
        function = list_action
    if function is None:
        raise _unknown(node.name)
    if function.places is not None and context.place not in function.places:
        raise TemplateError("function-misplaced", name=node.name)
    function.check_count(node.name, len(node.arguments))
    try:
        if function.style == "lazy":
            return function.body(node.arguments, context, evaluate)
        return _eager(function, node, context, [evaluate(argument, context) for argument in node.arguments])
    except CannotEvaluate as refusal:
        raise TemplateError("function-value", name=node.name, problem=str(refusal)) from None


def _eager(function: Function, node: Call, context: Context, arguments: list[Any]) -> Any:
    unknown = [argument for argument in arguments if isinstance(argument, Unknown)]
    if unknown and not function.partial:
        return _of_unknowns(function, node, context, arguments, unknown)
    _check_types(function, node.name, arguments)
    try:
        return _run(function, node, context, arguments)
    except (TemplateError, CannotEvaluate):
        inner = list(unknowns_in(arguments))
        if inner:
            return combined(inner)
        raise


def _of_unknowns(
    function: Function, node: Call, context: Context, arguments: list[Any], unknown: list[Unknown]
) -> Unknown:
    """An Unknown; of a function that makes a text out of texts with as much of the text as is known."""
    if not function.composes or not all(isinstance(argument, UnresolvedValue) for argument in unknown):
        return combined(unknown)
    texts = [argument.text if isinstance(argument, Unknown) else argument for argument in arguments]
    try:
        _check_types(function, node.name, texts)
        value = _run(function, node, context, texts)
    except (TemplateError, CannotEvaluate):
        return combined(unknown)
    return combined(unknown, value if isinstance(value, str) else None)


def _run(function: Function, node: Call, context: Context, arguments: list[Any]) -> Any:
    if function.style == "plain":
        value = function.body(*arguments)
    elif function.style == "named":
        value = function.body(node.name, *arguments, context=context)
    else:
        value = function.body(*arguments, context=context)
    if function.grows:
        context.evaluation.budget.check(value)
    return value


def _check_types(function: Function, name: str, arguments: list[Any]) -> None:
    for position, argument in enumerate(arguments, 1):
        if not isinstance(argument, Unknown) and not function.accepts(position - 1, argument):
            raise TemplateError(
                "function-type",
                name=name,
                parameter=_ordinal(position) if len(function.parts[1]) > 1 or position > 1 else "parameter",
                expected=function.parameter(position - 1).words,
                actual=azure_type_of(argument),
            )


def _ordinal(position: int) -> str:
    """Which parameter is meant where there are several."""
    words = {1: "first", 2: "second", 3: "third"}
    return f"{words[position]} parameter" if position in words else f"parameter {position}"


def _unknown(name: str) -> TemplateError:
    why = refused_functions().get(name.lower())
    if why is not None:
        return TemplateError("function-refused", name=name, why=why)
    nearest = nearest_name(name, documented_functions())
    hint = f"Did you mean {nearest!r}? " if nearest else ""
    return TemplateError("function-unknown", name=name, hint=hint)
