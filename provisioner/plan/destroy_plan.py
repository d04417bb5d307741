"""The plan that removes what a manifest declares and owns; a group never, rows only by name."""

from __future__ import annotations

from collections.abc import Collection

from provisioner.live import Live
from provisioner.plan import risk
from provisioner.plan.change import Change, Reason
from provisioner.plan.fingerprint import fingerprint
from provisioner.plan.planning import Plan
from provisioner.resources import SHORTS, Graph, Resource
from provisioner.resources.expansion_context import OWNER_TAG
from provisioner.resources.grant_resource import assignment_name


def destroy(
    desired: Graph,
    live: Live,
    *,
    owner: str,
    environment: str | None = None,
    principal: str | None = None,
    allow: Collection[str] = (),
    requests: dict[str, int] | None = None,
) -> Plan:
    """Deletions of the grants, DCRs and endpoints that are declared, there and ours; leaves first.

    A table and the workspace go only where `allow` names them (`destructive:NAME`); what is declared `existing`
    and the group never go. What bears another owner's mark stays, and is told.
    """
    accepted = {each.lower() for each in allow}
    changes = [
        change
        for resource in sorted(desired, key=lambda each: -SHORTS.index(each.type.short))
        if (twin := live.graph.get(resource.key)) is not None and resource.type.removal and not resource.existing
        for change in [_used(resource, twin, live) or _removed(resource, twin, owner, accepted)]
        if change is not None
    ]
    return Plan(
        environment=environment,
        changes=tuple(changes),
        undeclared=live.undeclared,
        fingerprint=fingerprint(desired, changes, principal),
        desired=desired,
        live=live,
        requests=requests or {},
    )


def _used(resource: Resource, twin: Resource, live: Live) -> Change | None:
    """An endpoint stays while a rule that this manifest does not declare sends through it."""
    if resource.type.short != "endpoint":
        return None
    id_ = str(twin.id).lower()
    for each in live.undeclared:
        bound = (each.body.get("properties") or {}).get("dataCollectionEndpointId")
        if each.type == "dcr" and str(bound).lower() == id_:
            kept = Reason(
                "none", f"kept: the rule {each.name}, which is not declared here, takes its records through it"
            )
            return Change("no-op", resource.key, str(twin.id), reasons=(kept,), live=twin, path=resource.path)
    return None


def _removed(resource: Resource, twin: Resource, owner: str, accepted: set[str]) -> Change | None:
    reason = risk.removal(resource)
    if never := risk.irremovable(resource, twin.body):
        kept = Reason("none", f"kept: {never}")
        return Change("no-op", resource.key, str(twin.id), reasons=(kept,), live=twin, path=resource.path)
    if resource.type.short in {"table", "workspace"} and f"destructive:{resource.name}".lower() not in accepted:
        kept = Reason("none", f"kept: its rows go only with --allow destructive:{resource.name}")
        return Change("no-op", resource.key, str(twin.id), reasons=(kept,), live=twin, path=resource.path)
    if not _ours(resource, twin, owner):
        kept = Reason("none", "kept: it does not bear this manifest's mark")
        return Change("no-op", resource.key, str(twin.id), reasons=(kept,), live=twin, path=resource.path)
    # Naming the command is the yes to what senders lose; rows need their own.
    told = Reason(reason.risk, reason.text, reason.allow if reason.risk == "destructive" else None)
    return Change("delete", resource.key, str(twin.id), reason.risk, (told,), live=twin, path=resource.path)


def _ours(resource: Resource, twin: Resource, owner: str) -> bool:
    if resource.type.tagged:
        return (twin.body.get("tags") or {}).get(OWNER_TAG) == owner
    if resource.type.short == "grant":
        properties = twin.body.get("properties") or {}
        role = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1].lower()
        scope = str(properties.get("scope") or str(twin.id).partition("/providers/Microsoft.Authorization/")[0])
        declared = str(resource.id).partition(f"/providers/{resource.type.name}/")[0]
        name = assignment_name(declared or scope, str(properties.get("principalId", "")), role)
        return str(twin.azure_name or "").lower() == name.lower()
    return True
