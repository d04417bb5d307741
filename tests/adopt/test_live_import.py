"""Import of what is live: the manifest plans empty against it, and what it does not mention is never touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner import apply as applying
from provisioner import azure as wire
from provisioner import kql, load, validate
from provisioner import live as reading
from provisioner import plan as planning
from provisioner.adopt import from_live
from provisioner.errors import NotFound
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.model import LOCAL_LOCATION, LOCAL_SUBSCRIPTION, LOCAL_TENANT, Target
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest

GROUP = f"/subscriptions/{LOCAL_SUBSCRIPTION}/resourceGroups/rg-shop"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law-shop"
RULES = f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules"
ENDPOINTS = f"{GROUP}/providers/Microsoft.Insights/dataCollectionEndpoints"
COLUMNS = [{"name": "TimeGenerated", "type": "datetime"}, {"name": "Id", "type": "string"}]


class LiveAzure:
    """One emulator, seen by us: manifests go in, resources come out."""

    def __init__(self, azure, folder: Path) -> None:
        self.azure, self.folder, self.count = azure, folder, 0

    def connected_to_group(self, group: str):
        """The same Azure, its target another group."""
        self.azure.target = replace(self.azure.target, resource_group=group)
        return self.azure

    def load(self, text: str, environment: str | None = "local"):
        self.count += 1
        file = self.folder / f"m{self.count}.yaml"
        file.write_text(text, encoding="utf-8")
        document = load.load_document(file, environment=environment)
        assert [diagnostic.message for diagnostic in validate.check(document) if diagnostic.severity == "error"] == []
        return document.manifest

    def plan(self, manifest):
        principal = self.azure.identity.object_id
        desired = expand_manifest(manifest, principal)
        live = reading.read_live(self.azure, desired, owner=manifest.owner)
        return planning.build_plan(desired, live, environment=manifest.environment, principal=principal)

    def changes(self, manifest):
        """What a plan would write, as tuples that show in a failing assertion."""
        return [
            (change.action, change.type, change.name, change.deltas)
            for change in self.plan(manifest).changes
            if change.writes
        ]

    def apply(self, manifest) -> None:
        outcomes = applying.apply(self.plan(manifest), self.azure)
        assert [outcome.error for outcome in outcomes if outcome.error] == []

    def adopt(self):
        return from_live(self.azure, WORKSPACE)

    def put(self, short: str, id_: str, body: dict) -> dict:
        return self.azure.management.put(resource_type(short), id_, body)

    def get(self, short: str, id_: str) -> dict:
        body = self.azure.management.get(id_, resource_type(short).api_version)
        assert body is not None
        return body

    def put_shared_resources(self) -> None:
        """Resources that exist already: a group, a workspace, a table and an endpoint."""
        self.put("group", GROUP, {"location": "westeurope"})
        self.put("workspace", WORKSPACE, {"location": "westeurope", "properties": {"sku": {"name": "PerGB2018"}}})
        self.put(
            "table",
            f"{WORKSPACE}/tables/Orders_CL",
            {"properties": {"schema": {"name": "Orders_CL", "columns": COLUMNS}}},
        )
        self.put("endpoint", f"{ENDPOINTS}/dce-old", {"location": "westeurope", "properties": {}})

    def put_dcr(self, name: str, **changes) -> dict:
        """A rule bound to the old endpoint."""
        properties = {
            "dataCollectionEndpointId": f"{ENDPOINTS}/dce-old",
            "streamDeclarations": {"Custom-Orders": {"columns": COLUMNS}},
            "destinations": {"logAnalytics": [{"name": "la-1", "workspaceResourceId": WORKSPACE}]},
            "dataFlows": [
                {
                    "streams": ["Custom-Orders"],
                    "destinations": ["la-1"],
                    "transformKql": "source|where isnotempty(Id)   // no id, no order\n|extend Id=toupper(Id)",
                    "outputStream": "Custom-Orders_CL",
                }
            ],
            **changes.pop("properties", {}),
        }
        return self.put("dcr", f"{RULES}/{name}", {"location": "westeurope", **changes, "properties": properties})


@pytest.fixture
def live_azure(azure_monitor, tmp_path):
    target = Target("local", LOCAL_SUBSCRIPTION, "rg-shop", LOCAL_LOCATION, LOCAL_TENANT)
    with wire.connect_local(target, azure_monitor.ready) as azure:
        yield LiveAzure(azure, tmp_path)


def test_a_live_rule_with_foreign_parts_is_adopted_and_grows_without_any_harm(live_azure):
    """Endpoint, immutable id, tags, data sources and identity survive; Direct is never proposed."""
    live_azure.put_shared_resources()
    before = live_azure.put_dcr(
        "dcr-orders",
        tags={"costcentre": "42", "policy": "set"},
        identity={"type": "SystemAssigned"},
        properties={
            "dataSources": {
                "syslog": [
                    {"name": "s", "streams": ["Microsoft-Syslog"], "facilityNames": ["auth"], "logLevels": ["Error"]}
                ]
            },
            "dataFlows": [
                {
                    "streams": ["Custom-Orders"],
                    "destinations": ["la-1"],
                    "transformKql": "source|where isnotempty(Id)",
                    "outputStream": "Custom-Orders_CL",
                },
                {"streams": ["Microsoft-Syslog"], "destinations": ["la-1"]},
            ],
        },
    )
    adopted = live_azure.adopt()
    assert "dataSources" in adopted.yaml_text()
    assert 'costcentre: "42"' in adopted.yaml_text()
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []

    fields = yaml.safe_load(adopted.yaml_text())
    fields["tables"]["Orders_CL"]["columns"]["Amount"] = "real"
    fields["streams"]["Custom-Orders"].setdefault("columns", {"TimeGenerated": "datetime", "Id": "string"})
    fields["streams"]["Custom-Orders"]["columns"]["Amount"] = "real"
    manifest = live_azure.load(dump_yaml(fields))
    plan = live_azure.plan(manifest)
    assert [(change.action, change.type) for change in plan.changes if change.writes] == [
        ("update", "table"),
        ("update", "dcr"),
    ]
    assert {change.risk for change in plan.changes} <= {"none", "additive"}
    live_azure.apply(manifest)

    after = live_azure.get("dcr", f"{RULES}/dcr-orders")
    properties, old = after["properties"], before["properties"]
    assert after.get("kind") == before.get("kind")
    assert after["identity"]["type"] == "SystemAssigned"
    assert {"costcentre": "42", "policy": "set"}.items() <= after["tags"].items()
    for kept in ("immutableId", "dataCollectionEndpointId", "dataSources", "destinations"):
        assert properties[kept] == old[kept]
    for flow, before_ in zip(properties["dataFlows"], old["dataFlows"], strict=True):
        assert kql.same(flow.pop("transformKql", "source"), before_.pop("transformKql", "source"))
        assert flow == before_
    assert [column["name"] for column in properties["streamDeclarations"]["Custom-Orders"]["columns"]][-1] == "Amount"
    assert live_azure.changes(manifest) == []


def test_rules_of_agents_metrics_and_workspaces_are_listed_and_never_touched(live_azure):
    live_azure.put_shared_resources()
    source = {"name": "s", "streams": ["Microsoft-Syslog"], "facilityNames": ["auth"], "logLevels": ["Error"]}
    agents = {
        "streamDeclarations": {},
        "dataSources": {"syslog": [source]},
        "dataFlows": [{"streams": ["Microsoft-Syslog"], "destinations": ["la-1"]}],
    }
    live_azure.put_dcr("dcr-agents", kind="Linux", properties=agents)
    live_azure.put_dcr("dcr-orders")
    before = live_azure.get("dcr", f"{RULES}/dcr-agents")
    adopted = live_azure.adopt()
    assert [(skipped.name, skipped.reason) for skipped in adopted.skipped] == [
        ("dcr-agents", "only its own data sources feed it (dataSources.syslog)")
    ]
    assert "dcr-agents" in adopted.yaml_text()
    assert list(adopted.fields["dcrs"]) == ["dcr-orders"]
    live_azure.apply(live_azure.load(adopted.yaml_text()))
    assert live_azure.get("dcr", f"{RULES}/dcr-agents") == before


def test_a_transform_is_laid_out_and_stays_the_same_query(live_azure):
    live_azure.put_shared_resources()
    live_azure.put_dcr("dcr-orders")
    adopted = live_azure.adopt()
    transform = adopted.fields["streams"]["Custom-Orders"]["transform"]
    assert transform.splitlines()[0] == "source"
    assert "// no id, no order" in transform
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


def test_what_is_not_ours_is_said_to_exist(live_azure):
    live_azure.put_shared_resources()
    live_azure.put_dcr("dcr-orders")
    fields = live_azure.adopt().fields
    assert fields["workspace"] == {"id": WORKSPACE}
    assert fields["endpoint"] == {"id": f"{ENDPOINTS}/dce-old"}


def test_another_manifest_s_rule_stays_its_own(live_azure):
    live_azure.put_shared_resources()
    live_azure.put_dcr("dcr-orders", tags={"provisioner": "shop/prod"})
    live_azure.put_dcr("dcr-more", tags={"provisioner": "shop/prod"})
    live_azure.put_dcr("dcr-theirs", tags={"provisioner": "other"})
    adopted = live_azure.adopt()
    assert (adopted.fields["name"], adopted.environment) == ("shop", "prod")
    assert adopted.fields["environments"] == {"prod": {}}
    assert [(skipped.name, skipped.reason) for skipped in adopted.skipped] == [
        ("dcr-theirs", "it belongs to the manifest other")
    ]
    assert from_live(live_azure.azure, WORKSPACE, name="other").fields["name"] == "other"


def test_one_stream_in_two_rules_is_written_once_or_gets_two_keys(live_azure):
    live_azure.put_shared_resources()
    live_azure.put_dcr("dcr-a")
    live_azure.put_dcr("dcr-b")
    flow = {"streams": ["Custom-Orders"], "destinations": ["la-1"], "outputStream": "Custom-Orders_CL"}
    live_azure.put_dcr("dcr-c", properties={"dataFlows": [flow]})
    fields = live_azure.adopt().fields
    assert [dcr["streams"] for dcr in fields["dcrs"].values()] == [
        ["Custom-Orders"],
        ["Custom-Orders"],
        ["Custom-Orders-dcr-c"],
    ]
    assert fields["streams"]["Custom-Orders-dcr-c"]["stream"] == "Custom-Orders"
    assert live_azure.changes(live_azure.load(live_azure.adopt().yaml_text())) == []


def test_flows_of_several_streams_and_without_output_are_said_one_by_one(live_azure):
    live_azure.put_shared_resources()
    names = ["Custom-Orders_CL", "Custom-Returns_CL"]
    live_azure.put(
        "table",
        f"{WORKSPACE}/tables/Returns_CL",
        {"properties": {"schema": {"name": "Returns_CL", "columns": COLUMNS}}},
    )
    live_azure.put_dcr(
        "dcr-many",
        properties={
            "streamDeclarations": {name: {"columns": COLUMNS} for name in names},
            "dataFlows": [{"streams": names, "destinations": ["la-1"]}],
        },
    )
    adopted = live_azure.adopt()
    assert adopted.fields["streams"] == {"Custom-Orders_CL": "Orders_CL", "Custom-Returns_CL": "Returns_CL"}
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


def test_azure_s_own_table_is_imported_for_the_columns_that_are_ours(live_azure):
    live_azure.put_shared_resources()
    columns = [{"name": "Tenant_CF", "type": "string"}]
    live_azure.put(
        "table",
        f"{WORKSPACE}/tables/Syslog",
        {"properties": {"schema": {"name": "Syslog", "columns": columns}}},
    )
    adopted = live_azure.adopt()
    assert adopted.fields["tables"]["Syslog"]["columns"] == {"Tenant_CF": "string"}
    assert list(adopted.fields["tables"]) == ["Orders_CL", "Syslog"]
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


def test_azure_s_own_table_is_imported_for_a_retention_that_was_chosen(live_azure):
    live_azure.put_shared_resources()
    live_azure.put(
        "table", f"{WORKSPACE}/tables/Syslog", {"properties": {"retentionInDays": 90, "totalRetentionInDays": 180}}
    )
    adopted = live_azure.adopt()
    assert adopted.fields["tables"]["Syslog"] == {"retention": 90, "total_retention": 180}
    assert list(adopted.fields["tables"]) == ["Orders_CL", "Syslog"]
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


def test_of_a_shared_workspace_only_the_tables_that_our_rules_write_are_imported(live_azure):
    live_azure.put_shared_resources()
    live_azure.put(
        "table", f"{WORKSPACE}/tables/Theirs_CL", {"properties": {"schema": {"name": "Theirs_CL", "columns": COLUMNS}}}
    )
    ours = f"/subscriptions/{LOCAL_SUBSCRIPTION}/resourceGroups/rg-team"
    live_azure.put("group", ours, {"location": "westeurope"})
    flow = {"streams": ["Custom-Orders"], "destinations": ["w"], "outputStream": "Custom-Orders_CL"}
    properties = {
        "dataCollectionEndpointId": f"{ENDPOINTS}/dce-old",
        "streamDeclarations": {"Custom-Orders": {"columns": COLUMNS}},
        "destinations": {"logAnalytics": [{"name": "w", "workspaceResourceId": WORKSPACE}]},
        "dataFlows": [flow],
    }
    live_azure.put(
        "dcr",
        f"{ours}/providers/Microsoft.Insights/dataCollectionRules/dcr-team",
        {"location": "westeurope", "properties": properties},
    )
    adopted = from_live(live_azure.connected_to_group("rg-team"), WORKSPACE)
    assert list(adopted.fields["tables"]) == ["Orders_CL"]
    assert adopted.fields["endpoint"] == {"id": f"{ENDPOINTS}/dce-old"}
    assert "1 more table" in adopted.yaml_text()
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


def test_a_classic_table_is_listed_with_the_way_out(live_azure, azure_monitor):
    live_azure.put_shared_resources()
    expected_path = f"{LOCAL_SUBSCRIPTION}/rg-shop/law-shop/Old_CL"
    azure_monitor.control("PUT", f"/emulator/classic/{expected_path}", {"columns": COLUMNS})
    adopted = live_azure.adopt()
    assert list(adopted.fields["tables"]) == ["Orders_CL"]
    [skipped] = adopted.skipped
    assert (skipped.name, "migrate it first" in skipped.reason) == ("Old_CL", True)


def test_an_idle_stream_is_told_and_stays(live_azure):
    """A stream that leads nowhere has no place in a manifest; that it is there is no difference either."""
    live_azure.put_shared_resources()
    idle = {"columns": COLUMNS}
    before = live_azure.put_dcr(
        "dcr-orders", properties={"streamDeclarations": {"Custom-Orders": idle, "Custom-Idle": idle}}
    )
    adopted = live_azure.adopt()
    assert "Custom-Idle" in adopted.yaml_text()
    assert list(adopted.fields["streams"]) == ["Custom-Orders"]
    manifest = live_azure.load(adopted.yaml_text())
    assert live_azure.changes(manifest) == []
    live_azure.apply(
        replace(manifest, dcrs={"dcr-orders": replace(manifest.dcrs["dcr-orders"], description="ours now")})
    )
    after = live_azure.get("dcr", f"{RULES}/dcr-orders")
    assert after["properties"]["description"] == "ours now"
    assert after["properties"]["streamDeclarations"] == before["properties"]["streamDeclarations"]


def test_a_rule_that_nobody_can_send_to_is_listed(live_azure):
    live_azure.put_shared_resources()
    rule = live_azure.put_dcr("dcr-deaf")
    del rule["properties"]["dataCollectionEndpointId"]
    live_azure.put("dcr", f"{RULES}/dcr-deaf", {"location": "westeurope", "properties": rule["properties"]})
    [skipped] = live_azure.adopt().skipped
    assert (skipped.name, "nobody can send to it" in skipped.reason) == ("dcr-deaf", True)


def test_a_rule_with_azure_s_own_input_stream_is_imported(live_azure):
    live_azure.put_shared_resources()
    flow = {"streams": ["Microsoft-Syslog"], "destinations": ["la-1"]}
    live_azure.put_dcr("dcr-syslog", properties={"streamDeclarations": {}, "dataFlows": [flow]})
    adopted = live_azure.adopt()
    assert adopted.fields["streams"] == {"Microsoft-Syslog": "Syslog"}
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


def test_a_rule_with_a_stream_that_no_manifest_can_hold_is_listed_whole(live_azure):
    """Imported in part, its other flows would be planned away."""
    live_azure.put_shared_resources()
    flows = [
        {"streams": ["Custom-Orders"], "destinations": ["la-1"], "outputStream": "Custom-Orders_CL"},
        {"streams": ["Microsoft-OTelLogs"], "destinations": ["la-1"]},
    ]
    live_azure.put_dcr("dcr-mixed", properties={"dataFlows": flows})
    adopted = live_azure.adopt()
    [skipped] = adopted.skipped
    assert (skipped.name, "Microsoft-OTelLogs" in skipped.reason) == ("dcr-mixed", True)
    assert [diagnostic.severity for diagnostic in adopted.diagnostics if diagnostic.code == "IMP005"] == ["warning"]


def test_a_rule_that_an_event_hub_feeds_is_listed(live_azure):
    live_azure.put_shared_resources()
    source = {"dataImports": {"eventHub": {"name": "hub", "consumerGroup": "$Default", "stream": "Custom-Orders"}}}
    live_azure.put_dcr("dcr-hub", properties={"dataSources": source})
    [skipped] = live_azure.adopt().skipped
    assert (skipped.name, skipped.reason) == ("dcr-hub", "only its own data sources feed it (dataSources.dataImports)")


def test_rules_of_a_second_endpoint_are_listed(live_azure):
    live_azure.put_shared_resources()
    live_azure.put("endpoint", f"{ENDPOINTS}/dce-new", {"location": "westeurope", "properties": {}})
    live_azure.put_dcr("dcr-a")
    live_azure.put_dcr("dcr-b")
    live_azure.put_dcr("dcr-c", properties={"dataCollectionEndpointId": f"{ENDPOINTS}/dce-new"})
    adopted = live_azure.adopt()
    assert list(adopted.fields["dcrs"]) == ["dcr-a", "dcr-b"]
    assert [skipped.name for skipped in adopted.skipped] == ["dcr-c"]


def test_who_may_send_is_imported_whoever_gave_the_right(live_azure):
    """A second grant of the same right is refused by Azure, so the one that is there must do."""
    live_azure.put_shared_resources()
    live_azure.put_dcr("dcr-a")
    live_azure.put_dcr("dcr-b")
    principal = "99999999-2222-3333-4444-555555555555"
    role = f"/subscriptions/{LOCAL_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
    publisher = "3913510d-42f4-4e42-8a64-420c390055eb"
    body = {
        "properties": {
            "principalId": principal,
            "roleDefinitionId": role + publisher,
            "principalType": "ServicePrincipal",
        }
    }
    live_azure.put("grant", f"{RULES}/dcr-a/providers/Microsoft.Authorization/roleAssignments/{UUID(int=7)}", body)
    adopted = live_azure.adopt()
    assert adopted.fields["grants"] == {"sender-1": {"principal": principal, "dcrs": ["dcr-a"]}}
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


PUBLISHER_ROLE = "3913510d-42f4-4e42-8a64-420c390055eb"
READER_ROLE = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SENDER = "99999999-2222-3333-4444-555555555555"


def put_assignment(live_azure, scope, role, number, **more):
    definition = f"/subscriptions/{LOCAL_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {"principalId": SENDER, "roleDefinitionId": definition, "principalType": "ServicePrincipal", **more}
    id_ = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{UUID(int=number)}"
    live_azure.put("grant", id_, {"properties": properties})


@pytest.mark.parametrize(
    ("scope", "role", "more", "listed"),
    [
        (f"{RULES}/dcr-a", READER_ROLE, {}, False),
        (f"{RULES}/dcr-a", PUBLISHER_ROLE, {"condition": "true", "conditionVersion": "2.0"}, True),
        (GROUP, PUBLISHER_ROLE, {}, True),
        (f"{ENDPOINTS}/dce-old", PUBLISHER_ROLE, {}, False),
        (WORKSPACE, PUBLISHER_ROLE, {}, False),
    ],
)
def test_no_other_assignment_becomes_a_grant(live_azure, scope, role, more, listed):
    """What concerns sending is listed; what is inherited from the group holds as it is and needs no grant."""
    live_azure.put_shared_resources()
    live_azure.put_dcr("dcr-a")
    put_assignment(live_azure, scope, role, 9, **more)
    adopted = live_azure.adopt()
    assert "grants" not in adopted.fields
    assert [skipped.type for skipped in adopted.skipped] == (["grant"] if listed else [])
    assert live_azure.changes(live_azure.load(adopted.yaml_text())) == []


def test_grants_that_may_not_be_read_are_told(live_azure, azure_monitor):
    live_azure.put_shared_resources()
    live_azure.put_dcr("dcr-orders")
    azure_monitor.fault("error", match="GET *roleAssignments*", status=403, code="AuthorizationFailed")
    adopted = live_azure.adopt()
    azure_monitor.clear_faults()
    assert "Could not be read, so not in here: grants" in adopted.yaml_text()
    assert [diagnostic.severity for diagnostic in adopted.diagnostics if diagnostic.code == "IMP009"] == ["warning"]


def test_a_workspace_that_is_not_there_is_told(live_azure):
    with pytest.raises(NotFound, match="there is no workspace"):
        live_azure.adopt()


NAMES = st.sampled_from(["North", "South", "East", "West"])
TYPES = st.sampled_from(["string", "int", "long", "real", "boolean", "datetime", "guid", "dynamic"])
COLUMN_SETS = st.dictionaries(st.sampled_from(["Alpha", "Beta", "Gamma", "Delta"]), TYPES, max_size=4)
TABLE = st.fixed_dictionaries(
    {"columns": COLUMN_SETS.map(lambda more: {"TimeGenerated": "datetime", **more})},
    optional={
        "plan": st.sampled_from(["analytics", "basic", "auxiliary"]),
        "total_retention": st.sampled_from([365, 730]),
        "description": st.sampled_from(["plain", 'says "so"', "two\nlines", "$(not a variable)"]),
    },
)


ACTION_GROUP = f"{GROUP}/providers/Microsoft.Insights/actionGroups/ops"
MONITORING = st.sampled_from(
    [
        {"errors": True},
        {"errors": True, "troubleshooting": True},
        {"errors": True, "alerts": {"action_groups": [ACTION_GROUP], "transform_errors": 1}},
        {"errors": False, "alerts": {"action_groups": [ACTION_GROUP], "rows_dropped": 10, "silence": "2h"}},
    ]
)
WORKSPACE_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "sku": st.just({"commitment": 200}),
        "daily_cap": st.sampled_from([250, 300.5]),
        "public_access": st.sampled_from([{"query": "disabled"}, {"ingestion": "secured_by_perimeter"}]),
        "access": st.just("workspace"),
        "sentinel": st.just(True),
        "tags": st.just({"owner": "data"}),
    },
)
"""Settings of a workspace that differ from what Azure gives a new one; each may be left out."""


def without_unwatched_silence(monitoring, tables):
    """Settings that leave a trace in Azure: no alert asks tables of other plans, so nothing tells of `silence`."""
    if any(table.get("plan", "analytics") == "analytics" for table in tables.values()):
        return monitoring
    alerts = {key: value for key, value in monitoring.get("alerts", {}).items() if key != "silence"}
    return {**monitoring, "alerts": alerts} if alerts else monitoring


@st.composite
def manifests(draw):
    """Manifests as people write them: some tables, streams into them, rules, an endpoint or none, tags."""
    tables = {f"{name}_CL": table for name, table in draw(st.dictionaries(NAMES, TABLE, min_size=1)).items()}
    streams = {}
    for table in tables:
        way = draw(st.sampled_from(["short", "own", "project"]))
        if way == "short":
            streams[f"Custom-{table}"] = table
        elif way == "own":
            columns = {name: "string" if type_ == "guid" else type_ for name, type_ in tables[table]["columns"].items()}
            casts = [f"{name} = toguid({name})" for name, type_ in tables[table]["columns"].items() if type_ == "guid"]
            text = "source" + (f" | extend {', '.join(casts)}" if casts else " | where true")
            streams[f"Custom-{table}"] = {"columns": columns, "table": table, "transform": text}
        else:
            streams[f"Custom-{table}"] = {
                "columns": {"at": "datetime", "what": "dynamic"},
                "table": table,
                "transform": "source | project TimeGenerated = at",
            }
    fields = {
        "version": 1,
        "name": "shop",
        "target": {"resource_group": "rg-shop", "location": "westeurope"},
        "workspace": {"name": "law-shop", **draw(WORKSPACE_SETTINGS)},
        "tables": tables,
        "streams": streams,
    }
    if len(tables) > 1 and draw(st.booleans()):
        flows = [{"table": table, "transform": "source | project TimeGenerated = at"} for table in tables]
        streams["Custom-All"] = {"columns": {"at": "datetime"}, "flows": flows}
    if draw(st.booleans()):
        fields["endpoint"] = {"name": "dce-shop", **draw(st.sampled_from([{}, {"public_access": "disabled"}]))}
    if draw(st.booleans()):
        fields["tags"] = {"team": draw(st.sampled_from(["x", "a b", "ü"]))}
    if draw(st.booleans()):
        fields["workspace_transforms"] = {"Syslog": {"transform": 'source | where Facility != "cron"'}}
    if draw(st.booleans()):
        fields["monitoring"] = without_unwatched_silence(draw(MONITORING), tables)
    if draw(st.booleans()):
        fields["grants"] = {"me": {"principal": "self"}}
    if draw(st.booleans()):
        keys = list(streams)
        cut = draw(st.integers(1, len(keys)))
        parts = [part for part in (keys[:cut], keys[cut:]) if part]
        fields["dcrs"] = {
            f"dcr-{index}": {"streams": part, **({"description": "d", "identity": "system_assigned"} if index else {})}
            for index, part in enumerate(parts)
        }
        if "endpoint" in fields and draw(st.booleans()):
            fields["dcrs"]["dcr-0"]["endpoint"] = "direct"
        if draw(st.booleans()):
            fields["dcrs"]["dcr-0"]["tags"] = {"cost": "42", "team": "rule"}
    return fields


def comparable(manifest):
    """What a manifest says, but for the order of columns, the names of grants and what Azure fills in."""
    return {
        "owner": manifest.owner,
        "workspace": replace(manifest.workspace, retention=None),
        "endpoint": manifest.endpoint and (manifest.endpoint.name, manifest.endpoint.public_access),
        "tags": dict(manifest.tags),
        "monitoring": manifest.monitoring,
        "workspace_transforms": {
            name: [flow.transform.split() for flow in stream.flows]
            for name, stream in manifest.workspace_transforms.items()
        },
        "tables": {
            name: (dict(table.columns), table.plan, table.total_retention, table.description)
            for name, table in manifest.tables.items()
        },
        "streams": {
            name: (stream.name, dict(stream.columns), [flow.table for flow in stream.flows])
            for name, stream in manifest.streams.items()
        },
        "dcrs": {name: replace(dcr, streams=tuple(sorted(dcr.streams))) for name, dcr in manifest.dcrs.items()},
        "grants": {(grant.dcrs, grant.role) for grant in manifest.grants.values()},
    }


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(fields=manifests())
def test_import_after_apply_gives_the_manifest_back(azure_monitor, live_azure, fields):
    """import ∘ apply = identity, and what was imported plans empty."""
    azure_monitor.reset()
    manifest = live_azure.load(dump_yaml(fields))
    live_azure.apply(manifest)
    adopted = live_azure.load(live_azure.adopt().yaml_text())
    assert comparable(adopted) == comparable(manifest)
    assert live_azure.changes(adopted) == []
