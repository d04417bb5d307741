"""Access to the members of dynamics: `d.name`, `d['name']`, `d[0]`."""

from __future__ import annotations

from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.ir.bound_expression import BoundExpression, Constant
from provisioner.kql.ir.composed_expressions import MemberAccess, NullPropagatingTemplate
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary.function_wrapping import wrap_in_function
from provisioner.kql.vocabulary.scalar_types import UNKNOWN


def bind_member(context: BindContext, node: tree.MemberAccess, scope: Scope) -> BoundExpression:
    """`d.name`; reported where `d` is no dynamic."""
    target = context.bind_expression(node.object, scope)
    if target.type not in ("dynamic", UNKNOWN):
        _report_no_member(context, node, target, f".{node.name}")
        return context.unknown_expression(node.span)
    return MemberAccess(target, Constant("string", node.name), node.span)


def bind_index(context: BindContext, node: tree.IndexAccess, scope: Scope) -> BoundExpression:
    """`d[index]`; reported where `d` is no dynamic, or the index neither a whole number nor a string."""
    target = context.bind_expression(node.object, scope)
    index = context.bind_expression(node.index, scope)
    if target.type not in ("dynamic", UNKNOWN):
        _report_no_member(context, node, target, "[…]")
        return context.unknown_expression(node.span)
    if index.type not in ("int", "long", "string", "dynamic", UNKNOWN):
        message = f"an index is a whole number or a string, not {index.type}"
        context.report("KQL106", message, node.index.span)
        return context.unknown_expression(node.span)
    # a key is looked up in line; what may be a position needs the helper, which counts from the end where negative
    if index.type == "string":
        return MemberAccess(target, index, node.span)
    return NullPropagatingTemplate(
        "dynamic",
        "{access}({0}, {1})",
        [target, index],
        helpers={"access": _access_member},
        nullable=True,
        span=node.span,
        function_name="access",
        needs_json_encoding=target.needs_json_encoding,
    )


def _report_no_member(
    context: BindContext, node: tree.MemberAccess | tree.IndexAccess, target: BoundExpression, access: str
) -> None:
    is_text = target.type == "string"
    hint = "wrap it in parse_json() where it holds JSON text" if is_text else None
    fix = wrap_in_function(node.object.span, context.text, "parse_json") if is_text else None
    message = f"{access} needs a dynamic, this is {target.type}"
    context.report("KQL106", message, node.span, hint=hint, fix=fix)


def _access_member(value: object, index: object) -> object:
    """A member of an array by position, from the end where negative, or of a bag by key; None where there is none."""
    # True is an int in Python, and no index in Kusto
    if isinstance(value, list) and isinstance(index, int) and not isinstance(index, bool):
        return value[index] if -len(value) <= index < len(value) else None
    return value.get(index) if isinstance(value, dict) and isinstance(index, str) else None
