"""A plan as text for people and as Markdown for a pull request, and what programs see of it."""

from __future__ import annotations

import json
from typing import Any

from provisioner._version import __version__
from provisioner.plan.change import Change, Delta, Reason
from provisioner.plan.planning import Plan
from provisioner.reports.ansi_styles import paint
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.markdown_table import markdown_cell, markdown_table
from provisioner.reports.report_format import FindPlace, Views

_MARKS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "no-op": "·"}
_STYLES = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red", "no-op": "dim"}
_RISKS = {"breaking": "yellow", "destructive": "red"}
_MAX_WIDTH = 60
"""Characters of a value in text; longer ones are cut. JSON has them whole."""
_SHARED_LEAD = 20
"""Characters shown before the first difference of two long values."""


def format_text(
    plan: Plan, *, color: bool = False, no_changes: str = "No changes. Azure is as the manifest says."
) -> str:
    """For a terminal: a block for each change with its properties and reasons, then undeclared resources.

    `no_changes` is the last line of a plan without writes.
    """
    lines = [line for change in plan.changes for line in _format_change(change, color=color)]
    lines += [line for line in _undeclared_lines(plan) if line]
    lines += [f"  ? {scope.scope} could not be read: {scope.why}" for scope in plan.live.coverage if not scope.ok]
    if plan.empty:
        return "\n".join([*lines, *([""] if lines else []), no_changes]) + "\n"
    summary = plan.summary
    counts = ", ".join(f"{count} to {action}" for action, count in summary.items())
    return "\n".join([*lines, "", f"Plan: {counts}.", f"Fingerprint: {plan.fingerprint}"]) + "\n"


def report_data(plan: Plan, find_place: FindPlace | None = None) -> dict[str, Any]:
    """The public shape: contract, "plan"."""
    return {
        "version": VERSION,
        "environment": plan.environment,
        "fingerprint": plan.fingerprint,
        "changes": [{**change.json(), **_position_data(change, find_place)} for change in plan.changes],
        "undeclared": [resource.json() for resource in plan.undeclared],
        "summary": plan.summary,
        "requests": plan.requests,
        "coverage": [scope.json() for scope in plan.live.coverage],
        "tool": __version__,
    }


def format_markdown(plan: Plan) -> str:
    """Markdown for a pull request: a table of the changes, with the properties folded below it."""
    title = f"### Plan for `{plan.environment}`" if plan.environment else "### Plan"
    if plan.empty:
        return f"{title}\n\nNo changes. Azure is as the manifest says.\n"
    counts = ", ".join(f"**{count}** to {action}" for action, count in plan.summary.items() if count)
    rows = [
        (
            f"{_MARKS[change.action]} {change.action}",
            change.type,
            f"`{change.name}`",
            _markdown_risk(change),
            markdown_cell("; ".join(_format_reason(reason) for reason in change.reasons)),
        )
        for change in plan.changes
    ]
    table = markdown_table(("", "type", "name", "risk", "why"), rows)
    details = [
        "<details><summary>properties</summary>",
        "",
        "```diff",
        *(line for change in plan.changes for line in _diff_lines(change)),
        "```",
        "",
        "</details>",
    ]
    foot = f"Fingerprint `{plan.fingerprint}`"
    return "\n".join([title, "", f"{counts}.", "", *table, "", *details, "", foot]) + "\n"


VIEWS: Views[Plan] = {
    "text": lambda plan, options: format_text(plan, color=options.color),
    "data": lambda plan, options: report_data(plan, options.find_place),
    "markdown": lambda plan, _: format_markdown(plan),
}


