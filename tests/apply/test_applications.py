"""Applications of a manifest: made with their service principal, granted, sent with, drifted, removed by name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from provisioner import errors, load
from provisioner.adopt import from_live
from provisioner.apply import ApplyOptions, apply
from provisioner.apply.template_deployment import deploy_plan
from provisioner.load.builders.sender_builder import derived_credential_name
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.model import PUBLISHER, Application, FederatedCredential, Grant, Manifest, PrincipalReference
from provisioner.plan import Plan, PlanOptions, plan_against_azure, plan_destroy_against_azure, plan_file, report
from provisioner.resources import Graph
from provisioner.resources.expand import expand_manifest
from provisioner.resources.sender_outputs import read_outputs
from tests.apply.test_apply import cloud, manifest
from tests.emulator.test_directory import GraphCaller, sign_in

__all__ = ["cloud"]

MAIN = FederatedCredential("main", "https://ci.example", "repo:main", "api://AzureADTokenExchange")
NEXT = FederatedCredential("next", "https://ci.example", "repo:next", "api://AzureADTokenExchange")


def declared(target, *credentials) -> Manifest:
    grants = {"shop": Grant("shop", PrincipalReference("application", "sender"), ("dcr-shop",))}
    return manifest(target, applications={"sender": Application("sender", credentials or (MAIN,))}, grants=grants)


def expand(manifest, identity, object_ids) -> Graph:
    return expand_manifest(manifest, identity.object_id, None, identity.principal_type, object_ids)


def planned(cloud, manifest, **options) -> Plan:
    return plan_against_azure(manifest, expand, cloud, PlanOptions(**options))


def actions(plan):
    return {f"{change.type} {change.name}": change.action for change in plan.changes}


def up(cloud, manifest, **options):
    applied = apply(planned(cloud, manifest), cloud, ApplyOptions(**options))
    assert applied.ok, list(applied)
    return applied


def test_the_application_signs_in_with_a_federated_token_and_sends(cloud, azure_monitor):
    shop = declared(cloud.target)
    first = planned(cloud, shop)
    assert actions(first)["application sender"] == actions(first)["grant shop/dcr-shop"] == "create"
    applied = up(cloud, shop)
    assert planned(cloud, shop).empty
    outputs = read_outputs(shop, applied.live_graph(cloud, ("application", "dcr", "endpoint")), "a", "tenant")
    application = outputs.applications["sender"]
    ask = {"issuer": MAIN.issuer, "subject": MAIN.subject}
    assertion = azure_monitor.control("POST", "/emulator/assertions", ask)["assertion"]
    token = sign_in(azure_monitor, application.client_id, assertion)
    row = {"TimeGenerated": dt.datetime.now(dt.UTC).isoformat(), "OrderId": "A", "Amount": 1.0}
    caller = GraphCaller(azure_monitor)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = outputs.dcrs["dcr-shop"].streams["Custom-Orders"]
    assert caller.send("POST", url, [row], headers).status == 204
    assert "secret" not in str(outputs.json())


def test_a_second_plan_reads_the_directory_and_nothing_for_each_application(cloud):
    many = {f"sender{n}": Application(f"sender{n}", (MAIN,)) for n in range(9)}
    shop = replace(declared(cloud.target), applications=many, grants={})
    up(cloud, shop)
    before = cloud.requests.reads
    assert planned(cloud, shop).empty
    assert cloud.requests.reads - before <= 9


def test_each_change_by_hand_is_drift_and_is_repaired(cloud, azure_monitor):
    shop = declared(cloud.target, MAIN, NEXT)
    applied = up(cloud, shop)
    body = applied.live[("application", "sender")].body
    object_id, principal = body["properties"]["id"], body["properties"]["servicePrincipal"]["id"]
    caller = GraphCaller(azure_monitor)
    harms = [
        ("PATCH", f"/applications/{object_id}", {"displayName": "renamed"}),
        ("PATCH", f"/applications/{object_id}", {"signInAudience": "AzureADMultipleOrgs"}),
        ("DELETE", f"/applications/{object_id}/federatedIdentityCredentials(name='main')", None),
        ("PATCH", f"/applications/{object_id}/federatedIdentityCredentials(name='next')", {"subject": "repo:fork"}),
        (
            "POST",
            f"/applications/{object_id}/federatedIdentityCredentials",
            {"name": "extra", "issuer": MAIN.issuer, "subject": "x", "audiences": ["a"]},
        ),
        ("PATCH", f"/servicePrincipals/{principal}", {"accountEnabled": False}),
    ]
    for method, path, change in harms:
        assert caller.graph(method, path, change).status < 300
        new_plan = planned(cloud, shop)
        assert actions(new_plan) == {"application sender": "update"}, path
        apply(new_plan, cloud, ApplyOptions(allow=[f"breaking:{'sender'}"]))
        assert planned(cloud, shop).empty, path


def test_a_lost_application_is_made_again_and_its_grant_follows(cloud, azure_monitor):
    shop = declared(cloud.target)
    object_id = up(cloud, shop).live[("application", "sender")].body["properties"]["id"]
    GraphCaller(azure_monitor).graph("DELETE", f"/applications/{object_id}")
    new_plan = planned(cloud, shop)
    assert actions(new_plan) == {"application sender": "create", "grant shop/dcr-shop": "replace"}
    applied = apply(new_plan, cloud, ApplyOptions(allow=["breaking:shop/dcr-shop"]))
    assert applied.ok, list(applied)
    assert planned(cloud, shop).empty


def test_a_removed_credential_needs_an_acceptance(cloud):
    up(cloud, declared(cloud.target, MAIN, NEXT))
    new_plan = planned(cloud, declared(cloud.target, NEXT))
    assert [reason.allow for change in new_plan.changes for reason in change.reasons] == ["breaking:sender"]
    with pytest.raises(errors.UnsafePlan):
        apply(new_plan, cloud)


def test_destroy_keeps_the_application_unless_it_is_named(cloud):
    shop = declared(cloud.target)
    up(cloud, shop)
    kept = plan_destroy_against_azure(shop, expand, cloud)
    assert actions(kept)["application sender"] == "no-op"
    assert actions(kept)["grant shop/dcr-shop"] == "delete"
    named = plan_destroy_against_azure(shop, expand, cloud, PlanOptions(allow=("destructive:sender",)))
    assert actions(named)["application sender"] == "delete"
    assert apply(named, cloud, ApplyOptions(allow=["destructive:sender"])).ok
    assert actions(planned(cloud, shop))["application sender"] == "create"


def test_one_that_is_no_longer_declared_goes_only_by_its_name(cloud):
    both = {"sender": Application("sender", (MAIN,)), "old": Application("old", (MAIN,))}
    up(cloud, replace(declared(cloud.target), applications=both))
    one = declared(cloud.target)
    new_plan = planned(cloud, one, prune=True)
    (old,) = [resource for resource in new_plan.undeclared if resource.type == "application"]
    assert old.owned
    assert new_plan.empty
    named = planned(cloud, one, prune=True, allow=(f"destructive:{old.name}",))
    assert old.name == "old"
    assert actions(named) == {"application old": "delete"}
    assert "application old (--prune --allow destructive:old)" in report.format_text(new_plan)


def test_the_last_application_is_told_only_when_pruning(cloud, azure_monitor):
    up(cloud, declared(cloud.target))
    none = manifest(cloud.target, grants={})
    assert not [one for one in planned(cloud, none).undeclared if one.type == "application"]
    assert [one.name for one in planned(cloud, none, prune=True).undeclared if one.type == "application"] == ["sender"]
    elsewhere = replace(none, target=replace(none.target, resource_group="rg-elsewhere"))
    assert not [one for one in planned(cloud, elsewhere, prune=True).undeclared if one.type == "application"]
    # Who may not read the directory prunes the rest, and is told.
    azure_monitor.fault("error", match="POST /v1.0/$batch", status=403, code="Authorization_RequestDenied")
    gaps = [scope.scope for scope in planned(cloud, none, prune=True).live.coverage if not scope.ok]
    assert gaps == ["principals"]


def test_a_grant_of_an_application_is_pruned_with_our_mark(cloud):
    shop = declared(cloud.target)
    up(cloud, shop)
    new_plan = planned(cloud, replace(shop, grants={}), prune=True)
    assert [change.action for change in new_plan.changes if change.type == "grant"] == ["delete"]


def test_a_saved_plan_makes_the_application_that_was_reviewed(cloud, tmp_path):
    shop = declared(cloud.target)
    file = tmp_path / "plan.json"
    reviewed = planned(cloud, shop)
    file.write_text(plan_file.dump_plan(reviewed, shop, principal=cloud.identity.object_id))
    loaded = plan_file.load_plan(file, cloud.identity.object_id)
    again = plan_against_azure(loaded.manifest_outline, lambda *_: loaded.desired, cloud)
    assert again.fingerprint == reviewed.fingerprint
    assert apply(again, cloud).ok
    assert planned(cloud, shop).empty


def test_deployments_carry_the_rest_and_the_grant(cloud):
    shop = declared(cloud.target)
    applied = deploy_plan(planned(cloud, shop), shop, cloud)
    assert applied.ok, list(applied)
    assert planned(cloud, shop).empty


def test_a_young_principal_is_waited_for(cloud, azure_monitor):
    azure_monitor.fault("directory_delay", seconds=0.6)
    assert up(cloud, declared(cloud.target)).ok


def test_missing_rights_in_the_directory_are_said(cloud, azure_monitor):
    azure_monitor.fault("error", match="PATCH /v1.0/*", status=403, code="Authorization_RequestDenied")
    applied = apply(planned(cloud, declared(cloud.target)), cloud)
    (failed,) = [one for one in applied if one.state == "failed"]
    assert failed.type == "application"
    assert "Application.ReadWrite.OwnedBy" in failed.error.hint


def imported(cloud, manifest, folder):
    """What an import of a manifest's workspace gives, and the manifest as it is loaded again."""
    adopted = from_live(cloud, expand_manifest(manifest).of_type("workspace")[0].id)
    file = folder / "imported.yaml"
    file.write_text(dump_yaml(adopted.fields), encoding="utf-8")
    loaded = load.load_document(file, environment=None)
    assert loaded.manifest is not None, loaded.diagnostics
    return adopted, replace(loaded.manifest, target=manifest.target, workspace=manifest.workspace)


