"""What follows from other changes, or from a wish to tidy up: grants of replaced rules, moving defaults, removals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from provisioner.live import Live, Undeclared
from provisioner.plan import risk
from provisioner.plan.change import Change, Delta, worst
from provisioner.plan.comparison_rules import at
from provisioner.plan.resource_change import made
from provisioner.resources import Graph, Key, Resource, resource_type


def orphaned(desired: Graph, changes: Iterable[Change]) -> list[Change]:
    """What stands on a resource that is replaced goes with it, and must be made again: grants."""
    replaced = {each.key for each in changes if each.action == "replace"}
    known = {each.key for each in changes}
    return [
        made(Change("create", each.key, str(each.id), "additive"), each, None, desired)
        for each in desired
        if each.scope in replaced and each.key not in known
    ]


def pinned(desired: Graph, live: Live, changes: list[Change], scope: frozenset[Key] | None) -> list[Change]:
    """The changes, and in them what equals a default that is about to change: it must be said before that moves."""
    moving = {(each.key, delta.path) for each in changes for delta in each.deltas if each.action == "update"}
    found = {each.key: each for each in changes}
    for each in desired:
        twin = live.graph.get(each.key)
        if twin is None or each.existing or (scope is not None and each.key not in scope):
            continue
        known = found.get(each.key) or Change("no-op", each.key, str(twin.id))
        told = {delta.path for delta in known.deltas}
        deltas = tuple(
            Delta(path, "the default", value, path)
            for path, flag in each.type.as_default.items()
            if (each.scope, path) in moving and path not in told and at(twin.body, flag) is True
            for value in [at(each.body, path)]
            if value not in {None, -1}
        )
        if deltas and known.action in {"no-op", "update"}:
            grave = worst([known.risk, "additive"])
            wider = replace(known, action="update", risk=grave, deltas=(*known.deltas, *deltas))
            found[each.key] = made(wider, each, twin, desired)
    return list(found.values())


def prune(undeclared: Iterable[Undeclared], allow: Collection[str]) -> Iterator[Change]:
    """The removal of what is ours and not declared; of a table only where a yes names it.

    A grant on a rule that goes too goes with it, and needs no yes of its own.
    """
    accepted = {each.lower() for each in allow}
    undeclared = tuple(undeclared)
    rules = {each.id.lower(): each for each in undeclared if each.type == "dcr" and each.owned}
    for each in undeclared:
        named = each.type == "table" and f"destructive:{each.name}".lower() in accepted
        if each.owned or named:
            type_ = resource_type(each.type)
            live = Resource(type_, each.name, each.name, each.id, each.body)
            reason = risk.removal(live)
            scope, _, assignment = each.id.lower().partition("/providers/microsoft.authorization/")
            if assignment and (rule := rules.get(scope)):
                reason = replace(reason, text=f"it goes with {rule.name}", allow=f"{reason.risk}:{rule.name}")
            yield Change("delete", live.key, each.id, reason.risk, (reason,), live=live)
