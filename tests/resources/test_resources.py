"""The desired graph: what each definition says, and in which order."""

from __future__ import annotations

import pytest

from provisioner.azure import Identity
from provisioner.errors import BadRequestFile, ProvisionerError
from provisioner.model import (
    Columns,
    Dcr,
    Endpoint,
    Flow,
    Grant,
    Manifest,
    Stream,
    Table,
    Target,
    Workspace,
)
from provisioner.project import Project
from provisioner.resources import Param, Ref, guid, parse_id, resource_type
from provisioner.resources.expand import expand
from provisioner.resources.resource_types import SHORTS
from provisioner.resources.sender_outputs import outputs
from tests.support.paths import ROOT

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PRINCIPAL = "99999999-2222-3333-4444-555555555555"


def manifest(**changes):
    given = {
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
    return Manifest(**(given | changes))


def test_every_type_has_facts_with_a_source():
    for short in SHORTS:
        assert resource_type(short).source.startswith("https://")


def test_a_manifest_expands_in_an_order_in_which_everything_needed_comes_first():
    seen = set()
    for resource in expand(manifest()):
        assert set(resource.needs()) <= seen
        seen.add(resource.key)
    assert {short for short, _ in seen} == set(SHORTS)


def test_the_dcr_names_its_table_endpoint_and_workspace_as_azure_wants_them():
    graph = expand(manifest())
    dcr = graph["dcr", "dcr-shop"]
    assert dcr.body["properties"]["dataCollectionEndpointId"] == Ref(("endpoint", "dce-shop"))
    assert ("table", "Orders_CL") in dcr.needs()
    body = graph.body(dcr)
    [flow] = body["properties"]["dataFlows"]
    assert flow["outputStream"] == "Custom-Orders_CL"
    assert flow["transformKql"] == 'source | extend Id = toguid(Id), x = "a\\nb"'
    [destination] = body["properties"]["destinations"]["logAnalytics"]
    assert destination["workspaceResourceId"].endswith("/workspaces/law-shop")
    assert "kind" not in body


def test_types_are_spelled_as_each_place_wants_them():
    graph = expand(manifest())
    table = graph.body(graph["table", "Orders_CL"])["properties"]["schema"]["columns"]
    assert [column["type"] for column in table] == ["dateTime", "guid", "boolean"]
    stream = graph.body(graph["dcr", "dcr-shop"])["properties"]["streamDeclarations"]["Custom-Orders"]["columns"]
    assert [column["type"] for column in stream] == ["datetime", "string", "boolean"]


def test_without_an_endpoint_the_rule_is_direct():
    graph = expand(manifest(endpoint=None, dcrs={"d": Dcr("d", ("orders",), "direct")}, grants={}))
    body = graph.body(graph["dcr", "d"])
    assert body["kind"] == "Direct"
    assert "dataCollectionEndpointId" not in body["properties"]


def test_a_built_in_table_is_reached_by_a_microsoft_stream_and_has_no_plan():
    stream = Stream("s", "Custom-S", Columns({"TimeGenerated": "datetime"}), (Flow("Syslog"),))
    graph = expand(
        manifest(tables={"Syslog": Table("Syslog", Columns({"Team_CF": "string"}))}, streams={"orders": stream})
    )
    assert graph.body(graph["dcr", "dcr-shop"])["properties"]["dataFlows"][0]["outputStream"] == "Microsoft-Syslog"
    assert "plan" not in graph.body(graph["table", "Syslog"])["properties"]


def test_self_is_a_parameter_until_somebody_acts():
    graph = expand(manifest())
    assert isinstance(graph["grant", "me/dcr-shop"].body["properties"]["principalId"], Param)
    assert graph["grant", "me/dcr-shop"].id is None
    with pytest.raises(LookupError):
        graph.body(graph["grant", "me/dcr-shop"])
    known = expand(manifest(), PRINCIPAL)["grant", "me/dcr-shop"]
    assert known.azure_name == expand(manifest())["grant", "app/dcr-shop"].azure_name


def test_a_grant_has_the_name_that_arms_guid_function_gives():
    grant = expand(manifest())["grant", "app/dcr-shop"]
    scope = grant.id.split("/providers/Microsoft.Authorization")[0]
    assert grant.azure_name == guid(scope, PRINCIPAL, "3913510d-42f4-4e42-8a64-420c390055eb")


def test_an_unknown_role_is_refused_in_words():
    with pytest.raises(ProvisionerError, match="'Boss' is not known"):
        expand(manifest(grants={"me": Grant("me", PRINCIPAL, ("dcr-shop",), role="Boss")}))


def test_what_exists_is_never_written_except_in_the_emulator():
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-central"
    id_ = f"{group}/providers/Microsoft.OperationalInsights/workspaces/law"
    existing = Workspace("law", "westeurope", id=id_)
    assert expand(manifest(workspace=existing))["workspace", "law"].existing
    local = expand(manifest(workspace=existing, target=Target("local", SUBSCRIPTION, "rg-shop", "westeurope")))
    assert not local["workspace", "law"].existing
    assert [group.azure_name for group in local.of("group")] == ["rg-shop", "rg-central"]
    assert "provisioner" not in local["workspace", "law"].body["tags"]


def test_locally_a_table_of_unknown_columns_is_made_with_what_the_flows_write():
    tables = {"Orders_CL": Table("Orders_CL", Columns({}), existing=True)}
    local = Target("local", SUBSCRIPTION, "rg-shop", "westeurope")
    made = expand(manifest(tables=tables, target=local))["table", "Orders_CL"]
    columns = {each["name"]: each["type"] for each in made.body["properties"]["schema"]["columns"]}
    assert columns == {"TimeGenerated": "dateTime", "Id": "guid", "Paid": "boolean", "x": "string"}
    assert not made.existing
    assert expand(manifest(tables=tables))["table", "Orders_CL"].existing


def test_an_override_can_build_on_the_definition_it_replaces(tmp_path):
    (tmp_path / "endpoint.json.j2").write_text(
        '{% set base %}{% include "builtin/endpoint.json.j2" %}{% endset %}'
        '{{ base | merge({"properties": {"description": "ours"}}) }}'
    )
    body = expand(manifest(), templates=tmp_path)["endpoint", "dce-shop"].body
    assert body["properties"] == {"networkAcls": {"publicNetworkAccess": "Enabled"}, "description": "ours"}


@pytest.mark.parametrize("text", ["{{ nonsense }}", "{% if %}", "not json", "[1]", "{{ endpoint.__class__.__mro__ }}"])
def test_a_broken_override_is_told_in_words(tmp_path, text):
    (tmp_path / "endpoint.json.j2").write_text(text)
    with pytest.raises(BadRequestFile, match=r"endpoint\.json\.j2"):
        expand(manifest(), templates=tmp_path)


def test_overrides_that_replace_nothing_are_told(tmp_path):
    (tmp_path / "endpiont.json.j2").write_text("{}")
    with pytest.raises(BadRequestFile, match="replaces no definition"):
        expand(manifest(), templates=tmp_path)


def test_an_override_cannot_read_outside_its_directory(tmp_path):
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "endpoint.json.j2").write_text('{% include "../secret" %}')
    with pytest.raises(BadRequestFile):
        expand(manifest(), templates=tmp_path / "t")


