"""Functions of arrays and strings alike: parts, length, search."""

from __future__ import annotations

from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import equal, find_key, identity, text_of
from provisioner.template.unknown_values import Unknown, combined, unknowns_in

function = group("array")


@function("concat(first: any, more: any*) -> string|array", style="context", composes=True, grows=True)
def concat(*parts: Any, context: Context) -> Any:
    """The strings in one string, or the arrays in one array; an array takes no other values beside it."""
    budget = context.evaluation.budget
    if all(isinstance(part, list) for part in parts):
        budget.allow(sum(map(len, parts)))
        return [member for part in parts for member in part]
    if any(isinstance(part, list) for part in parts):
        # Azure's words: Azure/azure-powershell#12962.
        raise CannotEvaluate("either all or none of the parameters must be an array")
    # Other types are written as texts: ARM takes numbers and booleans beside strings.
    texts = [text_of(part) for part in parts]
    budget.allow(sum(map(len, texts)))
    return "".join(texts)


@function("contains(container: array|object|string, item: any) -> bool", style="context")
def contains(container: Any, item: Any, *, context: Context) -> Any:
    """Whether an array has a member, an object a property (in any case), or a string another string."""
    if isinstance(container, str):
        return text_of(item) in container
    # Comparing is cheaper than calling, as measured.
    context.evaluation.budget.spend(len(container) // 4)
    if isinstance(container, dict):
        return find_key(container, text_of(item)) is not None
    if any(equal(member, item) for member in container):
        return True
    # A member that is not known may be the one that is looked for.
    unknown = list(unknowns_in(container))
    return combined(unknown) if unknown else False


@function("empty(item: array|object|string|null) -> bool")
def empty(item: Any) -> bool:
    """Whether an array, object or string has nothing in it; null is empty."""
    return not item


@function("first(items: array|string) -> any")
def first(items: Any) -> Any:
    """The first member or character; null of an empty array, nothing of an empty string."""
    return _member(items, 0)


@function("last(items: array|string) -> any")
def last(items: Any) -> Any:
    """The last member or character."""
    return _member(items, -1)


def _member(items: Any, index: int) -> Any:
    if items:
        return items[index]
    return "" if isinstance(items, str) else None


@function("length(items: array|object|string) -> int")
def length(items: Any) -> int:
    """The number of members, properties or characters."""
    return len(items)


@function("indexOf(items: array|string, item: any) -> int", style="context")
def index_of(items: Any, item: Any, *, context: Context) -> Any:
    """The first position, from 0; -1 where there is none. Strings are searched in any case, members with case."""
    context.evaluation.budget.spend(len(items) // 4)
    return _position(items, item, last=False)


@function("lastIndexOf(items: array|string, item: any) -> int", style="context")
def last_index_of(items: Any, item: Any, *, context: Context) -> Any:
    """The last position."""
    context.evaluation.budget.spend(len(items) // 4)
    return _position(items, item, last=True)


def _position(items: Any, item: Any, *, last: bool) -> Any:
    # The page of `indexOf` searches strings in any case.
    if isinstance(items, str):
        text, piece = items.lower(), text_of(item).lower()
        return text.rfind(piece) if last else text.find(piece)
    if unknown := [member for member in items if isinstance(member, Unknown)]:
        return combined(unknown)
    item_identity = identity(item)
    positions = range(len(items) - 1, -1, -1) if last else range(len(items))
    return next((position for position in positions if identity(items[position]) == item_identity), -1)


@function("skip(items: array|string, count: int) -> array|string")
def skip(items: Any, count: int) -> Any:
    """What is behind the first members or characters; all for 0 or less."""
    return items[max(count, 0) :]


@function("take(items: array|string, count: int) -> array|string")
def take(items: Any, count: int) -> Any:
    """The first members or characters; none for 0 or less."""
    return items[: max(count, 0)]
