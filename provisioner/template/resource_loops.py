"""Copy loops around resources: their names, counts and batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.template.copy_loops import loop_count, turns
from provisioner.template.evaluation_context import Context
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import get
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit
from provisioner.template.template_sections import declarations_in
from provisioner.template.unknown_values import Unknown


class CountNotKnownError(TemplateError):
    """How many resources there are shows only while deploying: allowed in a nested template that waits for values."""


@dataclass(frozen=True, slots=True)
class ResourceLoop:
    """A loop: its name, how often, and how many at once (0 is all)."""

    name: str
    count: int
    batch: int


@dataclass(frozen=True, slots=True)
class LoopNames:
    """What a loop around a resource is called: by its own name, and by the symbolic name of the resource or ""."""

    name: str
    symbolic_name: str


def loops_in(resources: Any) -> Iterator[LoopNames]:
    """The loops in a `resources` section, whatever their counts are."""
    for symbol, _key, declared in declarations_in(resources):
        loop = get(declared, "copy") if isinstance(declared, dict) else None
        if isinstance(loop, dict) and isinstance(name := get(loop, "name"), str):
            yield LoopNames(name, symbol)


def resource_loop(declared: dict[str, Any], context: Context) -> ResourceLoop | None:
    """The loop around a resource; None where there is none, or where with `allow_unresolved` its count is not known.

    Raises TemplateError with the path from the declaration.
    """
    loop = get(declared, "copy")
    if loop is None:
        return None
    try:
        name = _name(loop)
        count = loop_count(name, get(loop, "count"), context, resolve)
        batch = _batch(loop, context)
        if not isinstance(count, Unknown):
            return ResourceLoop(name, count, batch)
        if context.evaluation.allow_unresolved:
            return None
        raise CountNotKnownError("copy-count", name=name, most=limit("copy_count")).within("count")
    except TemplateError as error:
        raise error.within("copy") from None


def loop_turns(loop: ResourceLoop | None, context: Context) -> Iterator[tuple[Context, int]]:
    """The surroundings and the index of each turn; one turn without a loop."""
    if loop is None:
        yield context, 0
        return
    for index, turn in enumerate(turns(loop.name, loop.count, context)):
        # copyIndex() without a name means this loop, also inside a loop of properties.
        turn.resource_copy = loop.name.lower()
        yield turn, index


def _name(loop: Any) -> str:
    name = get(loop, "name") if isinstance(loop, dict) else None
    if not isinstance(name, str):
        raise TemplateError("copy-shape", problem="an object with 'name' and 'count' is expected")
    return name


def _batch(loop: dict[str, Any], context: Context) -> int:
    if str(get(loop, "mode", "")).lower() != "serial":
        return 0
    batch = resolve(get(loop, "batchSize", 1), context)
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise TemplateError("copy-shape", problem="'batchSize' must be a positive integer").within("batchSize")
    return batch
