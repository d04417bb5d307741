"""A plan as text for people, as JSON for programs, as Markdown for a pull request."""

from __future__ import annotations

import json as _json
from collections.abc import Callable
from typing import Any

from provisioner._version import __version__
from provisioner.diagnostics import Place
from provisioner.plan.change import Change, Delta, Reason
from provisioner.plan.planning import Plan

Where = Callable[[tuple[str | int, ...]], Place | None]
_MARKS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "no-op": "·"}
_COLORS = {"create": "32", "update": "33", "replace": "35", "delete": "31", "no-op": "2"}
_RISKS = {"breaking": "33", "destructive": "31"}
_WIDE = 60
"""Values that are longer are cut in text: the JSON has them whole."""
_LEAD = 20
"""How much of what two long values have in common is shown before they part."""


def text(plan: Plan, *, color: bool = False, nothing: str = "No changes. Azure is as the manifest says.") -> str:
    """What a terminal shows: one block per change, its properties, its reasons, and what else stands there.

    `nothing` is said where there is nothing to do.
    """
    lines = [line for change in plan.changes for line in _block(change, color=color)]
    lines += [line for line in _strangers(plan) if line]
    lines += [f"  ? {each.scope} could not be read: {each.why}" for each in plan.live.coverage if not each.ok]
    if plan.empty:
        return "\n".join([*lines, *([""] if lines else []), nothing]) + "\n"
    summary = plan.summary
    counts = ", ".join(f"{count} to {action}" for action, count in summary.items())
    return "\n".join([*lines, "", f"Plan: {counts}.", f"Fingerprint: {plan.fingerprint}"]) + "\n"


def data(plan: Plan, where: Where | None = None) -> dict[str, Any]:
    """The public shape: contract, "plan". `where` finds the manifest's file and line of a path."""
    return {
        "version": 1,
        "environment": plan.environment,
        "fingerprint": plan.fingerprint,
        "changes": [{**change.json(), **_place(change, where)} for change in plan.changes],
        "undeclared": [each.json() for each in plan.undeclared],
        "summary": plan.summary,
        "requests": plan.requests,
        "coverage": [each.json() for each in plan.live.coverage],
        "tool": __version__,
    }


def json(plan: Plan, where: Where | None = None) -> str:
    """`data` as text."""
    return _json.dumps(data(plan, where), indent=2, ensure_ascii=False) + "\n"


def markdown(plan: Plan) -> str:
    """A table for a pull request, the properties folded below it."""
    title = f"### Plan for `{plan.environment}`" if plan.environment else "### Plan"
    if plan.empty:
        return f"{title}\n\nNo changes. Azure is as the manifest says.\n"
    counts = ", ".join(f"**{count}** to {action}" for action, count in plan.summary.items() if count)
    rows = [
        f"| {_MARKS[each.action]} {each.action} | {each.type} | `{each.name}` | {_risk(each)} "
        f"| {_cell('; '.join(_said(reason) for reason in each.reasons))} |"
        for each in plan.changes
    ]
    table = ["| | type | name | risk | why |", "| --- | --- | --- | --- | --- |", *rows]
    details = [
        "<details><summary>properties</summary>",
        "",
        "```diff",
        *(line for change in plan.changes for line in _diff(change)),
        "```",
        "",
        "</details>",
    ]
    foot = f"Fingerprint `{plan.fingerprint}`"
    return "\n".join([title, "", f"{counts}.", "", *table, "", *details, "", foot]) + "\n"


def _block(change: Change, *, color: bool) -> list[str]:
    mark = f"{_MARKS[change.action]:>3} "
    risk = "" if change.risk in {"none", "additive"} else f"  {_paint(change.risk, _RISKS[change.risk], on=color)}"
    head = f"{_paint(mark, _COLORS[change.action], on=color)}{change.type:<10}{change.name}{risk}"
    return [
        head,
        *(f"      {property_line(delta)}" for delta in change.deltas),
        *(f"      {_paint('!', '33', on=color)} {_said(each)}" for each in change.reasons if each.risk != "none"),
        *(f"      {each.text}" for each in change.reasons if each.risk == "none"),
    ]


def property_line(delta: Delta) -> str:
    """One property, before and after."""
    name = short(delta.path)
    if delta.kind == "added":
        return f"{name:<34} + {_value(delta.after)}"
    if delta.kind == "removed":
        return f"{name:<34} - {_value(delta.before)}"
    before, after = _pair(delta)
    return f"{name:<34} {before} -> {after}"


def short(path: str) -> str:
    """A path as people say it: `columns[Level]`, not `properties.schema.columns[Level]`."""
    for prefix in ("properties.schema.", "properties."):
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return path


def _pair(delta: Delta) -> tuple[str, str]:
    """Before and after; where a cut would hide the difference, from shortly before it."""
    before, after = _words(delta.before), _words(delta.after)
    pairs = enumerate(zip(before, after, strict=False))
    common = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    start = common - _LEAD if common > _WIDE - _LEAD else 0
    return _cut(before, start), _cut(after, start)


def _value(value: Any) -> str:
    return _cut(_words(value))


def _words(value: Any) -> str:
    if isinstance(value, dict) and set(value) <= {"name", "type", "description"} and "type" in value:
        return str(value["type"])
    words = value if isinstance(value, str) else _json.dumps(value, ensure_ascii=False)
    return " ".join(words.split())


def _cut(words: str, start: int = 0) -> str:
    if len(words) <= _WIDE:
        return words
    rest = words[start:]
    return ("…" if start else "") + (rest if len(rest) <= _WIDE else f"{rest[: _WIDE - 1]}…")


def _said(reason: Reason) -> str:
    return str(reason) + (f" (--allow {reason.allow})" if reason.allow else "")


def _strangers(plan: Plan) -> list[str]:
    if not plan.undeclared:
        return []
    pruned = {change.id for change in plan.changes if change.action == "delete"}
    ours = [each for each in plan.undeclared if each.owned and each.id not in pruned]
    theirs = [each for each in plan.undeclared if not each.owned]
    lines = [""]
    if ours:
        names = ", ".join(f"{each.type} {each.name}" for each in ours)
        lines.append(f"Ours and no longer declared (--prune removes): {names}")
    if theirs:
        names = ", ".join(f"{each.type} {each.name}" for each in theirs[:10])
        more = f" and {len(theirs) - 10} more" if len(theirs) > 10 else ""
        lines.append(f"Not declared here, left alone: {names}{more}")
    return lines


def _place(change: Change, where: Where | None) -> dict[str, Any]:
    place = where(change.path) if where and change.path else None
    return {"file": place.file if place else None, "line": place.line if place else None}


def _diff(change: Change) -> list[str]:
    lines = [f"# {change.action} {change.type} {change.name}"]
    for delta in change.deltas:
        before, after = _pair(delta)
        if delta.before is not None:
            lines.append(f"- {short(delta.path)}: {before}")
        if delta.after is not None:
            lines.append(f"+ {short(delta.path)}: {after}")
    return lines


def _risk(change: Change) -> str:
    return f"**{change.risk}**" if change.risk in _RISKS else change.risk


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _paint(words: str, code: str, *, on: bool) -> str:
    return f"\x1b[{code}m{words}\x1b[0m" if on else words
