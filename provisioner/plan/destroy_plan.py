"""The plan of `destroy`: deletes what a manifest declares and owns; tables only where `--allow` names them."""

from __future__ import annotations

from provisioner.live import LiveResources
from provisioner.plan import risk
from provisioner.plan.change import Change, Reason
from provisioner.plan.comparison_rules import get_path
from provisioner.plan.fingerprint import plan_fingerprint
from provisioner.plan.plan_options import PLAN_DEFAULTS, PlanOptions
from provisioner.plan.planning import Plan
from provisioner.resources import TYPES_IN_ORDER, Graph, Resource
from provisioner.resources.expansion_context import OWNER_TAG


def plan_destroy(
    desired: Graph,
    live: LiveResources,
    options: PlanOptions = PLAN_DEFAULTS,
    *,
    owner: str,
    environment: str | None = None,
    principal: str | None = None,
    requests: dict[str, int] | None = None,
) -> Plan:
    """Deletions of the grants, DCRs and endpoints that are declared, live and owned by this manifest.

    A table, the workspace and an application are deleted only where `options.allow` names them (`destructive:NAME`);
    what is declared `existing` and the resource group never are. What another manifest owns is kept, as a no-op with
    the reason.
    """
    accepted = {approval.lower() for approval in options.allow}
    # Dependents first, against the order of creation: a rule goes before the endpoint and the table that it uses.
    changes = [
        change
        for resource in sorted(desired, key=lambda resource: -TYPES_IN_ORDER.index(resource.type.short_name))
        if (live_resource := live.graph.get(resource.key)) is not None
        and resource.type.risk.removal
        and not resource.existing
        for change in [
            _endpoint_in_use(resource, live_resource, live)
            or _removal_change(resource, live_resource, owner, accepted, desired)
        ]
        if change is not None
    ]
    return Plan(
        environment=environment,
        changes=tuple(changes),
        undeclared=live.undeclared,
        fingerprint=plan_fingerprint(desired, changes, principal),
        desired=desired,
        live=live,
        requests=requests or {},
        options=options,
    )


def _endpoint_in_use(resource: Resource, live_resource: Resource, live: LiveResources) -> Change | None:
    """The no-op that keeps an endpoint which a DCR outside this manifest uses; None where none does."""
    if resource.type.short_name != "endpoint":
        return None
    id_ = str(live_resource.id).lower()
    for other in live.undeclared:
        endpoint_id = (other.body.get("properties") or {}).get("dataCollectionEndpointId")
        if other.type == "dcr" and str(endpoint_id).lower() == id_:
            why = f"the rule {other.name}, which is not declared here, takes its records through it"
            return _keep(resource, live_resource, why)
    return None


def _removal_change(
    resource: Resource, live_resource: Resource, owner: str, accepted: set[str], desired: Graph
) -> Change | None:
    reason = risk.removal_reason(resource)
    if undeletable := risk.undeletable_reason(resource, live_resource.body):
        return _keep(resource, live_resource, undeletable)
    if reason.risk == "destructive" and f"destructive:{resource.name}".lower() not in accepted:
        what = "it goes" if resource.type.short_name == "application" else "its rows go"
        return _keep(resource, live_resource, f"{what} only with --allow destructive:{resource.name}")
    if not _is_owned(resource, live_resource, owner, desired):
        return _keep(resource, live_resource, "it does not bear this manifest's mark")
    # Calling `destroy` already accepts that senders break; lost rows need an acceptance of their own.
    removal = Reason(reason.risk, reason.text, reason.allow if reason.risk == "destructive" else None)
    return Change(
        "delete", resource.key, str(live_resource.id), reason.risk, (removal,), live=live_resource, path=resource.path
    )


def _keep(resource: Resource, live_resource: Resource, why: str) -> Change:
    """A no-op that tells the reader why the resource is not deleted."""
    reasons = (Reason("none", f"kept: {why}"),)
    return Change("no-op", resource.key, str(live_resource.id), reasons=reasons, live=live_resource, path=resource.path)


def _is_owned(resource: Resource, live_resource: Resource, owner: str, desired: Graph) -> bool:
    if resource.type.tagged:
        return (live_resource.body.get("tags") or {}).get(OWNER_TAG) == owner
    # Another rule that somebody has put in place of ours is not ours to take off.
    if path := resource.type.property_of_scope:
        rule = desired[("dcr", str(get_path(resource.body, path).key[1]))].id
        return str(get_path(live_resource.body, path)).lower() == str(rule).lower()
    # Nor has a diagnostic setting: one of another name does the same for somebody else.
    if resource.type.short_name == "diagnostic_setting":
        return str(live_resource.azure_name or "").lower() == str(resource.azure_name or "").lower()
    # Role assignments have no tags: ours are known by their name, which is derived from scope, principal and role.
    # The live one may be the same grant under a name that somebody else chose.
    if resource.type.short_name == "grant":
        return str(live_resource.azure_name or "").lower() == str(resource.azure_name).lower()
    return True
