"""Tenants, subscriptions, locations and resource providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts
from provisioner.emulator.arm.resource_envelope import RESOURCE_GROUP, list_response
from provisioner.emulator.http.response import ApiError, Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState


def list_tenants(request: Request) -> Response:
    """The one tenant."""
    return list_response(request, [tenant_body(request.state)])


def tenant_body(state: EmulatorState) -> dict[str, object]:
    """What is shown of the one tenant."""
    tenant = state.identity.tenant
    return {
        "id": f"/tenants/{tenant}",
        "tenantId": tenant,
        "displayName": "Local",
        "tenantCategory": "Home",
        "countryCode": "NL",
    }


def list_subscriptions(request: Request) -> Response:
    """The default subscription and those that hold a group."""
    groups = request.state.store.find_by_type(RESOURCE_GROUP, "/subscriptions/")
    subscription_ids = dict.fromkeys(
        [request.state.identity.subscription, *(group.key.split("/")[2] for group in groups)]
    )
    return list_response(request, [subscription_body(request.state, id_) for id_ in subscription_ids])


def get_subscription(request: Request) -> Response:
    """Any subscription: every well-formed id is one."""
    return Response(body=subscription_body(request.state, request.path_params["subscription"].lower()))


def subscription_body(state: EmulatorState, subscription_id: str) -> dict[str, object]:
    """What is shown of a subscription; the default one is called Local."""
    return {
        "id": f"/subscriptions/{subscription_id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription_id,
        "tenantId": state.identity.tenant,
        "displayName": "Local" if subscription_id == state.identity.subscription else f"Local {subscription_id[-4:]}",
        "state": "Enabled",
        "subscriptionPolicies": azure_facts.subscription_policies(),
    }


def list_locations(request: Request) -> Response:
    """The public cloud's regions."""
    root = f"/subscriptions/{request.path_params['subscription']}/locations"
    regions = azure_facts.regions()
    return list_response(
        request,
        [
            {
                "id": f"{root}/{name}",
                "name": name,
                "type": "Region",
                "displayName": shown,
                "regionalDisplayName": shown,
                "metadata": {"regionType": "Physical"},
            }
            for name, shown in regions.items()
        ],
    )


def list_all(request: Request) -> Response:
    """The resource providers."""
    return list_response(
        request, [_provider_body(request, namespace) for namespace in azure_facts.resource_providers()]
    )


def get(request: Request) -> Response:
    """One provider and its types."""
    return Response(body=_provider_body(request, _proper_namespace(request)))


def register(request: Request) -> Response:
    """Answer as for a provider that is registered: all are."""
    return Response(body=_provider_body(request, _proper_namespace(request)))


def _proper_namespace(request: Request) -> str:
    namespace = request.path_params["namespace"]
    for provider in azure_facts.resource_providers():
        if provider.lower() == namespace.lower():
            return provider
    raise ApiError(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


def _provider_body(request: Request, namespace: str) -> dict[str, object]:
    region_names = list(azure_facts.regions().values())
    types = [
        {"resourceType": name, "locations": region_names, "apiVersions": versions[::-1], "capabilities": "None"}
        for name, versions in azure_facts.provider_types(namespace).items()
    ]
    return {
        "id": f"/subscriptions/{request.path_params['subscription']}/providers/{namespace}",
        "namespace": namespace,
        "resourceTypes": types,
        "registrationState": "NotRegistered" if is_unregistered(request, namespace) else "Registered",
        "registrationPolicy": "RegistrationRequired",
    }


def is_unregistered(request: Request, namespace: str) -> bool:
    """Whether the fault `unregistered_provider` is on for a provider."""
    active = request.state.faults.active
    return any(
        fault.fault == "unregistered_provider" and fault.values["namespace"].lower() == namespace.lower()
        for fault in active
    )


def check_registration(request: Request, resource_type: str) -> None:
    """Raise ApiError 409 MissingSubscriptionRegistration for a write of a provider that is not registered."""
    namespace = resource_type.partition("/")[0]
    if request.method in {"PUT", "PATCH"} and is_unregistered(request, namespace):
        message = (
            f"The subscription is not registered to use namespace '{namespace}'. "
            "See https://aka.ms/rps-not-found for how to register subscriptions."
        )
        raise ApiError(409, "MissingSubscriptionRegistration", message)


def get_cloud_metadata(request: Request) -> Response:
    """The endpoints of this cloud, as `az cloud register` reads them."""
    body = cloud_metadata(request.base_url)
    # The older versions answer with a list of clouds.
    is_newer = request.query.get("api-version", "") >= azure_facts.metadata_object_version()
    return Response(body=body if is_newer else [body])


def cloud_metadata(base: str) -> dict[str, object]:
    """The endpoints of this cloud at a server's address; templates see them as `environment()`."""
    return {
        "name": "Local",
        "portal": base,
        "authentication": {
            "loginEndpoint": base,
            "audiences": [f"{base}/", "https://management.azure.com/", "https://management.core.windows.net/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": base,
        "graph": base,
        "graphAudience": base,
        "microsoftGraphResourceId": base,
        "media": base,
        "batch": base,
        "gallery": base,
        "sqlManagement": base,
        "vmImageAliasDoc": base,
        "activeDirectoryDataLake": base,
        "logAnalyticsResourceId": base,
        "appInsightsResourceId": base,
        "suffixes": dict.fromkeys(
            [
                "keyVaultDns",
                "storage",
                "acrLoginServer",
                "sqlServerHostname",
                "azureDataLakeStoreFileSystem",
                "azureDataLakeAnalyticsCatalogAndJob",
            ],
            "localhost",
        ),
    }
