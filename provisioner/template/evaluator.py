"""Trees and templates' values to values: a value, or an Unknown that says what it waits for or lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provisioner.template.call_evaluation import call
from provisioner.template.copy_loops import copied_properties
from provisioner.template.evaluation_context import Context
from provisioner.template.expression_tree import Call, Literal, Node, Step, write_expression
from provisioner.template.json_values import azure_type_of, find_key, text_of
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_expression_parser import is_expression, parse_expression, unescaped
from provisioner.template.unknown_values import Deferred, Unknown, UnresolvedValue, combined, unresolved


def evaluate(node: Node, context: Context) -> Any:
    """The value of a tree, or an Unknown. Raises TemplateError; with `allow_unresolved` only if it costs too much."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Call):
        return call(node, context, evaluate)
    value = evaluate(node.base, context)
    for step in node.steps:
        value = _stepped(value, step, context)
    return value


def resolve(value: Any, context: Context) -> Any:
    """A template's value with every expression in it evaluated, property names and copy loops included.

    Raises TemplateError whose path leads to the fault, counted from this value.
    """
    if isinstance(value, str):
        return resolve_text(value, context)
    if isinstance(value, dict):
        return _resolve_object(value, context)
    if isinstance(value, list):
        return _resolve_array(value, context)
    return value


def resolve_text(text: str, context: Context) -> Any:
    """The value of an expression in brackets; any other text as it is, `[[` as `[`."""
    if not is_expression(text):
        return unescaped(text)
    try:
        node = parse_expression(text)
    except TemplateError as error:
        # An import reads texts of tools with brackets of their own; what is no expression is a text.
        if context.evaluation.allow_unresolved and error.reason == "expression-syntax":
            return text
        raise
    # The whole expression is what a reader can look up, whichever part of it waits.
    value = evaluate(node, context)
    if isinstance(value, Deferred):
        return Deferred(text, value.after)
    if isinstance(value, UnresolvedValue) and not value.expression:
        # In another turn of a loop the same expression means another value.
        turns = "".join(f" {name}={index}" for name, index in sorted(context.copies.items()))
        return replace(value, expression=write_expression(node) + turns)
    return value


def _resolve_object(value: dict[str, Any], context: Context) -> dict[str, Any]:
    resolved: dict[str, Any] = {}
    for key, inner in value.items():
        try:
            if key == "copy" and (loops := copied_properties(inner, context, resolve)) is not None:
                resolved.update(loops)
                continue
            name = text_of(resolve_text(key, context)) if key.startswith("[") else key
            resolved[name] = resolve(inner, context)
        except TemplateError as error:
            raise error.within(key) from None
    return resolved


def _resolve_array(value: list[Any], context: Context) -> list[Any]:
    resolved: list[Any] = []
    for index, inner in enumerate(value):
        try:
            resolved.append(resolve(inner, context))
        except TemplateError as error:
            raise error.within(index) from None
    return resolved


def _stepped(value: Any, step: Step, context: Context) -> Any:
    """A property, in any case, or an index."""
    key = step.key.value if isinstance(step.key, Literal) else evaluate(step.key, context)
    context.evaluation.budget.spend()
    if isinstance(value, Unknown) or isinstance(key, Unknown):
        return combined([part for part in (value, key) if isinstance(part, Unknown)])
    if isinstance(value, dict) and isinstance(key, str):
        name = find_key(value, key)
        if name is not None:
            return value[name]
    elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    if context.evaluation.allow_unresolved:
        return unresolved(text_of(key))
    raise _no_such_member(value, key, step.offset)


def _no_such_member(value: Any, key: Any, offset: int) -> TemplateError:
    if isinstance(value, dict) and isinstance(key, str):
        return TemplateError("property-missing", offset=offset, name=key, available=", ".join(value))
    if isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool):
        return TemplateError("index-bounds", offset=offset, index=key)
    problem = f"a value of type '{azure_type_of(value)}' has no such property"
    return TemplateError("property-value", offset=offset, name=text_of(key), problem=problem)
