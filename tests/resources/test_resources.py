"""The desired graph: the body of each resource, and the order of dependencies."""

from __future__ import annotations

import pytest

from provisioner.azure import Identity
from provisioner.errors import BadRequestFile, ProvisionerError
from provisioner.model import (
    Alerts,
    Application,
    Columns,
    Dcr,
    Endpoint,
    FederatedCredential,
    Flow,
    Grant,
    Manifest,
    Monitoring,
    PrincipalReference,
    Stream,
    Table,
    Target,
    Workspace,
)
from provisioner.project import Project
from provisioner.resources import Param, Ref, application_resource, arm_guid, parse_resource_id, resource_type
from provisioner.resources.expand import expand_manifest
from provisioner.resources.resource_types import TYPES_IN_ORDER
from provisioner.resources.sender_outputs import read_outputs
from tests.support.paths import ROOT

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
CREDENTIAL = FederatedCredential("main", "https://ci.example", "repo:main", "api://AzureADTokenExchange")
PRINCIPAL = "99999999-2222-3333-4444-555555555555"


def manifest(**changes):
    fields = {
        "name": "shop",
        "target": Target("public", SUBSCRIPTION, "rg-shop", "westeurope"),
        "workspace": Workspace("law-shop", "westeurope", retention=30),
        "endpoint": Endpoint("dce-shop", "westeurope"),
        "tables": {
            "Orders_CL": Table(
                "Orders_CL",
                Columns({"TimeGenerated": "datetime", "Id": "guid", "Paid": "boolean"}, {"Id": 'says "so"'}),
                retention=90,
            )
        },
        "streams": {
            "orders": Stream(
                "orders",
                "Custom-Orders",
                Columns({"TimeGenerated": "datetime", "Id": "guid", "Paid": "boolean"}),
                (Flow("Orders_CL", 'source | extend Id = toguid(Id), x = "a\\nb"'),),
            )
        },
        "dcrs": {"dcr-shop": Dcr("dcr-shop", ("orders",), "shared", 'about "it"')},
        "grants": {"me": Grant("me", "self", ("dcr-shop",)), "app": Grant("app", PRINCIPAL, ("dcr-shop",))},
        "tags": {"team": "x"},
    }
    return Manifest(**(fields | changes))


def test_every_type_has_facts_with_a_source():
    for type_name in TYPES_IN_ORDER:
        assert resource_type(type_name).source.startswith("https://")


def test_a_manifest_expands_in_an_order_in_which_everything_needed_comes_first():
    seen = set()
    declared = manifest(
        workspace=Workspace("law-shop", "westeurope", sentinel=True),
        monitoring=Monitoring(alerts=Alerts(transform_errors=1, silence="2h")),
        workspace_transforms={"Syslog": Stream("Syslog", "Microsoft-Table-Syslog", Columns({}), (Flow("Syslog"),))},
        applications={"sender": Application("sender", (CREDENTIAL,))},
        grants={"app": Grant("app", PrincipalReference("application", "sender"), ("dcr-shop",))},
    )
    for resource in expand_manifest(declared, object_ids={}):
        assert set(resource.dependencies()) <= seen
        seen.add(resource.key)
    assert {type_name for type_name, _ in seen} == set(TYPES_IN_ORDER)


def test_an_application_flattens_to_what_was_declared():
    declared = manifest(applications={"sender": Application("sender", (CREDENTIAL,))})
    body = expand_manifest(declared)["application", "sender"].body
    fields = {"issuer": CREDENTIAL.issuer, "subject": CREDENTIAL.subject, "audience": CREDENTIAL.audience}
    assert application_resource.flatten(body).fields == {"federated": [{**fields, "name": "main"}]}


@pytest.mark.parametrize("kind", ["application_id", "identity", "resource", "application"])
def test_a_principal_that_is_not_looked_up_is_a_parameter_of_its_own(kind):
    reference = PrincipalReference(kind, "x")
    grants = {"web-shop": Grant("web-shop", reference, ("dcr-shop",)), "me": Grant("me", "self", ("dcr-shop",))}
    graph = expand_manifest(manifest(grants=grants))
    names = [graph["grant", f"{name}/dcr-shop"].body["properties"]["principalId"].name for name in grants]
    assert names == ["principalIdOfWebShop", "principalId"]
    looked_up = expand_manifest(manifest(grants=grants), object_ids={reference: PRINCIPAL})
    assert looked_up["grant", "web-shop/dcr-shop"].body["properties"]["principalId"] == PRINCIPAL


