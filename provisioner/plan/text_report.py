"""A plan as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.plan.change import Change, Delta, Reason
from provisioner.plan.decision import decide, decision_text, plan_command
from provisioner.plan.delta_text import PLAN_SIDES, Sides, format_delta, is_query, query_diff, short_path
from provisioner.plan.effects.effect_text import diff_lines, effect_lines
from provisioner.plan.missing_rights import grouped_by_right
from provisioner.plan.planning import Plan
from provisioner.plan.rename import Rename
from provisioner.plan.risk import removal_by_name
from provisioner.reports.ansi_styles import paint
from provisioner.resources import TypeName

MARKS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "no-op": "·"}
"""Action → the mark before a change."""
_STYLES = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red", "no-op": "dim"}
RISK_STYLES = {"breaking": "yellow", "destructive": "red"}
"""The risks that need an acceptance, with their colours."""


def format_text(
    plan: Plan,
    *,
    color: bool = False,
    verbose: bool = False,
    command: str | None = None,
    no_changes: str = "No changes. Azure is as the manifest says.",
) -> str:
    """For a terminal: a block for each change with its properties and reasons, then undeclared resources.

    The last line says what comes next: that `command` (default: the apply of this plan) will carry it out, what it
    needs for that, or what cannot be done; `no_changes` where there is nothing to do. With `verbose` nothing is cut.
    """
    lines = [line for change in plan.changes for line in _format_change(change, color=color, verbose=verbose)]
    lines += [line for line in undeclared_lines(plan) if line]
    lines += [line for rename in plan.renames for line in rename_lines(rename)]
    lines += [TRANSITION_HINT] if plan.renames or any(change.fix for change in plan.changes) else []
    lines += [f"  ? {scope.scope} could not be read: {scope.why}" for scope in plan.live.coverage if not scope.ok]
    if plan.empty and decide(plan).applicable:
        return "\n".join([*lines, *([""] if lines else []), no_changes]) + "\n"
    lines += rights_lines(plan)
    return "\n".join([*lines, "", f"Fingerprint: {plan.fingerprint}", verdict(plan, command)]) + "\n"


def rights_lines(plan: Plan) -> Iterator[str]:
    """The rights that the identity lacks, each with the roles that have it and the changes that need it."""
    if plan.rights.missing or plan.rights.unknown:
        yield ""
    for (action, scope), rights in grouped_by_right(plan.rights.missing).items():
        roles = f"; {' or '.join(rights[0].roles[:2])} has it" if rights[0].roles else ""
        yield f"  ✗ {action} is missing on {scope}{roles}"
        yield f"      would be refused: {', '.join(f'{right.key[0]} {right.key[1]}' for right in rights)}"
    yield from (f"  ? rights could not be read: {why}" for why in plan.rights.unknown)


def verdict(plan: Plan, command: str | None = None) -> str:
    """The last line: the counts of changes, and what comes next."""
    counts = ", ".join(f"{count} to {action}" for action, count in plan.summary.items())
    return f"Plan: {counts}. {decision_text(plan, command or plan_command(plan))}"


def property_lines(
    type_name: TypeName, deltas: Iterable[Delta], sides: Sides = PLAN_SIDES, *, color: bool, verbose: bool
) -> Iterator[str]:
    """The properties of a change, a line each; a transform as a line diff between the sides."""
    for delta in deltas:
        if is_query(type_name, delta):
            yield short_path(delta.path)
            yield from (f"  {line}" for line in diff_lines(query_diff(type_name, delta, sides), color=color))
        else:
            yield format_delta(delta, whole=verbose)


TRANSITION_HINT = "`plan --transition FILE` writes the manifest that keeps both sides until senders have moved."
"""What helps with a rename, and with a column whose type would change."""


def rename_lines(rename: Rename) -> Iterator[str]:
    """What is probably renamed, and what that costs."""
    place = f" (in {rename.dcr})" if rename.kind in {"stream", "grant"} else ""
    yield f"Probably a rename: {rename.kind} {rename.before} -> {rename.after}{place}"
    yield from (f"  {cost}" for cost in rename.costs)


def format_reason(reason: Reason) -> str:
    """Why a change has its risk, and what accepts it."""
    return str(reason) + (f" (--allow {reason.allow})" if reason.allow else "")


def undeclared_lines(plan: Plan) -> list[str]:
    """What is there and not declared: ours, which `--prune` removes, and what belongs to others."""
    if not plan.undeclared:
        return []
    pruned = {change.id for change in plan.changes if change.action == "delete"}
    ours = [resource for resource in plan.undeclared if resource.owned and resource.id not in pruned]
    theirs = [resource for resource in plan.undeclared if not resource.owned]
    lines = [""]
    named = [resource for resource in ours if removal_by_name(resource.type)]
    if pruned_by_all := [resource for resource in ours if resource not in named]:
        names = ", ".join(f"{resource.type} {resource.name}" for resource in pruned_by_all)
        lines.append(f"Ours and no longer declared (--prune removes): {names}")
    if named:
        names = ", ".join(f"{one.type} {one.name} (--prune --allow destructive:{one.name})" for one in named)
        lines.append(f"Ours and no longer declared, removed only by name: {names}")
    if theirs:
        # A shared workspace may hold hundreds of tables; the JSON lists all of them.
        names = ", ".join(f"{resource.type} {resource.name}" for resource in theirs[:10])
        more = f" and {len(theirs) - 10} more" if len(theirs) > 10 else ""
        lines.append(f"Not declared here, left alone: {names}{more}")
    return lines


def _format_change(change: Change, *, color: bool, verbose: bool) -> list[str]:
    mark = f"{MARKS[change.action]:>3} "
    risk = (
        "" if change.risk in {"none", "additive"} else f"  {paint(change.risk, RISK_STYLES[change.risk], color=color)}"
    )
    details = [
        *property_lines(change.type, change.deltas, color=color, verbose=verbose),
        *(
            f"{paint('!', 'yellow', color=color)} {format_reason(reason)}"
            for reason in change.reasons
            if reason.risk != "none"
        ),
        *(reason.text for reason in change.reasons if reason.risk == "none"),
        *([f"fix: {change.fix.description}"] if change.fix else []),
        *(line for effect in change.flow_effects for line in effect_lines(effect, color=color, verbose=verbose)),
    ]
    head = f"{paint(mark, _STYLES[change.action], color=color)}{change.type:<9} {change.name}{risk}"
    return [head, *(f"      {line}" for line in details)]