# The second is a role whose assignment counts only by the name that the manifest has derived for it.
@pytest.mark.parametrize("role", [PUBLISHER, "Monitoring Contributor"])
def test_an_imported_application_has_its_credentials_and_its_grant_and_plans_empty(cloud, tmp_path, role):
    name = derived_credential_name("sender", NEXT.issuer, "repo:$(x)")
    sender = Application("sender", (MAIN, replace(NEXT, subject="repo:$(x)", name=name)))
    shop = declared(cloud.target)
    grants = {"shop": replace(shop.grants["shop"], role=role)}
    shop = replace(shop, applications={"sender": sender, "idle": Application("idle")}, grants=grants)
    up(cloud, shop)
    adopted, again = imported(cloud, shop, tmp_path)
    assert again.applications == shop.applications
    assert {grant.principal for grant in again.grants.values()} == {PrincipalReference("application", "sender")}
    assert planned(cloud, again).empty
    # The name of the second one follows from its issuer and its subject: it is not written.
    first, second = adopted.fields["applications"]["sender"]["federated"]
    assert (first["name"], "name" in second) == ("main", False)


def test_an_application_of_another_group_is_listed_and_left_alone(cloud, tmp_path):
    shop = declared(cloud.target)
    up(cloud, shop)
    up(cloud, replace(shop, target=replace(shop.target, resource_group="rg-elsewhere"), grants={}))
    adopted, again = imported(cloud, shop, tmp_path)
    assert [(one.type, one.reason) for one in adopted.skipped if one.type == "application"] == [
        ("application", "it was made for another resource group")
    ]
    assert planned(cloud, again).empty


def test_an_import_that_may_not_read_the_directory_says_so_and_keeps_the_object_ids(cloud, azure_monitor, tmp_path):
    shop = declared(cloud.target)
    principal = up(cloud, shop).live[("application", "sender")].body["properties"]["servicePrincipal"]["id"]
    azure_monitor.fault("error", match="POST /v1.0/$batch", status=403, code="Authorization_RequestDenied")
    adopted, again = imported(cloud, shop, tmp_path)
    assert again.applications == {}
    assert [grant.principal for grant in again.grants.values()] == [principal]
    assert [one.code for one in adopted.diagnostics if "applications could not be read" in one.message] == ["IMP009"]
    assert planned(cloud, again).empty


def test_an_import_of_what_no_manifest_made_asks_the_directory_nothing(cloud, azure_monitor, tmp_path):
    shop = manifest(cloud.target)
    workspace = up(cloud, shop).live[("workspace", "law-shop")]
    azure_monitor.fault("error", match="POST /v1.0/$batch", status=403, code="Authorization_RequestDenied")
    adopted = from_live(cloud, workspace.id, name="another")
    assert not [one for one in adopted.diagnostics if one.code == "IMP009"]
