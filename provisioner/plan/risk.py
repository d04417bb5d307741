"""How dangerous a difference is, and why: the facts of the type decide, in the order in which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.plan.change import Delta, Reason, Risk
from provisioner.plan.comparison_rules import at
from provisioner.resources import Body, Resource, ResourceType
from provisioner.resources.expansion_context import OWNER_TAG


def reasons(desired: Resource, deltas: tuple[Delta, ...], live: Body) -> Iterator[Reason]:
    """Why the change of an existing resource needs care; harmless deltas give none."""
    for delta in deltas:
        found = _reason(desired, delta, live, {each.pattern: each for each in deltas})
        if found is not None:
            yield found


def obstacles(resource: Resource, live: Body) -> Iterator[Reason]:
    """What makes every write to a live resource fail."""
    for fact in resource.type.obstacles:
        if at(live, fact["path"]) in fact["values"]:
            yield Reason("breaking", str(fact["reason"]), instead=str(fact["instead"]).format(name=resource.name))


def removal(resource: Resource) -> Reason:
    """What it means that a resource goes."""
    return _whole(resource.type.removal, resource, "it is removed")


def irremovable(resource: Resource, live: Body) -> str | None:
    """Why Azure never lets a live resource go; None where it does."""
    never = resource.type.removal.get("never")
    return str(never["reason"]) if never and at(live, never["path"]) in never["values"] else None


def replacement(resource: Resource) -> Reason | None:
    """What it means to delete and create it anew; None where that is not done."""
    known = resource.type.replacement
    return _whole(known, resource, "it is deleted and created anew") if known else None


def drop(resource: Resource, column: str) -> Reason:
    """What it means that a live column, named by a yes, goes."""
    found = next(
        (each for each in resource.type.risks if each["when"] == "removed" and each["path"].endswith("columns[]")), None
    )
    text = str(found["reason"]).format(name=column) if found else f"{column} is removed"
    return Reason("destructive", text, f"destructive:{resource.name}.{column}")


def of_delta(type_: ResourceType, delta: Delta) -> Risk:
    """The risk of a delta of which no fact speaks: tags and descriptions touch nobody."""
    del type_
    harmless = delta.pattern.startswith("tags") or delta.pattern.endswith("description")
    return "none" if harmless else "additive"


def immutable(type_: ResourceType, delta: Delta) -> bool:
    """Whether Azure refuses to change this in place."""
    return delta.pattern in type_.immutable


def _reason(desired: Resource, delta: Delta, live: Body, all_: Mapping[str, Delta]) -> Reason | None:
    if delta.path == f"tags.{OWNER_TAG}" and delta.before is not None:
        text = f"it belongs to {delta.before!r} and would change hands"
        return Reason("breaking", text, f"breaking:{desired.name}")
    for fact in desired.type.risks:
        if fact["path"] == delta.pattern and _fits(fact, delta, desired.body, live, all_):
            words = {"name": delta.name, "before": _word(delta.before), "after": _word(delta.after)}
            risk: Risk = fact["risk"]
            allow = None if risk in {"none", "additive"} or "instead" in fact else f"{risk}:{desired.name}"
            instead = str(fact["instead"]).format(**words) if "instead" in fact else None
            return Reason(risk, str(fact["reason"]).format(**words), allow, instead)
    return None


def _fits(fact: Mapping[str, Any], delta: Delta, desired: Body, live: Body, all_: Mapping[str, Delta]) -> bool:
    if fact["when"] == "decreased":
        # -1 follows the default, and what was chosen by hand is hardly ever less than that.
        shrinks = isinstance(delta.before, int) and isinstance(delta.after, int) and delta.after < delta.before
        if not shrinks:
            return False
    elif fact["when"] != delta.kind:
        return False
    if "values" in fact and not {_word(delta.before), _word(delta.after)} & set(fact["values"]):
        return False
    if "from" in fact and _word(delta.before) not in fact["from"]:
        return False
    return "unless" not in fact or not _holds(str(fact["unless"]), delta, desired, live, all_)


def _holds(path: str, delta: Delta, desired: Body, live: Body, all_: Mapping[str, Delta]) -> bool:
    """Whether another property, chosen and not shrinking, still keeps what this one gives up."""
    if path in all_ and all_[path].kind == "changed" and all_[path].after < all_[path].before:
        return False
    chosen = at(desired, path)
    by_default = bool(at(live, f"{path}AsDefault"))
    kept = chosen if isinstance(chosen, int) else (None if by_default else at(live, path))
    return isinstance(kept, int) and isinstance(delta.before, int) and kept >= delta.before


def _whole(known: Mapping[str, str], resource: Resource, otherwise: str) -> Reason:
    risk: Risk = known.get("risk", "breaking")  # type: ignore[assignment]
    return Reason(risk, known.get("reason", otherwise), f"{risk}:{resource.name}")


def _word(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) else "another value"