def test_ids_are_read_in_any_case():
    parts = parse_id(f"/SUBSCRIPTIONS/{SUBSCRIPTION}/resourcegroups/G/Providers/Microsoft.X/a/1/b/2")
    assert parts.type == "Microsoft.X/a/b"
    assert parts.names == ("1", "2")
    assert parse_id("/subscriptions/x") is None


def test_outputs_lead_through_the_endpoint_that_the_rule_is_bound_to():
    from dataclasses import replace

    from provisioner.resources import Graph

    wanted = expand(manifest())
    dcr, dce = wanted["dcr", "dcr-shop"], wanted["endpoint", "dce-shop"]
    live = Graph(
        [
            replace(dcr, body={"properties": {"immutableId": "dcr-1"}}),
            replace(dce, body={"properties": {"logsIngestion": {"endpoint": "https://dce-shop-ab12.example/"}}}),
        ]
    )
    found = outputs(manifest(), live, "https://monitor.azure.com").json()
    assert found["dcrs"]["dcr-shop"]["streams"] == {
        "orders": "https://dce-shop-ab12.example/dataCollectionRules/dcr-1/streams/Custom-Orders?api-version=2023-01-01"
    }


def test_a_grant_for_oneself_says_whether_one_is_a_user_or_a_service_principal():
    """Azure refuses an assignment whose principalType is not what the object id is."""
    quickstart = Project.load(ROOT / "examples" / "quickstart", environment="local")
    for kind in ("User", "ServicePrincipal"):
        graph = quickstart.desired(Identity(PRINCIPAL, kind=kind))
        assert graph["grant", "shop/dcr-webshop"].body["properties"]["principalType"] == kind
