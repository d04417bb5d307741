"""How a workspace is paid, capped and reached: what Azure takes, and what a change leaves as it was."""

from __future__ import annotations

import pytest

from provisioner.package_data import load_facts
from tests.support.azure_rest import Rest

TIERS = load_facts("limits.yaml")["workspace"]["commitment"]["tiers"]


@pytest.fixture
def rest(azure_monitor):
    rest = Rest(azure_monitor)
    rest.done("PUT", "", {"location": "westeurope"})
    rest.done("PUT", Rest.workspace, {"location": "westeurope"})
    return rest


def change(rest, **properties):
    return rest.arm("PATCH", Rest.workspace, {"properties": properties})


def transformation_rule(rest):
    destination = {"name": "workspace", "workspaceResourceId": rest.arm("GET", Rest.workspace).body["id"]}
    flow = {"streams": ["Microsoft-Table-Syslog"], "destinations": ["workspace"], "transformKql": "source"}
    properties = {"destinations": {"logAnalytics": [destination]}, "dataFlows": [flow]}
    return {"location": "westeurope", "kind": "WorkspaceTransforms", "properties": properties}


def commitment(level):
    return {"name": "CapacityReservation", "capacityReservationLevel": level}


@pytest.mark.parametrize("level", TIERS)
def test_a_tier_that_is_sold_can_be_committed_to(rest, level):
    sku = change(rest, sku=commitment(level)).body["properties"]["sku"]
    assert (sku["name"], sku["capacityReservationLevel"]) == ("CapacityReservation", level)


@pytest.mark.parametrize("level", [None, 0, 99, 150, 100000])
def test_a_tier_that_is_not_sold_is_refused(rest, level):
    reply = change(rest, sku=commitment(level))
    assert (reply.status, reply.code) == (400, "InvalidParameter")


def test_a_commitment_can_be_raised_at_once_and_lowered_after_its_days(rest, azure_monitor):
    azure_monitor.fault("clock", now="2026-03-01T00:00:00Z")
    assert change(rest, sku=commitment(200)).status == 200
    assert change(rest, sku=commitment(300)).status == 200
    assert change(rest, sku=commitment(100)).status == 400
    assert change(rest, sku={"name": "PerGB2018"}).status == 400
    azure_monitor.fault("clock", now="2026-04-02T00:00:00Z")
    assert change(rest, sku={"name": "PerGB2018"}).body["properties"]["sku"]["name"] == "PerGB2018"


def test_a_patch_leaves_every_other_setting_as_it_was(rest):
    rule = rest.done("PUT", Rest.rule, transformation_rule(rest)).body["id"]
    settings = {
        "sku": commitment(100),
        "retentionInDays": 90,
        "workspaceCapping": {"dailyQuotaGb": 5},
        "features": {"enableLogAccessUsingOnlyResourcePermissions": False, "disableLocalAuth": True},
        "publicNetworkAccessForIngestion": "Disabled",
        "publicNetworkAccessForQuery": "Disabled",
        "defaultDataCollectionRuleResourceId": rule,
    }
    before = change(rest, **settings).body["properties"]
    after = change(rest, retentionInDays=60).body["properties"]
    assert after["workspaceCapping"]["dailyQuotaGb"] == before["workspaceCapping"]["dailyQuotaGb"]
    for name in settings.keys() - {"retentionInDays", "workspaceCapping"}:
        assert after[name] == before[name]
    assert (
        "defaultDataCollectionRuleResourceId"
        not in change(rest, defaultDataCollectionRuleResourceId=None).body["properties"]
    )


def test_a_rule_with_an_identity_of_its_own_keeps_its_principal(rest):
    rest.create_prerequisites()
    rest.make_rule()
    body = rest.arm("GET", Rest.rule).body
    first = rest.arm("PUT", Rest.rule, {**body, "identity": {"type": "SystemAssigned"}}).body["identity"]
    again = rest.arm("PUT", Rest.rule, {**body, "identity": {"type": "SystemAssigned"}}).body["identity"]
    assert first["principalId"] == again["principalId"]
    assert first["tenantId"] == rest.azure.ready.tenant