def test_the_dcr_names_its_table_endpoint_and_workspace_as_azure_needs_them():
    graph = expand_manifest(manifest())
    dcr = graph["dcr", "dcr-shop"]
    assert dcr.body["properties"]["dataCollectionEndpointId"] == Ref(("endpoint", "dce-shop"))
    assert ("table", "Orders_CL") in dcr.dependencies()
    body = graph.resolved_body(dcr)
    [flow] = body["properties"]["dataFlows"]
    assert flow["outputStream"] == "Custom-Orders_CL"
    assert flow["transformKql"] == 'source | extend Id = toguid(Id), x = "a\\nb"'
    [destination] = body["properties"]["destinations"]["logAnalytics"]
    assert destination["workspaceResourceId"].endswith("/workspaces/law-shop")
    assert "kind" not in body


def test_types_are_spelled_as_tables_and_streams_spell_them():
    graph = expand_manifest(manifest())
    table = graph.resolved_body(graph["table", "Orders_CL"])["properties"]["schema"]["columns"]
    assert [column["type"] for column in table] == ["dateTime", "guid", "boolean"]
    stream = graph.resolved_body(graph["dcr", "dcr-shop"])["properties"]["streamDeclarations"]["Custom-Orders"][
        "columns"
    ]
    assert [column["type"] for column in stream] == ["datetime", "string", "boolean"]


def test_without_an_endpoint_the_rule_is_direct():
    graph = expand_manifest(manifest(endpoint=None, dcrs={"d": Dcr("d", ("orders",), "direct")}, grants={}))
    body = graph.resolved_body(graph["dcr", "d"])
    assert body["kind"] == "Direct"
    assert "dataCollectionEndpointId" not in body["properties"]


def test_a_built_in_table_is_reached_by_a_microsoft_stream_and_has_no_plan():
    stream = Stream("s", "Custom-S", Columns({"TimeGenerated": "datetime"}), (Flow("Syslog"),))
    graph = expand_manifest(
        manifest(tables={"Syslog": Table("Syslog", Columns({"Team_CF": "string"}))}, streams={"orders": stream})
    )
    assert (
        graph.resolved_body(graph["dcr", "dcr-shop"])["properties"]["dataFlows"][0]["outputStream"]
        == "Microsoft-Syslog"
    )
    assert "plan" not in graph.resolved_body(graph["table", "Syslog"])["properties"]


def test_self_is_a_parameter_until_the_identity_is_known():
    graph = expand_manifest(manifest())
    assert isinstance(graph["grant", "me/dcr-shop"].body["properties"]["principalId"], Param)
    assert graph["grant", "me/dcr-shop"].id is None
    with pytest.raises(LookupError):
        graph.resolved_body(graph["grant", "me/dcr-shop"])
    grant = expand_manifest(manifest(), PRINCIPAL)["grant", "me/dcr-shop"]
    assert grant.azure_name == expand_manifest(manifest())["grant", "app/dcr-shop"].azure_name


def test_a_grant_has_the_name_that_arms_guid_function_gives():
    grant = expand_manifest(manifest())["grant", "app/dcr-shop"]
    scope = grant.id.split("/providers/Microsoft.Authorization")[0]
    assert grant.azure_name == arm_guid(scope, PRINCIPAL, "3913510d-42f4-4e42-8a64-420c390055eb")


def test_an_unknown_role_is_refused_by_name():
    with pytest.raises(ProvisionerError, match="'Boss' is not known"):
        expand_manifest(manifest(grants={"me": Grant("me", PRINCIPAL, ("dcr-shop",), role="Boss")}))


def test_what_exists_is_never_written_except_in_the_emulator():
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-central"
    id_ = f"{group}/providers/Microsoft.OperationalInsights/workspaces/law"
    existing = Workspace("law", "westeurope", id=id_)
    assert expand_manifest(manifest(workspace=existing))["workspace", "law"].existing
    local = expand_manifest(manifest(workspace=existing, target=Target("local", SUBSCRIPTION, "rg-shop", "westeurope")))
    assert not local["workspace", "law"].existing
    assert [group.azure_name for group in local.of_type("group")] == ["rg-shop", "rg-central"]
    assert "provisioner" not in local["workspace", "law"].body["tags"]


