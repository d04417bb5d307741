"""Whether a function may be called here, and the remark where its sources say no, or disagree."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.diagnostics import Edit, Fix
from provisioner.fact_evidence import describe_evidence
from provisioner.kql.binding.bind_context import BindContext
from provisioner.kql.binding.call_rewrites import coalesce_fix, replace_string_fix, rewrite_fix
from provisioner.kql.ir.bound_expression import BoundExpression
from provisioner.kql.syntax import tree
from provisioner.kql.vocabulary import dialects
from provisioner.kql.vocabulary.dialects import Permission
from provisioner.suggest import did_you_mean, intended_name, name_hint, nearest_name


def is_function(name: str) -> bool:
    """Whether Kusto has a function of this name, whatever the dialect."""
    from provisioner.kql.functions import function_names  # see overloads.py

    return name in dialects.listed_functions() or name in function_names()


def check_function(context: BindContext, node: tree.Call) -> bool:
    """Whether the function exists, so that the call can be bound; reported where it does not, or is not taken here."""
    if not is_function(node.name):
        _report_unknown_function(context, node)
        return False
    permission = dialects.function_permission(node.name, context.dialect, context.policy)
    # what a fix of coalesce writes depends on its arguments: it is reported when these are bound
    if node.name != "coalesce":
        fix = rewrite_fix(context.text, node, permission.rewrite) if permission.rewrite else None
        if node.name == "replace_string":
            fix = replace_string_fix(context.text, node)
        _report(context, node, permission, fix)
    return True


def check_coalesce(context: BindContext, node: tree.Call, arguments: Sequence[BoundExpression], type_name: str) -> None:
    """As `check_function`, for a call of coalesce() with its bound arguments and the type of its value."""
    permission = dialects.function_permission(node.name, context.dialect, context.policy)
    fix = coalesce_fix(context.text, node, arguments, type_name) if len(arguments) > 1 else None
    _report(context, node, permission, fix)


def _report_unknown_function(context: BindContext, node: tree.Call) -> None:
    from provisioner.kql.functions import FUNCTIONS  # see overloads.py

    names = [name for name in FUNCTIONS if context.dialect == "query" or _is_accepted(name)]
    hint = dialects.other_language_hint(node.name, "functions")
    nearest = nearest_name(node.name, names) if hint is None else None
    # What only resembles a function may be one of another language, with another meaning: it is proposed in words.
    is_misspelt = nearest is not None and (
        nearest == intended_name(node.name, names) or sorted(nearest) == sorted(node.name.lower())
    )
    fix = Fix(f"write {nearest}", (Edit(node.name_span, nearest),)) if nearest is not None and is_misspelt else None
    context.report(
        "KQL103", f"there is no function {node.name!r}", node.name_span, hint=hint or name_hint(nearest), fix=fix
    )


def _report(context: BindContext, node: tree.Call, permission: Permission, fix: Fix | None) -> None:
    severity = permission.judgement.severity
    if severity is None:
        return
    hint = permission.hint
    if hint is None and fix is not None:
        hint = f"use `{fix.edits[0].text}`"
    hint = hint or (did_you_mean(node.name, filter(_is_accepted, _registered())) if severity == "error" else None)
    context.report(
        "KQL202" if severity == "error" else "KQL203",
        _message(context, node.name, permission),
        node.name_span,
        severity=severity,
        hint=hint,
        fix=fix,
        source=permission.source,
    )


def _message(context: BindContext, name: str, permission: Permission) -> str:
    if context.dialect == "query":
        return f"a query does not have the function {name!r}"
    if not permission.evidence:
        return f"the transform language does not have the function {name!r}"
    described = describe_evidence(permission.evidence[0])
    listed = f"Azure's list of {dialects.list_date()}"
    verdict = permission.judgement.verdict
    if verdict == "published":
        return f"{name!r} is in published rules, but not on {listed}, and nobody was seen to try it"
    if verdict == "disputed":
        return f"sources disagree on {name!r}: {described}; {describe_evidence(permission.evidence[1])}"
    if permission.evidence[0].kind == "refused":
        return f"Azure refuses the function {name!r}: {described}"
    return f"the function {name!r} is not on {listed}: {described}"


def _registered() -> Sequence[str]:
    from provisioner.kql.functions import FUNCTIONS  # see overloads.py

    return tuple(FUNCTIONS)


def _is_accepted(name: str) -> bool:
    return dialects.function_permission(name, "transform").judgement.verdict == "accepted"
