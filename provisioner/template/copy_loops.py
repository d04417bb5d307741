"""Copy loops: how often, with which index, in properties, variables and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.json_values import get
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit
from provisioner.template.unknown_values import Unknown, unresolved

Resolve = Callable[[Any, Context], Any]
OUTPUT_LOOP = ""
"""The name of a loop that has none: an output's."""


def loop_count(name: str, declared: Any, context: Context, resolve: Resolve) -> int | Unknown:
    """How many turns a loop takes; an Unknown where that is not known. Raises TemplateError copy-count."""
    try:
        count = resolve(declared, context.derive(place="resource"))
    except TemplateError as error:
        raise error.within("count") from None
    if isinstance(count, Unknown):
        return count
    if isinstance(count, str) and count.isdecimal() and len(count) < 10:
        # Azure's own examples write `"count": "3"`.
        count = int(count)
    # Checked before the first turn: 10^9 turns would never be refused by what they make.
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= limit("copy_count"):
        raise TemplateError("copy-count", name=name, most=limit("copy_count")).within("count")
    return count


def turns(name: str, count: int, context: Context) -> Iterator[Context]:
    """The surroundings of each turn of a loop."""
    for index in range(count):
        yield context.derive(copies={**context.copies, name.lower(): index}, innermost_copy=name.lower())


def looped(name: str, loop: dict[str, Any], context: Context, resolve: Resolve) -> Any:
    """The array that a loop with an `input` makes, or an Unknown."""
    count = loop_count(name, get(loop, "count"), context, resolve)
    if isinstance(count, Unknown):
        return count
    try:
        return [resolve(get(loop, "input"), turn) for turn in turns(name, count, context)]
    except TemplateError as error:
        raise error.within("input") from None


def copied_properties(loops: Any, context: Context, resolve: Resolve) -> dict[str, Any] | None:
    """The properties that a `copy` element makes beside it; None where it is a property of that name like any other."""
    # `copy` is also an ordinary property of some resources' bodies.
    if not isinstance(loops, list) or not loops or not all(map(_is_loop, loops)):
        return None
    properties: dict[str, Any] = {}
    for index, loop in enumerate(loops):
        name = get(loop, "name")
        try:
            properties[name] = looped(name, loop, context, resolve)
        except TemplateError as error:
            raise error.within(index) from None
    return properties


def _is_loop(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return isinstance(get(value, "name"), str) and {"name", "count", "input"} <= {key.lower() for key in value}


def copy_index(context: Context, name: str | None, shift: int) -> int | Unknown:
    """The turn that a loop is in, from 0, moved by an offset. Raises TemplateError copy-index."""
    key = name.lower() if name is not None else context.resource_copy or context.innermost_copy
    if key is not None and key in context.copies:
        return context.copies[key] + shift
    if context.evaluation.allow_unresolved:
        return unresolved("copyIndex()")
    raise TemplateError("copy-index", name=f": there is no loop '{name}'" if name else "")
