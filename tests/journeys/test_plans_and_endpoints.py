"""Manifests of every plan and every kind of endpoint, through validate, plan, apply and verify against an emulator."""

from __future__ import annotations

import json

import pytest

from provisioner import load, validate
from provisioner.adopt import from_arm
from provisioner.live import read_live
from provisioner.model import TYPES
from provisioner.plan import build_plan
from tests.support.verifying import Environment

HEAD = """\
version: 1
name: shop
target: {cloud: local, resource_group: rg-shop, location: westeurope}
workspace: {name: law-shop}
"""
PLANS = ("analytics", "basic", "auxiliary")
STREAM_TYPES = [name for name, type_ in TYPES.items() if type_.stream]
TABLE = """\
tables: {{T_CL: {{{0}columns: {{TimeGenerated: datetime, Text: string}}}}}}
streams: {{Custom-T: T_CL}}
"""


@pytest.fixture
def applied(tmp_path, azure_monitor):
    opened = []

    def make(text):
        opened.append(Environment.applied(tmp_path, azure_monitor, text))
        return opened[-1]

    yield make
    for environment in opened:
        environment.azure.close()


def planned(environment, folder, text):
    """The plan of a changed manifest against what was applied; the environment has the new manifest from then on."""
    file = folder / "provisioner.yaml"
    file.write_text(text)
    document = load.load_document(file)
    assert document.manifest is not None, document.diagnostics
    environment.manifest = document.manifest
    return build_plan(environment.desired, read_live(environment.azure, environment.desired, owner="shop"))


def changes(plan):
    return {(change.type, change.name): change.action for change in plan.changes if change.writes}


@pytest.mark.parametrize("type_", STREAM_TYPES)
@pytest.mark.parametrize("plan", PLANS)
def test_every_column_type_arrives_under_every_plan(applied, plan, type_):
    text = f"""{HEAD}
tables:
  T_CL: {{plan: {plan}, columns: {{TimeGenerated: datetime, Name: string, Value: {type_}}}}}
streams: {{Custom-T: T_CL}}
"""
    environment = applied(text)
    (arrival,) = environment.verify(timing=environment.patient).streams
    assert arrival.ok, arrival.json()
    assert arrival.unproven == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("analytics", "auxiliary", ["alerts on the table stop", "once a week"]),
        ("auxiliary", "analytics", ["by a search only", "once a week"]),
        ("analytics", "basic", ["by a search only", "once a week"]),
        ("basic", "analytics", ["once a week"]),
    ],
)
def test_a_plan_is_switched_with_its_consequences_named(applied, tmp_path, old, new, words):
    environment = applied(HEAD + TABLE.format(f"plan: {old}, "))
    plan = planned(environment, tmp_path, HEAD + TABLE.format(f"plan: {new}, "))
    (change,) = [change for change in plan.changes if change.writes]
    assert (change.type, change.action, list(plan.refusals())) == ("table", "update", [])
    assert all(word in " ".join(reason.text for reason in change.reasons) for word in words)
    environment.apply(tmp_path)
    assert environment.get("table", "T_CL")["properties"]["plan"].lower() == new
    assert changes(planned(environment, tmp_path, HEAD + TABLE.format(f"plan: {new}, "))) == {}


@pytest.mark.parametrize(("old", "new"), [("basic", "auxiliary"), ("auxiliary", "basic")])
def test_a_plan_that_switches_over_analytics_alone_says_so(applied, tmp_path, old, new):
    environment = applied(HEAD + TABLE.format(f"plan: {old}, "))
    (refusal,) = planned(environment, tmp_path, HEAD + TABLE.format(f"plan: {new}, ")).refusals()
    assert "`plan: analytics`" in str(refusal)
    assert "a week later" in str(refusal)


def test_a_retention_that_the_new_plan_fixes_does_not_stand_in_its_way(applied, tmp_path):
    environment = applied(HEAD + TABLE.format("retention: 90, total_retention: 365, "))
    planned(environment, tmp_path, HEAD + TABLE.format("plan: auxiliary, total_retention: 365, "))
    environment.apply(tmp_path)
    assert environment.get("table", "T_CL")["properties"]["totalRetentionInDays"] == 365


def test_tables_of_azures_own_take_a_plan_and_keep_it_where_the_manifest_is_silent(applied, tmp_path):
    silent = HEAD + "tables: {CommonSecurityLog: {total_retention: 365}, AppTraces: {retention: 90}}\n"
    environment = applied(silent.replace("total_retention", "plan: basic, total_retention"))
    assert environment.get("table", "CommonSecurityLog")["properties"]["plan"] == "Basic"
    assert environment.get("table", "AppTraces")["properties"]["retentionInDays"] == 90
    assert changes(planned(environment, tmp_path, silent)) == {}


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ("CommonSecurityLog: {plan: basic}", []),
        ("Syslog: {plan: auxiliary}", []),
        ("Syslog: {plan: basic}", ["TAB012"]),
        ("AppTraces: {plan: auxiliary}", ["TAB012"]),
        ("ASimDnsAuditLogs: {plan: basic}", ["TAB009", "TAB012"]),
        ("Heartbeat: {retention: 90}", []),
        ("AppMetrics: {retention: 60, total_retention: 90}", []),
        ("NoSuchTable: {retention: 90}", ["TAB009"]),
    ],
)
def test_an_entry_for_a_table_of_azures_own_is_judged_by_its_flags(tmp_path, entry, codes):
    file = tmp_path / "provisioner.yaml"
    file.write_text(f"{HEAD}tables: {{{entry}}}\n")
    findings = validate.check(load.load_document(file))
    assert sorted(finding.code for finding in findings) == codes


