"""The subscription: whether the identity sees it, its resource providers, the region, and what is nearly full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from provisioner.doctor.health_check import HealthCheck, failed, passed
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.plan import Plan
from provisioner.resources import Body
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.azure import Azure


def check_subscription(manifest: Manifest, azure: Azure) -> Iterator[HealthCheck]:
    """Whether the signed-in identity sees the target's subscription."""
    id_ = manifest.target.subscription
    body = azure.management.get(f"/subscriptions/{id_}", load_facts("health.yaml")["subscription_version"])
    if body is None:
        next_step = "correct `target.subscription` and `target.tenant`; `az account list` shows those that you see"
        yield failed("subscription", f"{id_} does not exist in the signed-in tenant", next_step)
    elif str(body.get("state", "Enabled")) not in {"Enabled", "Warned", "PastDue"}:
        yield failed("subscription", f"{id_} is {body['state']}", "its owner has to enable it again")
    else:
        yield passed("subscription", f"{body.get('displayName') or id_}")


def check_providers(manifest: Manifest, plan: Plan, azure: Azure) -> Iterator[HealthCheck]:
    """Whether the providers of everything declared are registered, and offer it in the region."""
    namespaces = _namespaces(plan)
    bodies = {name: _provider(manifest, azure, name) for name in namespaces}
    missing = [name for name, body in bodies.items() if body is None or not _is_registered(body)]
    if missing:
        steps = "; ".join(f"az provider register --namespace {name}" for name in missing)
        message = f"{', '.join(missing)}: not registered in the subscription"
        yield failed("providers", message, f"somebody with rights on the subscription runs once: {steps}")
    else:
        yield passed("providers", f"{', '.join(bodies)}: registered")
    yield _check_region(manifest, plan, bodies)


def _namespaces(plan: Plan) -> list[str]:
    """The provider namespaces of what is declared, in the order of the types."""
    # Groups and authorization are part of every subscription.
    always = load_facts("health.yaml")["always_registered"]
    types = [resource.type for resource in plan.desired if resource.type.api == "arm"]
    names = dict.fromkeys(type_.arm_type.partition("/")[0] for type_ in types)
    return [name for name in names if name not in always]


def _provider(manifest: Manifest, azure: Azure, namespace: str) -> Body | None:
    version = load_facts("health.yaml")["provider_version"]
    path = f"/subscriptions/{manifest.target.subscription}/providers/{namespace}"
    return azure.management.get(path, version)


def _is_registered(body: Body) -> bool:
    return str(body.get("registrationState")) in {"Registered", "Registering"}


def _check_region(manifest: Manifest, plan: Plan, providers: dict[str, Body | None]) -> HealthCheck:
    """Whether each type is offered in the region in which the manifest wants it."""
    locations_of_types: dict[tuple[str, str], None] = {}
    for resource in plan.desired:
        location = resource.body.get("location")
        if isinstance(location, str) and resource.type.short_name != "group" and not resource.existing:
            locations_of_types[resource.type.arm_type, location] = None
    for type_, location in locations_of_types:
        namespace, _, name = type_.partition("/")
        offered = _locations(providers.get(namespace), name)
        # A type without locations is offered everywhere, as role assignments are.
        if offered and _short(location) not in {_short(one) for one in offered}:
            message = f"{type_} is not offered in {location}"
            return failed("region", message, "choose another `target.location`, or ask for access to the region")
    regions = ", ".join(dict.fromkeys(location for _, location in locations_of_types)) or manifest.target.location
    return passed("region", f"{regions}: everything is offered there")


def _locations(provider: Body | None, type_name: str) -> list[str]:
    types: list[dict[str, Any]] = (provider or {}).get("resourceTypes") or []
    named = (one for one in types if str(one.get("resourceType")).lower() == type_name.lower())
    return next((one.get("locations") or [] for one in named), [])


def _short(region: str) -> str:
    return region.replace(" ", "").lower()


def check_quotas(manifest: Manifest, plan: Plan) -> Iterator[HealthCheck]:
    """Whether the workspace takes rows and as many tables as the manifest adds."""
    # Azure's own tables do not count towards the limit.
    limit = load_facts("limits.yaml")["workspace"]["tables"]["most"]
    inventory = plan.live.inventory
    tables = [body for body in (inventory.tables if inventory else None) or () if _is_custom(body)]
    added = sum(change.type == "table" and change.action == "create" for change in plan.changes)
    workspace = manifest.workspace.name
    if len(tables) + added > limit:
        message = f"{workspace} has {plural(len(tables), 'custom table')}, {added} more make more than {limit}"
        yield failed("quotas", message, "delete tables that nothing writes, or ask Azure's support for a higher limit")
        return
    properties = ((inventory.workspace if inventory else None) or {}).get("properties") or {}
    status = (properties.get("workspaceCapping") or {}).get("dataIngestionStatus")
    if status in load_facts("health.yaml")["stopped_ingestion"]:
        message = f"{workspace} takes no rows now: {status}"
        yield failed("quotas", message, "raise its daily cap, or wait until it is reset")
        return
    yield passed("quotas", f"{len(tables) + added} of {limit} custom tables in {workspace}")


def _is_custom(body: Body) -> bool:
    schema = (body.get("properties") or {}).get("schema") or {}
    return bool(schema.get("tableType") == "CustomLog")


def check_rights(plan: Plan) -> Iterator[HealthCheck]:
    """Whether the identity may do what the plan needs."""
    missing = plan.rights.missing
    for (action, scope), roles in {(one.action, one.scope): one.roles for one in missing}.items():
        role = " or ".join(roles[:2]) if roles else "a role that has it"
        yield failed("rights", f"{action} is missing on {scope}", f"ask for {role} there")
    if missing:
        return
    unknown = f"; not read: {'; '.join(plan.rights.unknown)}" if plan.rights.unknown else ""
    writes = sum(change.writes for change in plan.changes)
    yield passed("rights", f"{plural(writes, 'change')} of the plan may be made{unknown}")