def _format_change(change: Change, *, color: bool) -> list[str]:
    mark = f"{_MARKS[change.action]:>3} "
    risk = "" if change.risk in {"none", "additive"} else f"  {paint(change.risk, _RISKS[change.risk], color=color)}"
    head = f"{paint(mark, _STYLES[change.action], color=color)}{change.type:<10}{change.name}{risk}"
    return [
        head,
        *(f"      {format_delta(delta)}" for delta in change.deltas),
        *(
            f"      {paint('!', 'yellow', color=color)} {_format_reason(reason)}"
            for reason in change.reasons
            if reason.risk != "none"
        ),
        *(f"      {reason.text}" for reason in change.reasons if reason.risk == "none"),
    ]


def format_delta(delta: Delta) -> str:
    """One property before and after, on one line."""
    # 34 characters hold most paths; a longer one moves the values of its own line only.
    name = short_path(delta.path)
    if delta.kind == "added":
        return f"{name:<34} + {_format_value(delta.after)}"
    if delta.kind == "removed":
        return f"{name:<34} - {_format_value(delta.before)}"
    before, after = _before_and_after(delta)
    return f"{name:<34} {before} -> {after}"


def short_path(path: str) -> str:
    """A path without the leading `properties.` or `properties.schema.`: `columns[Level]`."""
    for prefix in ("properties.schema.", "properties."):
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return path


def _before_and_after(delta: Delta) -> tuple[str, str]:
    """Both values, cut to `_MAX_WIDTH`; where that would hide the difference, they start shortly before it."""
    before, after = _value_text(delta.before), _value_text(delta.after)
    pairs = enumerate(zip(before, after, strict=False))
    common = next(
        (index for index, (character, other_character) in pairs if character != other_character),
        min(len(before), len(after)),
    )
    start = common - _SHARED_LEAD if common > _MAX_WIDTH - _SHARED_LEAD else 0
    return _shorten(before, start), _shorten(after, start)


def _format_value(value: Any) -> str:
    return _shorten(_value_text(value))


def _value_text(value: Any) -> str:
    # A column: its name stands in the path already.
    if isinstance(value, dict) and set(value) <= {"name", "type", "description"} and "type" in value:
        return str(value["type"])
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())


def _shorten(text: str, start: int = 0) -> str:
    if len(text) <= _MAX_WIDTH:
        return text
    rest = text[start:]
    return ("…" if start else "") + (rest if len(rest) <= _MAX_WIDTH else f"{rest[: _MAX_WIDTH - 1]}…")


def _format_reason(reason: Reason) -> str:
    return str(reason) + (f" (--allow {reason.allow})" if reason.allow else "")


def _undeclared_lines(plan: Plan) -> list[str]:
    if not plan.undeclared:
        return []
    pruned = {change.id for change in plan.changes if change.action == "delete"}
    ours = [resource for resource in plan.undeclared if resource.owned and resource.id not in pruned]
    theirs = [resource for resource in plan.undeclared if not resource.owned]
    lines = [""]
    if ours:
        names = ", ".join(f"{resource.type} {resource.name}" for resource in ours)
        lines.append(f"Ours and no longer declared (--prune removes): {names}")
    if theirs:
        # A shared workspace may hold hundreds of tables; the JSON lists all of them.
        names = ", ".join(f"{resource.type} {resource.name}" for resource in theirs[:10])
        more = f" and {len(theirs) - 10} more" if len(theirs) > 10 else ""
        lines.append(f"Not declared here, left alone: {names}{more}")
    return lines


def _position_data(change: Change, find_place: FindPlace | None) -> dict[str, Any]:
    position = find_place(change.path) if find_place and change.path else None
    return {"file": position.file if position else None, "line": position.line if position else None}


def _diff_lines(change: Change) -> list[str]:
    lines = [f"# {change.action} {change.type} {change.name}"]
    for delta in change.deltas:
        before, after = _before_and_after(delta)
        if delta.before is not None:
            lines.append(f"- {short_path(delta.path)}: {before}")
        if delta.after is not None:
            lines.append(f"+ {short_path(delta.path)}: {after}")
    return lines


def _markdown_risk(change: Change) -> str:
    return f"**{change.risk}**" if change.risk in _RISKS else change.risk
