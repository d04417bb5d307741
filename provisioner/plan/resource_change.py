"""What one resource needs to become what is declared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provisioner.errors import NotFound
from provisioner.live import Live
from provisioner.plan import risk
from provisioner.plan.change import Action, Change, Reason, worst
from provisioner.plan.compare import Comparison
from provisioner.resources import Graph, Resource


def need(
    resource: Resource,
    desired: Graph,
    live: Live,
    named: frozenset[str] = frozenset(),
    *,
    tolerant: bool = False,
) -> Change | None:
    """The change of one resource; None where it needs none and there is nothing to say.

    `named` are the columns that a yes removes, in lower case. Raises NotFound where somebody else's resource is not
    there; with `tolerant` that is a change that nothing accepts.
    """
    twin = live.graph.get(resource.key)
    if twin is None:
        if resource.existing and tolerant:
            absent = Reason("breaking", "it does not exist", instead="correct its id or name, or let its owner make it")
            return Change("no-op", resource.key, str(resource.id), "breaking", (absent,), path=resource.path)
        if resource.existing:
            raise NotFound(
                f"{resource.id} does not exist, and the manifest takes it to be somebody else's",
                hint="correct its id or name, or let the manifest manage it: `name` in place of `id`, no `existing`",
                target=resource.id,
            )
        return made(Change("create", resource.key, str(resource.id), "additive"), resource, None, desired)
    if resource.type.update == "never":
        return None
    body = desired.body(resource)
    comparison = Comparison(resource.type, body, twin.body)
    blocked = tuple(risk.obstacles(resource, twin.body))
    if blocked:
        found = Change("no-op", resource.key, str(twin.id), "breaking", blocked, comparison.deltas)
        return made(found, resource, twin, desired)
    if resource.existing:
        return _proved(resource, twin, comparison, desired)
    drops = _drops(body, twin, named)
    if not comparison.deltas and not drops:
        if not comparison.notes:
            return None
        notes = tuple(Reason("none", note) for note in comparison.notes)
        return made(Change("no-op", resource.key, str(twin.id), reasons=notes), resource, twin, desired)
    return _updated(resource, twin, comparison, drops, desired)


def _updated(
    resource: Resource, twin: Resource, comparison: Comparison, drops: frozenset[str], desired: Graph
) -> Change:
    deltas = comparison.deltas
    why = [*risk.reasons(resource, deltas, twin.body), *(risk.drop(resource, each) for each in sorted(drops))]
    fixed = [each for each in deltas if risk.immutable(resource.type, each)]
    action: Action = "update"
    if fixed and not any(each.blocked for each in why):
        anew = risk.replacement(resource)
        action = "replace" if anew else "update"
        why.append(anew or _stuck(resource, fixed[0].path))
    grave = worst([*(risk.of_delta(resource.type, each) for each in deltas), *(each.risk for each in why)])
    notes = [Reason("none", note) for note in comparison.notes]
    found = Change(action, resource.key, str(twin.id), grave, (*why, *notes), deltas, drops=drops)
    return made(found, resource, twin, desired)


def _stuck(resource: Resource, path: str) -> Reason:
    return Reason(
        "destructive",
        f"Azure does not change {path} of an existing {resource.type.short}",
        instead=f"declare a {resource.type.short} of another name beside it",
    )


def _proved(resource: Resource, twin: Resource, comparison: Comparison, desired: Graph) -> Change | None:
    """Somebody else's resource is never written; where it is not as the manifest takes it to be, nothing is."""
    against = [each for each in comparison.deltas if not each.pattern.startswith("tags") and not _free(each.pattern)]
    if not against:
        return None
    why = tuple(
        Reason(
            "breaking",
            f"{each.path} is {each.before!r} and the manifest takes it to be {each.after!r}",
            instead="correct the manifest, or ask the owner to change it",
        )
        for each in against
    )
    found = Change("no-op", resource.key, str(twin.id), "breaking", why, tuple(against))
    return made(found, resource, twin, desired)


def _free(pattern: str) -> bool:
    """What an owner sets as he likes: it does not decide whether rows fit."""
    return "etention" in pattern or pattern.endswith(("plan", "description")) or "networkAcls" in pattern


def made(found: Change, resource: Resource, twin: Resource | None, desired: Graph) -> Change:
    """The change with everything that apply needs."""
    needs = tuple(key for key in resource.needs() if key in desired)
    body = desired.body(resource) if found.writes else None
    return replace(found, desired=resource, live=twin, body=body, needs=needs, path=resource.path)


def _drops(body: dict[str, Any], twin: Resource, named: frozenset[str]) -> frozenset[str]:
    """The live columns that are named for removal and that the manifest does not declare."""
    if not named:
        return frozenset()
    declared = {each["name"].lower() for each in _columns(body)}
    return frozenset(
        each["name"]
        for each in _columns(twin.body)
        if each["name"].lower() in named and each["name"].lower() not in declared
    )


def _columns(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = ((body.get("properties") or {}).get("schema") or {}).get("columns") or []
    return [each for each in found if isinstance(each, dict) and isinstance(each.get("name"), str)]
