"""The properties of a change as text: values side by side, transforms as line diffs in the standard layout."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from provisioner.resources import TypeName, resource_type

if TYPE_CHECKING:
    from provisioner.plan.change import Delta

Sides = tuple[str, str]
"""The names of what stands before and after in a diff."""
PLAN_SIDES: Sides = ("Azure", "manifest")
DRIFT_SIDES: Sides = ("manifest", "Azure")
"""Drift is told as what was done behind the manifest: from declared to live."""
CONTEXT_LINES = 3
"""Unchanged lines around a change, as `diff -u` has them."""
MAX_WIDTH = 60
"""Characters of a value on a line of text; longer ones are cut with a mark, and are whole in every other form."""
_SHARED_LEAD = 20
"""Characters shown before the first difference of two long values."""
_PATH_WIDTH = 34
"""Holds most paths; a longer one moves the values of its own line only."""


def format_delta(delta: Delta, *, whole: bool = False) -> str:
    """One property before and after, on one line; with `whole` values are not cut."""
    name = short_path(delta.path)
    if delta.kind == "added":
        return f"{name:<{_PATH_WIDTH}} + {_shorten(value_text(delta.after), whole=whole)}"
    if delta.kind == "removed":
        return f"{name:<{_PATH_WIDTH}} - {_shorten(value_text(delta.before), whole=whole)}"
    before, after = _before_and_after(delta, whole=whole)
    return f"{name:<{_PATH_WIDTH}} {before} -> {after}"


def short_path(path: str) -> str:
    """A path without the leading `properties.` or `properties.schema.`: `columns[Level]`."""
    for prefix in ("properties.schema.", "properties."):
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return path


def value_text(value: Any) -> str:
    """A value on one line; of a column's body its type, as the name stands in the path."""
    if isinstance(value, dict) and set(value) <= {"name", "type", "description"} and "type" in value:
        return str(value["type"])
    # As JSON where text would not stay on its line, so that a changed line break shows.
    if isinstance(value, str) and len(value.splitlines()) <= 1:
        return value
    return json.dumps(value, ensure_ascii=False)


def is_query(type_name: TypeName, delta: Delta) -> bool:
    """Whether a delta is a transform that has text on at least one side."""
    queries = resource_type(type_name).comparison.queries
    return delta.pattern in queries and any(isinstance(value, str) for value in (delta.before, delta.after))


def query_diff(type_name: TypeName, delta: Delta, sides: Sides) -> list[str]:
    """The lines of a unified diff of two transforms, both in the standard layout, headed by the names of the sides."""
    # A flow without a transform does what Azure's default says.
    default = str(resource_type(type_name).comparison.defaults.get(delta.pattern, ""))
    texts = [str(default if value is None else value) for value in (delta.before, delta.after)]
    before, after = texts if sides == PLAN_SIDES else reversed(texts)
    heads = [f"{side}: {delta.name or short_path(delta.path)}" for side in sides]
    width, *narrower_widths = _LAYOUT_WIDTHS
    shortest = _unified_diff(before, after, heads, width)
    # A line out and a line in is as short as a diff can be: most need no other layout.
    if _changed_lines(shortest) > _FEWEST_CHANGED_LINES:
        others = [_unified_diff(before, after, heads, width) for width in narrower_widths]
        shortest = min([shortest, *others], key=_changed_lines)
    return shortest


_LAYOUT_WIDTHS = (100, 60, 20)
"""A list that is a line on one side and broken on the other differs in every line; in narrower layouts, both break."""
_FEWEST_CHANGED_LINES = 4
"""Two lines that name the sides, one that goes and one that comes."""


def _unified_diff(before: str, after: str, heads: Sequence[str], width: int) -> list[str]:
    # Imported late: only a plan with a changed transform needs them.
    from difflib import unified_diff

    from provisioner import kql

    lines, new_lines = (kql.format(text, width).splitlines() for text in (before, after))
    return list(unified_diff(lines, new_lines, heads[0], heads[1], lineterm="", n=CONTEXT_LINES))


def _changed_lines(diff: list[str]) -> int:
    return sum(line.startswith(("+", "-")) for line in diff)


def text_diff(type_name: TypeName, deltas: Iterable[Delta], sides: Sides) -> str | None:
    """The line diffs of all changed transforms, one after the other; None where none changed."""
    lines = [line for delta in deltas if is_query(type_name, delta) for line in query_diff(type_name, delta, sides)]
    return "\n".join(lines) or None


def property_diff(delta: Delta) -> Iterator[str]:
    """A property as lines of a diff, with whole values."""
    if delta.before is not None:
        yield f"- {short_path(delta.path)}: {value_text(delta.before)}"
    if delta.after is not None:
        yield f"+ {short_path(delta.path)}: {value_text(delta.after)}"


def _before_and_after(delta: Delta, *, whole: bool) -> Sides:
    """Both values, cut to `MAX_WIDTH`; where that would hide the difference, they start shortly before it."""
    before, after = value_text(delta.before), value_text(delta.after)
    pairs = enumerate(zip(before, after, strict=False))
    common = next(
        (index for index, (character, other_character) in pairs if character != other_character),
        min(len(before), len(after)),
    )
    start = common - _SHARED_LEAD if common > MAX_WIDTH - _SHARED_LEAD else 0
    return _shorten(before, start, whole=whole), _shorten(after, start, whole=whole)


def _shorten(text: str, start: int = 0, *, whole: bool = False) -> str:
    if whole or len(text) <= MAX_WIDTH:
        return text
    rest = text[start:]
    return ("…" if start else "") + (rest if len(rest) <= MAX_WIDTH else f"{rest[: MAX_WIDTH - 1]}…")
