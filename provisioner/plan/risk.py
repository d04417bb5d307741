"""The risk of a difference and its reasons, from the facts in `schemas/resources/`; the first fact that fits counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.fact_evidence import judge
from provisioner.model.table_plans import plan_switch_evidence
from provisioner.plan.change import Delta, Reason, Risk
from provisioner.plan.comparison_rules import get_path
from provisioner.resources import Body, Resource, ResourceType, TypeName, resource_type
from provisioner.resources.expansion_context import OWNER_TAG


def risk_reasons(desired: Resource, deltas: tuple[Delta, ...], live: Body) -> Iterator[Reason]:
    """The reasons for care in changing an existing resource; harmless deltas yield none."""
    for delta in deltas:
        reason = _delta_reason(desired, delta, live, {other.pattern: other for other in deltas})
        if reason is not None:
            yield reason


def write_blockers(resource: Resource, live: Body) -> Iterator[Reason]:
    """The reasons why Azure would refuse every write to a live resource."""
    for fact in resource.type.risk.write_blockers:
        if get_path(live, fact["path"]) in fact["values"]:
            yield Reason("breaking", str(fact["reason"]), instead=str(fact["instead"]).format(name=resource.name))


def conversion(resource: Resource, live: Body) -> tuple[str, Reason] | None:
    """The action that takes away what blocks writes, where the resource asks for it, and what it means; else None."""
    facts = [fact for fact in resource.type.risk.write_blockers if get_path(live, fact["path"]) in fact["values"]]
    if not resource.converts or len(facts) != 1 or "conversion" not in facts[0]:
        return None
    fact = facts[0]["conversion"]
    return str(fact["action"]), _reason_from_fact(fact, resource, "it is converted")


def removal_reason(resource: Resource) -> Reason:
    """What the deletion of a resource means for its users."""
    return _reason_from_fact(resource.type.risk.removal, resource, "it is removed")


def undeletable_reason(resource: Resource, live: Body) -> str | None:
    """Why Azure refuses to delete a live resource; None where it does not."""
    fact = resource.type.risk.removal.get("never")
    return str(fact["reason"]) if fact and get_path(live, fact["path"]) in fact["values"] else None


def replacement_reason(resource: Resource) -> Reason | None:
    """What deletion and new creation mean for users; None where the type cannot be replaced."""
    fact = resource.type.risk.replacement
    return _reason_from_fact(fact, resource, "it is deleted and created again") if fact else None


def column_removal_reason(resource: Resource, column: str) -> Reason:
    """What the removal of a live column means; `destructive:TABLE.COLUMN` accepts it."""
    fact = next(
        (
            candidate
            for candidate in resource.type.risk.change_risks
            if candidate["when"] == "removed" and candidate["path"].endswith("columns[]")
        ),
        None,
    )
    text = str(fact["reason"]).format(name=column) if fact else f"{column} is removed"
    return Reason("destructive", text, f"destructive:{resource.name}.{column}")


def removal_by_name(type_name: TypeName) -> bool:
    """Whether resources of a type are removed only where `--allow destructive:NAME` names them."""
    return resource_type(type_name).risk.removal.get("risk") == "destructive"


def default_risk(type_: ResourceType, delta: Delta) -> Risk:
    """The risk of a delta without a fact of its own: none for tags and descriptions, which have no effect on rows."""
    del type_
    harmless = delta.pattern.startswith("tags") or delta.pattern.endswith("description")
    return "none" if harmless else "additive"


def is_immutable(type_: ResourceType, delta: Delta) -> bool:
    """Whether Azure refuses to change the property in place."""
    return delta.pattern in type_.write.immutable


def _delta_reason(desired: Resource, delta: Delta, live: Body, deltas: Mapping[str, Delta]) -> Reason | None:
    # Two manifests that own one resource would overwrite each other at every apply.
    if delta.path == f"tags.{OWNER_TAG}" and delta.before is not None:
        text = f"it belongs to {delta.before!r} and would change hands"
        return Reason("breaking", text, f"breaking:{desired.name}")
    for fact in desired.type.risk.change_risks:
        if fact["path"] == delta.pattern and _fact_applies(fact, delta, desired.body, live, deltas):
            values = {"name": delta.name, "before": _value_label(delta.before), "after": _value_label(delta.after)}
            risk: Risk = fact["risk"]
            allow = None if "instead" in fact else _approval(risk, desired)
            instead = str(fact["instead"]).format(**values) if "instead" in fact else None
            return Reason(risk, str(fact["reason"]).format(**values), allow, instead)
    return None


def _fact_applies(
    fact: Mapping[str, Any], delta: Delta, desired: Body, live: Body, deltas: Mapping[str, Delta]
) -> bool:
    if fact["when"] == "decreased":
        # -1 counts as less than any number: it follows the workspace's default, which is hardly ever longer than a
        # retention that somebody chose.
        shrinks = (
            isinstance(delta.before, int | float)
            and isinstance(delta.after, int | float)
            and delta.after < delta.before
        )
        if not shrinks:
            return False
    elif fact["when"] != delta.kind:
        return False
    if "values" in fact and not {_value_label(delta.before), _value_label(delta.after)} & set(fact["values"]):
        return False
    if "from" in fact and _value_label(delta.before) not in fact["from"]:
        return False
    if "to" in fact and _value_label(delta.after) not in fact["to"]:
        return False
    if fact.get("judged_by") == "plan_switches" and _is_switch_accepted(delta):
        return False
    return "unless" not in fact or not _is_kept_by(str(fact["unless"]), delta, desired, live, deltas)


def _is_switch_accepted(delta: Delta) -> bool:
    """Whether, by its evidence, Azure takes a change from one plan to the other."""
    return judge(plan_switch_evidence(str(delta.before).lower(), str(delta.after).lower())).accepted


def _is_kept_by(path: str, delta: Delta, desired: Body, live: Body, deltas: Mapping[str, Delta]) -> bool:
    """Whether another property, set by hand and not decreasing, still keeps what this one gives up.

    Rows that leave interactive retention stay readable as long as the total retention is not shorter.
    """
    if path in deltas and deltas[path].kind == "changed" and deltas[path].after < deltas[path].before:
        return False
    chosen = get_path(desired, path)
    by_default = bool(get_path(live, f"{path}AsDefault"))
    kept = chosen if isinstance(chosen, int) else (None if by_default else get_path(live, path))
    return isinstance(kept, int) and isinstance(delta.before, int) and kept >= delta.before


def _reason_from_fact(fact: Mapping[str, str], resource: Resource, otherwise: str) -> Reason:
    risk: Risk = fact.get("risk", "breaking")  # type: ignore[assignment]
    return Reason(risk, fact.get("reason", otherwise), _approval(risk, resource))


def _approval(risk: Risk, resource: Resource) -> str | None:
    """The value of `--allow` that accepts a risk of the resource; None where it needs no acceptance."""
    return None if risk in {"none", "additive"} else f"{risk}:{resource.name}"


def _value_label(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) else "another value"
