"""The change that one resource needs to become as declared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provisioner.errors import NotFound
from provisioner.live import LiveResources
from provisioner.plan import risk
from provisioner.plan.change import Action, Change, Reason, highest_risk
from provisioner.plan.compare import Comparison
from provisioner.resources import Body, Graph, Resource, substitute


def resource_change(
    resource: Resource,
    desired: Graph,
    live: LiveResources,
    removable_columns: frozenset[str] = frozenset(),
    *,
    tolerant: bool = False,
) -> Change | None:
    """The change of one resource; None where it is as declared and there is nothing to report.

    `removable_columns` are the columns that `--allow` names for removal, in lower case. Raises NotFound where a
    resource declared `existing` does not exist; with `tolerant` that becomes a blocked change.
    """
    live_resource = live.graph.get(resource.key)
    if live_resource is None:
        return _creation_change(resource, desired, tolerant=tolerant)
    # A resource group is created when missing and never written after.
    if resource.type.write.update_method == "never":
        return None
    body = _comparable(desired.resolved_body(resource, exists=True))
    comparison = Comparison(resource.type, body, live_resource.body)
    # Before anything else: a classic table refuses every write, so that a partial plan would fail half-way.
    blockers = tuple(risk.write_blockers(resource, live_resource.body))
    if converted := risk.conversion(resource, live_resource.body):
        change = _update_change(resource, live_resource, comparison, frozenset(), desired)
        action, reason = converted
        return replace(
            change,
            action="update",
            risk=highest_risk([change.risk, reason.risk]),
            reasons=(reason, *change.reasons),
            conversion=action,
        )
    if blockers:
        change = Change("no-op", resource.key, str(live_resource.id), "breaking", blockers, comparison.deltas)
        return attach_bodies(change, resource, live_resource, desired)
    if resource.existing:
        return _mismatch_change(resource, live_resource, comparison, desired)
    removed_columns = _columns_to_remove(body, live_resource, removable_columns)
    if not comparison.deltas and not removed_columns:
        if not comparison.notes:
            return None
        # Another layout of a transform is reported and not written.
        notes = tuple(Reason("none", note) for note in comparison.notes)
        return attach_bodies(
            Change("no-op", resource.key, str(live_resource.id), reasons=notes), resource, live_resource, desired
        )
    return _update_change(resource, live_resource, comparison, removed_columns, desired)


def _creation_change(resource: Resource, desired: Graph, *, tolerant: bool) -> Change:
    """The creation of a resource that Azure lacks; one that others own cannot be created here."""
    if resource.existing and tolerant:
        absent = Reason("breaking", "it does not exist", instead="correct its id or name, or let its owner make it")
        return Change("no-op", resource.key, str(resource.id), "breaking", (absent,), path=resource.path)
    if resource.existing:
        raise NotFound(
            f"{resource.id} does not exist, and the manifest takes it to be somebody else's",
            hint="correct its id or name, or let the manifest manage it: `name` in place of `id`, no `existing`",
            target=resource.id,
        )
    return attach_bodies(Change("create", resource.key, str(resource.id), "additive"), resource, None, desired)


def _update_change(
    resource: Resource, live_resource: Resource, comparison: Comparison, removed_columns: frozenset[str], desired: Graph
) -> Change:
    deltas = comparison.deltas
    reasons = [
        *risk.risk_reasons(resource, deltas, live_resource.body),
        *(risk.column_removal_reason(resource, column) for column in sorted(removed_columns)),
    ]
    unchangeable = [delta for delta in deltas if risk.is_immutable(resource.type, delta)]
    action: Action = "update"
    # Where another delta is blocked anyway, a replacement would offer to delete the resource for nothing.
    if unchangeable and not any(reason.blocked for reason in reasons):
        replacement = risk.replacement_reason(resource)
        action = "replace" if replacement else "update"
        reasons.append(replacement or _immutable_reason(resource, unchangeable[0].path))
    highest = highest_risk(
        [*(risk.default_risk(resource.type, delta) for delta in deltas), *(reason.risk for reason in reasons)]
    )
    notes = [Reason("none", note) for note in comparison.notes]
    change = Change(
        action,
        resource.key,
        str(live_resource.id),
        highest,
        (*reasons, *notes),
        deltas,
        removed_columns=removed_columns,
    )
    return attach_bodies(change, resource, live_resource, desired)


def _immutable_reason(resource: Resource, path: str) -> Reason:
    return Reason(
        "destructive",
        f"Azure does not change {path} of an existing {resource.type.short_name}",
        instead=f"declare a {resource.type.short_name} of another name beside it",
    )


def _mismatch_change(
    resource: Resource, live_resource: Resource, comparison: Comparison, desired: Graph
) -> Change | None:
    """The blocked change of a resource declared `existing` that is not as declared; None where it is.

    Such a resource is never written.
    """
    mismatches = [
        delta
        for delta in comparison.deltas
        if not delta.pattern.startswith("tags") and not _is_owner_setting(delta.pattern)
    ]
    if not mismatches:
        return None
    reasons = tuple(
        Reason(
            "breaking",
            f"{delta.path} is {delta.before!r} and the manifest takes it to be {delta.after!r}",
            instead="correct the manifest, or ask the owner to change it",
        )
        for delta in mismatches
    )
    change = Change("no-op", resource.key, str(live_resource.id), "breaking", reasons, tuple(mismatches))
    return attach_bodies(change, resource, live_resource, desired)


def _is_owner_setting(pattern: str) -> bool:
    """Whether the owner alone decides about a property, because it has no effect on whether rows fit."""
    # "etention" is in retentionInDays and totalRetentionInDays.
    return "etention" in pattern or pattern.endswith(("plan", "description")) or "networkAcls" in pattern


def _comparable(body: Body) -> Body:
    """The body with words in place of what only an apply learns: the object id of an application that is not there."""
    comparable: Body = substitute(body, str)
    return comparable


def attach_bodies(change: Change, resource: Resource, live_resource: Resource | None, desired: Graph) -> Change:
    """The change with what apply needs: both resources, the body to send, and the keys to wait for."""
    needs = tuple(key for key in resource.dependencies() if key in desired)
    exists = live_resource is not None and change.action != "replace"
    body = desired.resolved_body(resource, exists=exists) if change.writes else None
    return replace(change, desired=resource, live=live_resource, body=body, needs=needs, path=resource.path)


def _columns_to_remove(body: dict[str, Any], live_resource: Resource, removable: frozenset[str]) -> frozenset[str]:
    """The names, as Azure spells them, of live columns that `removable` names and the manifest does not declare."""
    if not removable:
        return frozenset()
    declared = {column["name"].lower() for column in _schema_columns(body)}
    return frozenset(
        column["name"]
        for column in _schema_columns(live_resource.body)
        if column["name"].lower() in removable and column["name"].lower() not in declared
    )


def _schema_columns(body: dict[str, Any]) -> list[dict[str, Any]]:
    columns = ((body.get("properties") or {}).get("schema") or {}).get("columns") or []
    return [column for column in columns if isinstance(column, dict) and isinstance(column.get("name"), str)]