@pytest.mark.parametrize("table", ["DeviceEvents", "AppTraces", "Heartbeat", "SigninLogs", "AzureActivity"])
def test_a_table_that_takes_no_rows_is_said_to_exist(tmp_path, table):
    file = tmp_path / "provisioner.yaml"
    file.write_text(f"{HEAD}streams: {{Custom-A: {{table: {table}, columns: {{TimeGenerated: datetime}}}}}}\n")
    (finding,) = [one for one in validate.check(load.load_document(file)) if one.code == "STR004"]
    assert "it exists, and does not take rows" in finding.message


SUBSCRIPTION = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
ENDPOINT = "endpoint: {name: dce-shop}\n"
DCR = "dcrs: {{dcr-shop: {{streams: [Custom-T], endpoint: {0}}}}}\n"


def test_with_an_endpoint_a_rule_has_both_from_birth(applied):
    environment = applied(HEAD + ENDPOINT + TABLE.format(""))
    body = environment.get("dcr", "dcr-shop")
    assert body["kind"] == "Direct"
    assert body["properties"]["dataCollectionEndpointId"].endswith("/dce-shop")
    outputs = environment.outputs().dcrs["dcr-shop"]
    shared = environment.get("endpoint", "dce-shop")["properties"]["logsIngestion"]["endpoint"]
    assert outputs.endpoint == shared.rstrip("/")
    assert outputs.direct_endpoint == body["properties"]["endpoints"]["logsIngestion"].rstrip("/")
    assert outputs.json()["direct_endpoint"] == outputs.direct_endpoint


def test_both_endpoints_of_a_rule_take_records(applied):
    environment = applied(HEAD + ENDPOINT + TABLE.format(""))
    environment.grant(environment.id("dcr", "dcr-shop"))
    outputs = environment.outputs().dcrs["dcr-shop"]
    for endpoint in (outputs.endpoint, outputs.direct_endpoint):
        environment.azure.ingestion.send(endpoint, outputs.immutable_id, "Custom-T", [{"Text": "a"}])


@pytest.mark.parametrize("mode", ["both", "shared"])
def test_a_rule_that_was_made_without_direct_stays_as_it_is(applied, tmp_path, mode):
    text = HEAD + ENDPOINT + TABLE.format("")
    environment = applied(text + DCR.format("shared"))
    assert "kind" not in environment.get("dcr", "dcr-shop")
    assert changes(planned(environment, tmp_path, text + DCR.format(mode))) == {}
    # A change of something else is written, and does not ask for the kind.
    more = text.replace("Text: string", "Text: string, More: string") + DCR.format(mode)
    assert changes(planned(environment, tmp_path, more))[("dcr", "dcr-shop")] == "update"
    environment.apply(tmp_path)
    assert "kind" not in environment.get("dcr", "dcr-shop")
    assert environment.outputs().dcrs["dcr-shop"].direct_endpoint is None


def test_a_direct_rule_is_bound_to_an_endpoint_in_place(applied, tmp_path):
    environment = applied(HEAD + TABLE.format(""))
    plan = planned(environment, tmp_path, HEAD + ENDPOINT + TABLE.format(""))
    assert changes(plan)[("dcr", "dcr-shop")] == "update"


@pytest.mark.parametrize(
    ("head", "endpoint", "mode"),
    [
        ("cloud: local, resource_group: rg", "", "direct"),
        ("cloud: local, resource_group: rg", ENDPOINT, "both"),
        ("cloud: local, resource_group: rg", "endpoint: {name: d, public_access: disabled}\n", "shared"),
        ("cloud: local, resource_group: rg", "endpoint: {name: d, public_access: secured_by_perimeter}\n", "shared"),
        (
            "cloud: usgovernment, subscription: $SUB, resource_group: rg",
            ENDPOINT,
            "shared",
        ),
    ],
)
def test_the_default_opens_no_way_that_was_closed(tmp_path, head, endpoint, mode):
    file = tmp_path / "provisioner.yaml"
    location = "usgovvirginia" if "usgov" in head else "westeurope"
    head = head.replace("$SUB", SUBSCRIPTION)
    target = f"version: 1\nname: shop\ntarget: {{{head}, location: {location}}}\nworkspace: {{name: law-shop}}\n"
    file.write_text(target + endpoint + TABLE.format(""))
    document = load.load_document(file)
    assert document.manifest is not None, document.diagnostics
    assert document.manifest.dcrs["dcr-shop"].endpoint == mode


@pytest.mark.parametrize(
    ("kind", "bound", "mode"), [("Direct", True, "both"), ("Direct", False, "direct"), (None, True, "shared")]
)
def test_an_import_keeps_the_endpoints_of_a_rule(tmp_path, kind, bound, mode):
    workspace = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law"
    properties = {
        "streamDeclarations": {"Custom-A": {"columns": [{"name": "TimeGenerated", "type": "datetime"}]}},
        "destinations": {"logAnalytics": [{"name": "w", "workspaceResourceId": workspace}]},
        "dataFlows": [{"streams": ["Custom-A"], "destinations": ["w"], "outputStream": "Custom-A_CL"}],
    }
    if bound:
        properties["dataCollectionEndpointId"] = f"{GROUP}/Microsoft.Insights/dataCollectionEndpoints/dce"
    resource = {"type": "Microsoft.Insights/dataCollectionRules", "apiVersion": "2024-03-11", "name": "dcr-a"}
    resource |= {"location": "westeurope", "properties": properties, **({"kind": kind} if kind else {})}
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"resources": [resource]}))
    written = tmp_path / "provisioner.yaml"
    written.write_text(from_arm([file]).yaml_text())
    document = load.load_document(written)
    assert document.manifest is not None, document.diagnostics
    assert document.manifest.dcrs["dcr-a"].endpoint == mode
