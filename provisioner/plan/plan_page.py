"""A plan as an HTML page."""

from __future__ import annotations

from typing import Any

from provisioner.plan.change import Change
from provisioner.plan.change_page_parts import diff_data, effect_data, property_data
from provisioner.plan.decision import accepting_command, blocked_changes, decide, plan_command
from provisioner.plan.delta_text import PLAN_SIDES
from provisioner.plan.planning import Plan
from provisioner.plan.text_report import TRANSITION_HINT, format_reason, undeclared_lines
from provisioner.reports.html_page import HtmlPage, Verdict
from provisioner.reports.report_format import ReportOptions
from provisioner.text import plural


def plan_page(plan: Plan, options: ReportOptions) -> HtmlPage:
    """The page of a plan, which `options.command` would apply."""
    notes = [line for line in undeclared_lines(plan) if line]
    notes += [f"{scope.scope} could not be read: {scope.why}" for scope in plan.live.coverage if not scope.ok]
    notes += [TRANSITION_HINT] if plan.renames or any(change.fix for change in plan.changes) else []
    counts = ", ".join(f"{count} to {action}" for action, count in plan.summary.items())
    variables = {
        "counts": f"{counts}. Fingerprint {plan.fingerprint}.",
        "verdict": _plan_verdict(plan, options.command or plan_command(plan)),
        "changes": [_change_data(change, options) for change in plan.changes],
        "renames": [rename.json() for rename in plan.renames],
        "notes": notes,
    }
    return HtmlPage("plan.html.j2", f"Plan for {plan.environment}" if plan.environment else "Plan", variables)


def _plan_verdict(plan: Plan, command: str) -> Verdict:
    decision = decide(plan)
    if decision.blocked:
        reasons = tuple(refusal.text for refusal in decision.blocked)
        return Verdict("bad", f"{plural(blocked_changes(plan), 'change')} cannot be done", reasons=reasons)
    if decision.needs_allow:
        text = "To accept what is breaking or destructive:"
        return Verdict("warn", text, accepting_command(plan, command))
    if plan.empty:
        return Verdict("good", "No changes. Azure is as the manifest says.")
    return Verdict("good", "Apply will carry this out.", command)


def _change_data(change: Change, options: ReportOptions) -> dict[str, Any]:
    place = options.find_place(change.path) if options.find_place and change.path else None
    return {
        "action": change.action,
        "type": change.type,
        "name": change.name,
        "risk": change.risk,
        "place": f"{place.file}:{place.line}" if place else None,
        "reasons": [format_reason(reason) for reason in change.reasons],
        "diffs": diff_data(change.type, change.deltas, PLAN_SIDES),
        "properties": property_data(change.type, change.deltas),
        "effects": [effect_data(effect) for effect in change.flow_effects],
        "fix": change.fix.description if change.fix else None,
    }
