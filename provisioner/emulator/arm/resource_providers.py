"""Tenants, subscriptions, locations and resource providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm.resource_envelope import GROUP, listing
from provisioner.emulator.http.response import Answer, Refusal
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call


def tenants(call: Call) -> Answer:
    """The one tenant."""
    tenant = call.world.identity.tenant
    body = {
        "id": f"/tenants/{tenant}",
        "tenantId": tenant,
        "displayName": "Local",
        "tenantCategory": "Home",
        "countryCode": "NL",
    }
    return listing(call, [body])


def subscriptions(call: Call) -> Answer:
    """The default subscription and those that hold a group."""
    groups = call.world.store.find(GROUP, "/subscriptions/")
    numbers = dict.fromkeys([call.world.identity.subscription, *(each.key.split("/")[2] for each in groups)])
    return listing(call, [_subscription(call, each) for each in numbers])


def subscription(call: Call) -> Answer:
    """Any subscription: each well-formed id is one."""
    return Answer(body=_subscription(call, call.names["subscription"].lower()))


def _subscription(call: Call, number: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{number}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": number,
        "tenantId": call.world.identity.tenant,
        "displayName": "Local" if number == call.world.identity.subscription else f"Local {number[-4:]}",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def locations(call: Call) -> Answer:
    """The public cloud's regions."""
    root = f"/subscriptions/{call.names['subscription']}/locations"
    regions = load_facts("regions.yaml")["clouds"]["public"]
    return listing(
        call,
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


def index(call: Call) -> Answer:
    """The resource providers."""
    return listing(call, [_provider(call, each) for each in load_facts("emulator.yaml")["providers"]])


def get(call: Call) -> Answer:
    """One provider and its types."""
    return Answer(body=_provider(call, _spelled(call)))


def register(call: Call) -> Answer:
    """Register a provider: they all are."""
    return Answer(body=_provider(call, _spelled(call)))


def _spelled(call: Call) -> str:
    wanted = call.names["namespace"]
    for each in load_facts("emulator.yaml")["providers"]:
        if each.lower() == wanted.lower():
            return str(each)
    raise Refusal(404, "InvalidResourceNamespace", f"The resource namespace '{wanted}' is invalid.")


def _provider(call: Call, namespace: str) -> dict[str, Any]:
    versions = load_facts("emulator.yaml")["versions"]
    regions = list(load_facts("regions.yaml")["clouds"]["public"].values())
    types = [
        {
            "resourceType": kind.partition("/")[2],
            "locations": regions,
            "apiVersions": known[::-1],
            "capabilities": "None",
        }
        for kind, known in versions.items()
        if kind.startswith(f"{namespace}/")
    ]
    return {
        "id": f"/subscriptions/{call.names['subscription']}/providers/{namespace}",
        "namespace": namespace,
        "resourceTypes": types,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationRequired",
    }


def metadata(call: Call) -> Answer:
    """The endpoints of this cloud, as `az cloud register` asks for them."""
    base = call.base
    body = {
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
    return Answer(body=body if call.query.get("api-version", "") >= "2022-09-01" else [body])
