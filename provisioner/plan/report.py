"""What the formats of `plan` see of a plan: text for people, Markdown for a pull request, and values for programs."""

from __future__ import annotations

from typing import Any

from provisioner._version import __version__
from provisioner.plan.change import Change
from provisioner.plan.decision import decide
from provisioner.plan.markdown_report import format_markdown, plan_document
from provisioner.plan.plan_page import plan_page
from provisioner.plan.planning import Plan
from provisioner.plan.text_report import format_text
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.report_format import FindPlace, Views


def report_data(plan: Plan, find_place: FindPlace | None = None) -> dict[str, Any]:
    """The public shape: contract, "plan"."""
    decision = decide(plan)
    return {
        "version": VERSION,
        "environment": plan.environment,
        "fingerprint": plan.fingerprint,
        "applicable": decision.applicable,
        "needs_allow": list(decision.needs_allow),
        "blocked": [refusal.text for refusal in decision.blocked],
        "changes": [{**change.json(), **_position_data(change, find_place)} for change in plan.changes],
        "renames": [rename.json() for rename in plan.renames],
        "undeclared": [resource.json() for resource in plan.undeclared],
        "summary": plan.summary,
        "requests": plan.requests,
        "coverage": [scope.json() for scope in plan.live.coverage],
        "rights": [right.json() for right in plan.rights.missing],
        "tool": __version__,
    }


def _position_data(change: Change, find_place: FindPlace | None) -> dict[str, Any]:
    position = find_place(change.path) if find_place and change.path else None
    return {"file": position.file if position else None, "line": position.line if position else None}


VIEWS: Views[Plan] = {
    "text": lambda plan, options: format_text(
        plan, color=options.color, verbose=options.verbose, command=options.command
    ),
    "data": lambda plan, options: report_data(plan, options.find_place),
    "markdown": lambda plan, options: format_markdown(plan, options.command, options.draw_changes),
    "document": lambda plan, options: plan_document(plan, options.command, options.draw_changes),
    "page": plan_page,
}
