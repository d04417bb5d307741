"""Changes implied by others: dependents of replaced resources, inherited defaults, and what `--prune` removes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from provisioner.live import LiveResources, UndeclaredResource
from provisioner.plan import risk
from provisioner.plan.change import Change, Delta, highest_risk
from provisioner.plan.comparison_rules import get_path
from provisioner.plan.resource_change import attach_bodies
from provisioner.resources import Graph, Key, Resource, resource_type


def recreate_dependents(desired: Graph, changes: Iterable[Change]) -> list[Change]:
    """Creations of resources whose scope is replaced: a role assignment is deleted together with its DCR."""
    replaced = {change.key for change in changes if change.action == "replace"}
    changed_keys = {change.key for change in changes}
    return [
        attach_bodies(Change("create", resource.key, str(resource.id), "additive"), resource, None, desired)
        for resource in desired
        if resource.scope in replaced and resource.key not in changed_keys
    ]


def pin_inherited_defaults(
    desired: Graph, live: LiveResources, changes: list[Change], scope: frozenset[Key] | None
) -> list[Change]:
    """The changes, with inherited values written out where the inherited default changes in the same plan.

    A table without a retention of its own follows the workspace's. Where the manifest declares for the table the value
    that the workspace has now, and changes the workspace's, the table would silently move with it.
    """
    moving_defaults = {
        (change.key, delta.path) for change in changes for delta in change.deltas if change.action == "update"
    }
    change_of = {change.key: change for change in changes}
    for resource in desired:
        live_resource = live.graph.get(resource.key)
        if live_resource is None or resource.existing or (scope is not None and resource.key not in scope):
            continue
        change = change_of.get(resource.key) or Change("no-op", resource.key, str(live_resource.id))
        compared_paths = {delta.path for delta in change.deltas}
        deltas = tuple(
            Delta(path, "the default", value, path)
            for path, flag in resource.type.comparison.default_flags.items()
            if (resource.scope, path) in moving_defaults
            and path not in compared_paths
            and get_path(live_resource.body, flag) is True
            for value in [get_path(resource.body, path)]
            if value not in {None, -1}
        )
        if deltas and change.action in {"no-op", "update"}:
            highest = highest_risk([change.risk, "additive"])
            widened = replace(change, action="update", risk=highest, deltas=(*change.deltas, *deltas))
            change_of[resource.key] = attach_bodies(widened, resource, live_resource, desired)
    return list(change_of.values())


def prune_undeclared(undeclared: Iterable[UndeclaredResource], allow: Collection[str]) -> Iterator[Change]:
    """Deletions of resources that this manifest owns and no longer declares.

    A table and an application are deleted only where `allow` names them.
    """
    accepted = {approval.lower() for approval in allow}
    undeclared = tuple(undeclared)
    rules = {resource.id.lower(): resource for resource in undeclared if resource.type == "dcr" and resource.owned}
    for resource in undeclared:
        named = f"destructive:{resource.name}".lower() in accepted
        if named if risk.removal_by_name(resource.type) else resource.owned:
            type_ = resource_type(resource.type)
            live = Resource(type_, resource.name, resource.name, resource.id, resource.body)
            reason = risk.removal_reason(live)
            # Azure deletes the assignments on a DCR together with it: accepting the DCR's removal accepts theirs.
            scope, _, assignment = resource.id.lower().partition("/providers/microsoft.authorization/")
            if assignment and (rule := rules.get(scope)):
                reason = replace(reason, text=f"it goes with {rule.name}", allow=f"{reason.risk}:{rule.name}")
            yield Change("delete", live.key, resource.id, reason.risk, (reason,), live=live)