def test_locally_a_table_of_unknown_columns_is_made_with_what_the_flows_write():
    tables = {"Orders_CL": Table("Orders_CL", Columns({}), existing=True)}
    local = Target("local", SUBSCRIPTION, "rg-shop", "westeurope")
    table = expand_manifest(manifest(tables=tables, target=local))["table", "Orders_CL"]
    columns = {column["name"]: column["type"] for column in table.body["properties"]["schema"]["columns"]}
    assert columns == {"TimeGenerated": "dateTime", "Id": "guid", "Paid": "boolean", "x": "string"}
    assert not table.existing
    assert expand_manifest(manifest(tables=tables))["table", "Orders_CL"].existing


def test_an_override_can_build_on_the_definition_it_replaces(tmp_path):
    (tmp_path / "endpoint.json.j2").write_text(
        '{% set base %}{% include "builtin/endpoint.json.j2" %}{% endset %}'
        '{{ base | merge({"properties": {"description": "ours"}}) }}'
    )
    body = expand_manifest(manifest(), templates=tmp_path)["endpoint", "dce-shop"].body
    assert body["properties"] == {"networkAcls": {"publicNetworkAccess": "Enabled"}, "description": "ours"}


@pytest.mark.parametrize("text", ["{{ nonsense }}", "{% if %}", "not json", "[1]", "{{ endpoint.__class__.__mro__ }}"])
def test_a_broken_override_is_an_error_that_names_its_file(tmp_path, text):
    (tmp_path / "endpoint.json.j2").write_text(text)
    with pytest.raises(BadRequestFile, match=r"endpoint\.json\.j2"):
        expand_manifest(manifest(), templates=tmp_path)


def test_overrides_that_replace_nothing_are_an_error(tmp_path):
    (tmp_path / "endpiont.json.j2").write_text("{}")
    with pytest.raises(BadRequestFile, match="replaces no definition"):
        expand_manifest(manifest(), templates=tmp_path)


def test_an_override_cannot_read_outside_its_directory(tmp_path):
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "endpoint.json.j2").write_text('{% include "../secret" %}')
    with pytest.raises(BadRequestFile):
        expand_manifest(manifest(), templates=tmp_path / "t")


def test_ids_are_read_in_any_case():
    parts = parse_resource_id(f"/SUBSCRIPTIONS/{SUBSCRIPTION}/resourcegroups/G/Providers/Microsoft.X/a/1/b/2")
    assert parts.type == "Microsoft.X/a/b"
    assert parts.names == ("1", "2")
    assert parse_resource_id("/subscriptions/x") is None


def test_outputs_lead_through_the_endpoint_that_the_rule_is_bound_to():
    from dataclasses import replace

    from provisioner.resources import Graph

    desired = expand_manifest(manifest())
    dcr, dce = desired["dcr", "dcr-shop"], desired["endpoint", "dce-shop"]
    live = Graph(
        [
            replace(dcr, body={"properties": {"immutableId": "dcr-1"}}),
            replace(dce, body={"properties": {"logsIngestion": {"endpoint": "https://dce-shop-ab12.example/"}}}),
        ]
    )
    outputs = read_outputs(manifest(), live, "https://monitor.azure.com").json()
    assert outputs["dcrs"]["dcr-shop"]["streams"] == {
        "orders": "https://dce-shop-ab12.example/dataCollectionRules/dcr-1/streams/Custom-Orders?api-version=2023-01-01"
    }


def test_a_grant_for_oneself_says_whether_one_is_a_user_or_a_service_principal():
    """Azure refuses an assignment whose principalType is not what the object id is."""
    quickstart = Project.load(ROOT / "examples" / "quickstart", environment="local")
    for kind in ("User", "ServicePrincipal"):
        graph = quickstart.desired(Identity(PRINCIPAL, principal_type=kind))
        assert graph["grant", "shop/dcr-webshop"].body["properties"]["principalType"] == kind
