"""A plan as Markdown: a table of the changes, what becomes of rows, and the properties folded below."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.plan.change import Change
from provisioner.plan.decision import accepting_command, blocked_changes, decide, plan_command
from provisioner.plan.delta_text import PLAN_SIDES, is_query, property_diff, query_diff
from provisioner.plan.effects.effect_markdown import effect_markdown
from provisioner.plan.planning import Plan
from provisioner.plan.text_report import MARKS, RISK_STYLES, TRANSITION_HINT, format_reason
from provisioner.reports.markdown_blocks import code_block, code_span, folded
from provisioner.reports.markdown_document import MarkdownDocument
from provisioner.reports.markdown_table import markdown_cell
from provisioner.reports.report_format import DrawChanges
from provisioner.text import plural

_MAX_OPEN_LINES = 60
"""Lines of a change's effects that stand open; longer ones are folded."""


def format_markdown(plan: Plan, command: str | None = None, draw_changes: DrawChanges | None = None) -> str:
    """Markdown for a step summary: every change, with whole values."""
    return plan_document(plan, command, draw_changes).text()


def plan_document(plan: Plan, command: str | None = None, draw_changes: DrawChanges | None = None) -> MarkdownDocument:
    """The parts of the Markdown of a plan, which `command` would apply; with a picture where one can be drawn."""
    title = f"### Plan for {code_span(plan.environment)}" if plan.environment else "### Plan"
    if plan.empty and decide(plan).applicable:
        return MarkdownDocument([title, "", "No changes. Azure is as the manifest says."])
    counts = ", ".join(f"**{count}** to {action}" for action, count in plan.summary.items() if count)
    return MarkdownDocument(
        [title, "", f"{counts or 'Nothing to write'}.", "", *_decision(plan, command or plan_command(plan))],
        ("", "type", "name", "risk", "why"),
        [_change_row(change) for change in plan.changes],
        [
            *_effect_sections(plan),
            *_rename_section(plan),
            *_property_section(plan),
            *_picture_section(plan, draw_changes),
        ],
        [f"Fingerprint {code_span(plan.fingerprint)}"],
    )


def _change_row(change: Change) -> tuple[str, ...]:
    risk = f"**{change.risk}**" if change.risk in RISK_STYLES else change.risk
    reasons = markdown_cell("; ".join(format_reason(reason) for reason in change.reasons))
    return (f"{MARKS[change.action]} {change.action}", change.type, code_span(change.name), risk, reasons)


def _decision(plan: Plan, command: str) -> list[str]:
    """What comes next: nothing, a command to copy, or what has to change first."""
    decision = decide(plan)
    if decision.blocked:
        head = f"**{plural(blocked_changes(plan), 'change')} cannot be done:**"
        return [head, "", *(f"- {markdown_cell(refusal.text)}" for refusal in decision.blocked)]
    if decision.needs_allow:
        lines = code_block([accepting_command(plan, command)], "sh")
        return ["**To accept what is breaking or destructive:**", "", *lines]
    return ["`apply` will carry this out."]


def _effect_sections(plan: Plan) -> Iterator[list[str]]:
    """For each change that alters flows: its transforms as diffs, and what becomes of rows."""
    for change in plan.changes:
        diffs = [
            line
            for delta in change.deltas
            if is_query(change.type, delta)
            for line in [*code_block(query_diff(change.type, delta, PLAN_SIDES), "diff"), ""]
        ]
        lines = [*diffs, *(line for effect in change.flow_effects for line in effect_markdown(effect))]
        if not lines:
            continue
        head = [f"#### {change.type} {code_span(change.name)}", ""]
        yield [*head, *(lines if len(lines) <= _MAX_OPEN_LINES else [*folded("what becomes of rows", lines), ""])]


def _rename_section(plan: Plan) -> Iterator[list[str]]:
    """What is probably renamed, what that costs, and edits in the place of what Azure cannot do."""
    lines = [
        line
        for rename in plan.renames
        for line in (
            f"- probably a rename: {rename.kind} {code_span(rename.before)} → {code_span(rename.after)}",
            *(f"  - {markdown_cell(cost)}" for cost in rename.costs),
        )
    ]
    lines += [
        f"- {code_span(change.name)}: {markdown_cell(change.fix.description)}" for change in plan.changes if change.fix
    ]
    if lines:
        yield ["#### What goes and what comes", "", *lines, "", TRANSITION_HINT, ""]


def _property_section(plan: Plan) -> Iterator[list[str]]:
    """All properties but the transforms, folded."""
    lines = []
    for change in plan.changes:
        deltas = [delta for delta in change.deltas if not is_query(change.type, delta)]
        if deltas or not change.deltas:
            lines.append(f"# {change.action} {change.type} {change.name}")
            lines += [line for delta in deltas for line in property_diff(delta)]
    if lines:
        yield [*folded("properties", code_block(lines, "diff")), ""]


def _picture_section(plan: Plan, draw_changes: DrawChanges | None) -> Iterator[list[str]]:
    """The pipeline around what changes, folded; last, as what a comment that is too long can do without."""
    changes = {f"{change.type}/{change.name}": change.action for change in plan.changes if change.writes}
    picture = draw_changes(changes) if draw_changes and changes else None
    if picture:
        yield [*folded("picture", code_block(picture.splitlines(), "mermaid")), ""]
