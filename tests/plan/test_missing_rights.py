"""What the acting identity may not do is said before anything is written, with the role that would let it."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from provisioner import azure, errors, load
from provisioner.apply import ApplyOptions, apply
from provisioner.azure.emulator_credential import EmulatorCredential
from provisioner.azure.http_pipeline import create_session
from provisioner.model import Monitoring
from provisioner.plan import plan_against_azure, plan_destroy_against_azure, report
from provisioner.resources.required_actions import allows, roles_with
from tests.apply.test_applications import declared, expand, up
from tests.apply.test_apply import cloud
from tests.support.azure_rest import Rest
from tests.support.paths import EXAMPLES

__all__ = ["cloud"]

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


class Helper:
    """A second identity with a custom role: everything but some actions."""

    def __init__(self, azure_monitor, target):
        self.azure, self.target, self.rest = azure_monitor, target, Rest(azure_monitor)
        self.client_id = str(uuid.uuid4())

    def connect(self, without=(), graph_roles=("Application.ReadWrite.OwnedBy",), scope=None):
        shop = self.azure.control("PUT", f"/emulator/applications/{self.client_id}", {"graph_roles": list(graph_roles)})
        root, role = f"/subscriptions/{self.azure.subscription}", str(uuid.uuid4())
        permissions = [{"actions": ["*"], "notActions": list(without)}]
        properties = {"roleName": role, "permissions": permissions, "assignableScopes": [root]}
        path = f"{root}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        assert self.rest.arm("PUT", path, {"properties": properties}).status == 201
        assert self.assign(scope or root, role, shop["object_id"]).status == 201
        ready = self.azure.ready
        where = azure.local_cloud(ready.endpoint, ready.authority, ready.query, ready.ca_file)
        session = create_session(where, 4)
        credential = EmulatorCredential(where, ready.tenant, self.client_id, shop["secret"], session)
        return azure.connect(self.target, where, credential)

    def assign(self, scope, role, principal):
        body = {
            "properties": {
                "principalId": principal,
                "principalType": "ServicePrincipal",
                "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
            }
        }
        return self.rest.arm("PUT", f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}", body)


@pytest.fixture
def helper(azure_monitor, cloud):
    return Helper(azure_monitor, cloud.target)


# Each right that the example with everything needs, a role that has it, and what would be refused without it.
ACTIONS = {
    "Microsoft.Resources/subscriptions/resourceGroups/write": ("Contributor", {"group"}),
    "Microsoft.OperationalInsights/workspaces/write": ("Monitoring Contributor", {"workspace", "default_dcr"}),
    "Microsoft.SecurityInsights/onboardingStates/write": ("Microsoft Sentinel Contributor", {"sentinel"}),
    "Microsoft.OperationalInsights/workspaces/tables/write": ("Log Analytics Contributor", {"table"}),
    "Microsoft.Insights/dataCollectionEndpoints/write": ("Monitoring Contributor", {"endpoint"}),
    "Microsoft.Insights/dataCollectionRules/write": ("Monitoring Contributor", {"dcr"}),
    "Microsoft.Authorization/roleAssignments/write": ("Role Based Access Control Administrator", {"grant"}),
    "Microsoft.Insights/diagnosticSettings/write": ("Monitoring Contributor", {"diagnostic_setting"}),
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action": ("Monitoring Contributor", {"diagnostic_setting"}),
    "Microsoft.Insights/metricAlerts/write": ("Monitoring Contributor", {"metric_alert"}),
    "Microsoft.Insights/scheduledQueryRules/write": ("Monitoring Contributor", {"query_alert"}),
}


def everything():
    manifest = load.load_document(EXAMPLES / "everything" / "provisioner.yaml", environment="local").manifest
    assert manifest is not None
    return manifest


@pytest.mark.parametrize("action", ACTIONS)
def test_an_apply_without_one_right_names_it_and_writes_nothing(helper, azure_monitor, action):
    role, types = ACTIONS[action]
    with helper.connect(without=[action]) as limited:
        plan = plan_against_azure(everything(), expand, limited)
        assert {right.action for right in plan.rights.missing} == {action}
        assert {right.key[0] for right in plan.rights.missing} == types
        requests = azure_monitor.requests()
        with pytest.raises(errors.UnsafePlan) as caught:
            apply(plan, limited)
        assert action in str(caught.value.reasons)
        assert role in str(caught.value.reasons)
        assert role in report.format_text(plan)
        assert azure_monitor.requests()["arm_writes"] == requests["arm_writes"]
        # What is foretold is what Azure does: tried all the same, just that is refused.
        applied = apply(plan, limited, ApplyOptions(allow=["rights:missing"]))
        failed = {outcome.type: outcome.error for outcome in applied if outcome.state == "failed"}
        assert failed.keys() <= types
        assert all(action in str(error) for error in failed.values())
        assert failed


def test_the_rights_of_the_table_are_all_that_the_example_needs(helper):
    with helper.connect(without=["*/write", "*/action"], graph_roles=["Application.Read.All"]) as limited:
        missing = plan_against_azure(everything(), expand, limited).rights.missing
    assert {right.action for right in missing} == ACTIONS.keys() | {"Application.ReadWrite.OwnedBy"}


def test_a_setting_that_leads_into_another_workspace_needs_the_right_there(helper, cloud):
    """The workspace of an existing one lies in a group of its own, where somebody else gives the rights."""
    shop = replace(declared(cloud.target), monitoring=Monitoring(), applications={}, grants={})
    central = replace(shop.target, resource_group="rg-central")
    up(cloud, replace(shop, name="central", target=central, monitoring=None, streams={}, dcrs={}, endpoint=None))
    existing = f"/subscriptions/{central.subscription}/resourceGroups/rg-central"
    id_ = f"{existing}/providers/Microsoft.OperationalInsights/workspaces/law-shop"
    public = replace(shop.target, cloud="public")
    shop = replace(shop, target=public, workspace=replace(shop.workspace, id=id_), tables={})
    with helper.connect(without=["Microsoft.OperationalInsights/workspaces/sharedKeys/action"]) as limited:
        (right,) = plan_against_azure(shop, expand, limited).rights.missing
    assert (right.key, right.scope) == (("diagnostic_setting", "dcr-shop"), existing)


def test_an_identity_with_every_right_is_told_nothing(helper):
    with helper.connect() as limited:
        shop = declared(limited.target)
        plan = plan_against_azure(shop, expand, limited)
        assert plan.rights.missing == plan.rights.unknown == ()
        assert apply(plan, limited).ok
        assert plan_against_azure(shop, expand, limited).empty


def test_the_directory_has_rights_of_its_own(helper):
    with helper.connect(graph_roles=["Application.Read.All"]) as limited:
        plan = plan_against_azure(declared(limited.target), expand, limited)
        (right,) = plan.rights.missing
        assert (right.action, right.key) == ("Application.ReadWrite.OwnedBy", ("application", "sender"))
        assert "Application Developer" in str(right)


def test_a_right_given_on_the_resource_alone_counts(helper, cloud):
    shop = declared(cloud.target)
    applied = up(cloud, shop)
    rule = applied.live[("dcr", "dcr-shop")].id
    with helper.connect(without=["Microsoft.Insights/dataCollectionRules/write"]) as limited:
        Rest(helper.azure).done("PATCH", rule, {"tags": {"team": "y"}})
        assert plan_against_azure(shop, expand, limited).rights.missing
        principal = limited.identity.object_id
        assert helper.assign(rule, OWNER, principal).status == 201
        assert plan_against_azure(shop, expand, limited).rights.missing == ()


def test_a_switch_of_the_plan_needs_the_workspace_too(helper, cloud):
    up(cloud, declared(cloud.target))
    shop = declared(cloud.target)
    table = replace(shop.tables["Orders_CL"], plan="basic", plan_declared=True, retention=None)
    basic = replace(shop, tables={"Orders_CL": table})
    with helper.connect(without=["Microsoft.OperationalInsights/workspaces/write"]) as limited:
        missing = plan_against_azure(basic, expand, limited).rights.missing
    assert {(right.key[1], right.action) for right in missing} == {
        ("Orders_CL", "Microsoft.OperationalInsights/workspaces/write")
    }


def test_what_destroy_may_not_delete_is_said(helper, cloud):
    shop = declared(cloud.target)
    up(cloud, shop)
    with helper.connect(without=["Microsoft.Insights/dataCollectionRules/delete"]) as limited:
        plan = plan_destroy_against_azure(shop, expand, limited)
    assert [right.action for right in plan.rights.missing] == ["Microsoft.Insights/dataCollectionRules/delete"]


def test_missing_rights_can_be_tried_by_name(helper):
    with helper.connect(without=["Microsoft.Authorization/roleAssignments/write"]) as limited:
        plan = plan_against_azure(declared(limited.target), expand, limited)
        applied = apply(plan, limited, ApplyOptions(allow=["rights:missing"]))
    assert [outcome.type for outcome in applied if outcome.state == "failed"] == ["grant"]


def test_rights_that_cannot_be_read_do_not_stop_a_plan(helper):
    with helper.connect(without=["Microsoft.Authorization/permissions/read"]) as limited:
        plan = plan_against_azure(declared(limited.target), expand, limited)
        assert plan.rights.missing == ()
        assert len(plan.rights.unknown) == 1
        assert "rights could not be read" in report.format_text(plan)
        assert apply(plan, limited).ok


def test_a_plan_without_writes_asks_for_no_rights(cloud):
    shop = declared(cloud.target)
    up(cloud, shop)
    before = cloud.requests.reads
    plan = plan_against_azure(shop, expand, cloud)
    assert plan.requests["reads"] == cloud.requests.reads - before
    assert plan.rights.missing == plan.rights.unknown == ()


@pytest.mark.parametrize(
    ("permission", "action", "expected"),
    [
        ({"actions": ["*"], "notActions": []}, "A.B/c/write", True),
        ({"actions": ["*/read"]}, "A.B/c/write", False),
        ({"actions": ["a.b/*"], "notActions": ["A.B/*/Write"]}, "A.B/c/write", False),
        ({"actions": ["a.b/C/*"], "notActions": None}, "A.B/c/d/write", True),
        ({"actions": ["A.B/c"]}, "A.B/c/write", False),
        ({"actions": []}, "A.B/c/write", False),
        ({}, "A.B/c/write", False),
    ],
    ids=str,
)
def test_wildcards_match_as_in_azure(permission, action, expected):
    assert allows(permission, action) is expected


def test_roles_are_proposed_from_the_least_upwards():
    assert roles_with("Microsoft.Insights/dataCollectionRules/write") == (
        "Monitoring Contributor",
        "Contributor",
        "Owner",
    )
    assert roles_with("Microsoft.Authorization/roleAssignments/write")[:2] == (
        "Role Based Access Control Administrator",
        "User Access Administrator",
    )
