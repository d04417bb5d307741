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
from provisioner.load.yaml.yaml_writer import dump
from provisioner.model import LOCAL_LOCATION, LOCAL_SUBSCRIPTION, LOCAL_TENANT, Target
from provisioner.resources import resource_type
from provisioner.resources.expand import expand

GROUP = f"/subscriptions/{LOCAL_SUBSCRIPTION}/resourceGroups/rg-shop"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law-shop"
RULES = f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules"
ENDPOINTS = f"{GROUP}/providers/Microsoft.Insights/dataCollectionEndpoints"
COLUMNS = [{"name": "TimeGenerated", "type": "datetime"}, {"name": "Id", "type": "string"}]


class World:
    """One emulator, seen by us: manifests go in, resources come out."""

    def __init__(self, azure, folder: Path) -> None:
        self.azure, self.folder, self.count = azure, folder, 0

    def seen_from(self, group: str):
        """The same Azure, its target another group."""
        self.azure.target = replace(self.azure.target, resource_group=group)
        return self.azure

    def load(self, text: str, environment: str | None = "local"):
        self.count += 1
        file = self.folder / f"m{self.count}.yaml"
        file.write_text(text, encoding="utf-8")
        document = load.document(file, environment=environment)
        assert [each.message for each in validate.check(document) if each.severity == "error"] == []
        return document.manifest

    def plan(self, manifest):
        principal = self.azure.identity.object_id
        desired = expand(manifest, principal)
        live = reading.read(self.azure, desired, owner=manifest.owner)
        return planning.plan(desired, live, environment=manifest.environment, principal=principal)

    def changes(self, manifest):
        """What a plan would write, told so that a failing test says it."""
        return [(each.action, each.type, each.name, each.deltas) for each in self.plan(manifest).changes if each.writes]

    def apply(self, manifest) -> None:
        outcomes = applying.apply(self.plan(manifest), self.azure)
        assert [each.error for each in outcomes if each.error] == []

    def adopt(self):
        return from_live(self.azure, WORKSPACE)

    def put(self, short: str, id_: str, body: dict) -> dict:
        return self.azure.management.put(resource_type(short), id_, body)

    def get(self, short: str, id_: str) -> dict:
        found = self.azure.management.get(id_, resource_type(short).api_version)
        assert found is not None
        return found

    def ground(self) -> None:
        """What somebody else has built: a group, a workspace, a table and an endpoint."""
        self.put("group", GROUP, {"location": "westeurope"})
        self.put("workspace", WORKSPACE, {"location": "westeurope", "properties": {"sku": {"name": "PerGB2018"}}})
        self.put(
            "table",
            f"{WORKSPACE}/tables/Orders_CL",
            {"properties": {"schema": {"name": "Orders_CL", "columns": COLUMNS}}},
        )
        self.put("endpoint", f"{ENDPOINTS}/dce-old", {"location": "westeurope", "properties": {}})

    def rule(self, name: str, **changes) -> dict:
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
def world(azure_monitor, tmp_path):
    target = Target("local", LOCAL_SUBSCRIPTION, "rg-shop", LOCAL_LOCATION, LOCAL_TENANT)
    with wire.connect_local(target, azure_monitor.ready) as azure:
        yield World(azure, tmp_path)


def test_a_live_rule_with_foreign_parts_is_adopted_and_grows_without_any_harm(world):
    """Endpoint, immutable id, tags, data sources and identity survive; Direct is never proposed."""
    world.ground()
    before = world.rule(
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
    adopted = world.adopt()
    assert "dataSources" in adopted.text()
    assert "tags.costcentre" in adopted.text()
    assert world.changes(world.load(adopted.text())) == []

    words = yaml.safe_load(adopted.text())
    words["tables"]["Orders_CL"]["columns"]["Amount"] = "real"
    words["streams"]["Custom-Orders"].setdefault("columns", {"TimeGenerated": "datetime", "Id": "string"})
    words["streams"]["Custom-Orders"]["columns"]["Amount"] = "real"
    manifest = world.load(dump(words))
    plan = world.plan(manifest)
    assert [(each.action, each.type) for each in plan.changes if each.writes] == [
        ("update", "table"),
        ("update", "dcr"),
    ]
    assert {each.risk for each in plan.changes} <= {"none", "additive"}
    world.apply(manifest)

    after = world.get("dcr", f"{RULES}/dcr-orders")
    properties, old = after["properties"], before["properties"]
    assert after.get("kind") == before.get("kind")
    assert after["identity"]["type"] == "SystemAssigned"
    assert {"costcentre": "42", "policy": "set"}.items() <= after["tags"].items()
    for kept in ("immutableId", "dataCollectionEndpointId", "dataSources", "destinations"):
        assert properties[kept] == old[kept]
    for flow, before_ in zip(properties["dataFlows"], old["dataFlows"], strict=True):
        assert kql.same(flow.pop("transformKql", "source"), before_.pop("transformKql", "source"))
        assert flow == before_
    assert [each["name"] for each in properties["streamDeclarations"]["Custom-Orders"]["columns"]][-1] == "Amount"
    assert world.changes(manifest) == []


def test_rules_of_agents_metrics_and_workspaces_are_listed_and_never_touched(world):
    world.ground()
    source = {"name": "s", "streams": ["Microsoft-Syslog"], "facilityNames": ["auth"], "logLevels": ["Error"]}
    agents = {
        "streamDeclarations": {},
        "dataSources": {"syslog": [source]},
        "dataFlows": [{"streams": ["Microsoft-Syslog"], "destinations": ["la-1"]}],
    }
    world.rule("dcr-agents", kind="Linux", properties=agents)
    world.rule("dcr-orders")
    before = world.get("dcr", f"{RULES}/dcr-agents")
    adopted = world.adopt()
    assert [(each.name, each.why) for each in adopted.left] == [
        ("dcr-agents", "only its own data sources feed it (dataSources.syslog)")
    ]
    assert "dcr-agents" in adopted.text()
    assert list(adopted.words["dcrs"]) == ["dcr-orders"]
    world.apply(world.load(adopted.text()))
    assert world.get("dcr", f"{RULES}/dcr-agents") == before


def test_a_transform_is_laid_out_and_stays_the_same_query(world):
    world.ground()
    world.rule("dcr-orders")
    adopted = world.adopt()
    transform = adopted.words["streams"]["Custom-Orders"]["transform"]
    assert transform.splitlines()[0] == "source"
    assert "// no id, no order" in transform
    assert world.changes(world.load(adopted.text())) == []


def test_what_is_not_ours_is_said_to_exist(world):
    world.ground()
    world.rule("dcr-orders")
    words = world.adopt().words
    assert words["workspace"] == {"id": WORKSPACE}
    assert words["endpoint"] == {"id": f"{ENDPOINTS}/dce-old"}


def test_another_manifest_s_rule_stays_its_own(world):
    world.ground()
    world.rule("dcr-orders", tags={"provisioner": "shop/prod"})
    world.rule("dcr-more", tags={"provisioner": "shop/prod"})
    world.rule("dcr-theirs", tags={"provisioner": "other"})
    adopted = world.adopt()
    assert (adopted.words["name"], adopted.environment) == ("shop", "prod")
    assert adopted.words["environments"] == {"prod": {}}
    assert [(each.name, each.why) for each in adopted.left] == [("dcr-theirs", "it belongs to the manifest other")]
    assert from_live(world.azure, WORKSPACE, name="other").words["name"] == "other"


def test_one_stream_in_two_rules_is_written_once_or_gets_two_keys(world):
    world.ground()
    world.rule("dcr-a")
    world.rule("dcr-b")
    flow = {"streams": ["Custom-Orders"], "destinations": ["la-1"], "outputStream": "Custom-Orders_CL"}
    world.rule("dcr-c", properties={"dataFlows": [flow]})
    words = world.adopt().words
    assert [each["streams"] for each in words["dcrs"].values()] == [
        ["Custom-Orders"],
        ["Custom-Orders"],
        ["Custom-Orders-dcr-c"],
    ]
    assert words["streams"]["Custom-Orders-dcr-c"]["stream"] == "Custom-Orders"
    assert world.changes(world.load(world.adopt().text())) == []


def test_flows_of_several_streams_and_without_output_are_said_one_by_one(world):
    world.ground()
    names = ["Custom-Orders_CL", "Custom-Returns_CL"]
    world.put(
        "table",
        f"{WORKSPACE}/tables/Returns_CL",
        {"properties": {"schema": {"name": "Returns_CL", "columns": COLUMNS}}},
    )
    world.rule(
        "dcr-many",
        properties={
            "streamDeclarations": {name: {"columns": COLUMNS} for name in names},
            "dataFlows": [{"streams": names, "destinations": ["la-1"]}],
        },
    )
    adopted = world.adopt()
    assert adopted.words["streams"] == {"Custom-Orders_CL": "Orders_CL", "Custom-Returns_CL": "Returns_CL"}
    assert world.changes(world.load(adopted.text())) == []


def test_azure_s_own_table_is_imported_for_the_columns_that_are_ours(world):
    world.ground()
    columns = [{"name": "Tenant_CF", "type": "string"}]
    world.put(
        "table",
        f"{WORKSPACE}/tables/Syslog",
        {"properties": {"schema": {"name": "Syslog", "columns": columns}}},
    )
    adopted = world.adopt()
    assert adopted.words["tables"]["Syslog"]["columns"] == {"Tenant_CF": "string"}
    assert list(adopted.words["tables"]) == ["Orders_CL", "Syslog"]
    assert world.changes(world.load(adopted.text())) == []


def test_azure_s_own_table_is_imported_for_a_retention_that_was_chosen(world):
    world.ground()
    world.put(
        "table", f"{WORKSPACE}/tables/Syslog", {"properties": {"retentionInDays": 90, "totalRetentionInDays": 180}}
    )
    adopted = world.adopt()
    assert adopted.words["tables"]["Syslog"] == {"retention": 90, "total_retention": 180}
    assert list(adopted.words["tables"]) == ["Orders_CL", "Syslog"]
    assert world.changes(world.load(adopted.text())) == []


def test_of_a_shared_workspace_only_the_tables_that_our_rules_write_are_imported(world):
    world.ground()
    world.put(
        "table", f"{WORKSPACE}/tables/Theirs_CL", {"properties": {"schema": {"name": "Theirs_CL", "columns": COLUMNS}}}
    )
    ours = f"/subscriptions/{LOCAL_SUBSCRIPTION}/resourceGroups/rg-team"
    world.put("group", ours, {"location": "westeurope"})
    flow = {"streams": ["Custom-Orders"], "destinations": ["w"], "outputStream": "Custom-Orders_CL"}
    properties = {
        "dataCollectionEndpointId": f"{ENDPOINTS}/dce-old",
        "streamDeclarations": {"Custom-Orders": {"columns": COLUMNS}},
        "destinations": {"logAnalytics": [{"name": "w", "workspaceResourceId": WORKSPACE}]},
        "dataFlows": [flow],
    }
    world.put(
        "dcr",
        f"{ours}/providers/Microsoft.Insights/dataCollectionRules/dcr-team",
        {"location": "westeurope", "properties": properties},
    )
    adopted = from_live(world.seen_from("rg-team"), WORKSPACE)
    assert list(adopted.words["tables"]) == ["Orders_CL"]
    assert adopted.words["endpoint"] == {"id": f"{ENDPOINTS}/dce-old"}
    assert "1 more table" in adopted.text()
    assert world.changes(world.load(adopted.text())) == []


def test_a_classic_table_is_listed_with_the_way_out(world, azure_monitor):
    world.ground()
    place = f"{LOCAL_SUBSCRIPTION}/rg-shop/law-shop/Old_CL"
    azure_monitor.control("PUT", f"/emulator/classic/{place}", {"columns": COLUMNS})
    adopted = world.adopt()
    assert list(adopted.words["tables"]) == ["Orders_CL"]
    [left] = adopted.left
    assert (left.name, "migrate it first" in left.why) == ("Old_CL", True)


def test_an_idle_stream_is_told_and_stays(world):
    """A stream that leads nowhere has no place in a manifest; that it is there is no difference either."""
    world.ground()
    idle = {"columns": COLUMNS}
    before = world.rule("dcr-orders", properties={"streamDeclarations": {"Custom-Orders": idle, "Custom-Idle": idle}})
    adopted = world.adopt()
    assert "Custom-Idle" in adopted.text()
    assert list(adopted.words["streams"]) == ["Custom-Orders"]
    manifest = world.load(adopted.text())
    assert world.changes(manifest) == []
    world.apply(replace(manifest, dcrs={"dcr-orders": replace(manifest.dcrs["dcr-orders"], description="ours now")}))
    after = world.get("dcr", f"{RULES}/dcr-orders")
    assert after["properties"]["description"] == "ours now"
    assert after["properties"]["streamDeclarations"] == before["properties"]["streamDeclarations"]


def test_a_rule_that_nobody_can_send_to_is_listed(world):
    world.ground()
    rule = world.rule("dcr-deaf")
    del rule["properties"]["dataCollectionEndpointId"]
    world.put("dcr", f"{RULES}/dcr-deaf", {"location": "westeurope", "properties": rule["properties"]})
    [left] = world.adopt().left
    assert (left.name, "nobody can send to it" in left.why) == ("dcr-deaf", True)


def test_a_rule_with_azure_s_own_input_stream_is_listed(world):
    world.ground()
    flow = {"streams": ["Microsoft-Syslog"], "destinations": ["la-1"]}
    world.rule("dcr-syslog", properties={"streamDeclarations": {}, "dataFlows": [flow]})
    [left] = world.adopt().left
    assert (left.name, "begin with Custom-" in left.why) == ("dcr-syslog", True)


def test_rules_of_a_second_endpoint_are_listed(world):
    world.ground()
    world.put("endpoint", f"{ENDPOINTS}/dce-new", {"location": "westeurope", "properties": {}})
    world.rule("dcr-a")
    world.rule("dcr-b")
    world.rule("dcr-c", properties={"dataCollectionEndpointId": f"{ENDPOINTS}/dce-new"})
    adopted = world.adopt()
    assert list(adopted.words["dcrs"]) == ["dcr-a", "dcr-b"]
    assert [each.name for each in adopted.left] == ["dcr-c"]


def test_who_may_send_is_imported_whoever_gave_the_right(world):
    """A second grant of the same right is refused by Azure, so the one that is there must do."""
    world.ground()
    world.rule("dcr-a")
    world.rule("dcr-b")
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
    world.put("grant", f"{RULES}/dcr-a/providers/Microsoft.Authorization/roleAssignments/{UUID(int=7)}", body)
    adopted = world.adopt()
    assert adopted.words["grants"] == {"sender-1": {"principal": principal, "dcrs": ["dcr-a"]}}
    assert world.changes(world.load(adopted.text())) == []


def test_grants_that_may_not_be_read_are_told(world, azure_monitor):
    world.ground()
    world.rule("dcr-orders")
    azure_monitor.fault("error", match="GET *roleAssignments*", status=403, code="AuthorizationFailed")
    adopted = world.adopt()
    azure_monitor.heal()
    assert "Could not be read, so not in here: grants" in adopted.text()
    assert [each.severity for each in adopted.diagnostics if each.code == "IMP009"] == ["warning"]


def test_a_workspace_that_is_not_there_is_told(world):
    with pytest.raises(NotFound, match="there is no workspace"):
        world.adopt()


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
    words = {
        "version": 1,
        "name": "shop",
        "target": {"resource_group": "rg-shop", "location": "westeurope"},
        "workspace": {"name": "law-shop"},
        "tables": tables,
        "streams": streams,
    }
    if len(tables) > 1 and draw(st.booleans()):
        flows = [{"table": table, "transform": "source | project TimeGenerated = at"} for table in tables]
        streams["Custom-All"] = {"columns": {"at": "datetime"}, "flows": flows}
    if draw(st.booleans()):
        words["endpoint"] = {"name": "dce-shop", **draw(st.sampled_from([{}, {"public_access": "disabled"}]))}
    if draw(st.booleans()):
        words["tags"] = {"team": draw(st.sampled_from(["x", "a b", "ü"]))}
    if draw(st.booleans()):
        words["grants"] = {"me": {"principal": "self"}}
    if draw(st.booleans()):
        keys = list(streams)
        cut = draw(st.integers(1, len(keys)))
        parts = [part for part in (keys[:cut], keys[cut:]) if part]
        words["dcrs"] = {
            f"dcr-{index}": {"streams": part, **({"description": "d"} if index else {})}
            for index, part in enumerate(parts)
        }
        if "endpoint" in words and draw(st.booleans()):
            words["dcrs"]["dcr-0"]["endpoint"] = "direct"
    return words


def told(manifest):
    """What a manifest says, but for the order of columns, the names of grants and what Azure fills in."""
    return {
        "owner": manifest.owner,
        "workspace": manifest.workspace.name,
        "endpoint": manifest.endpoint and (manifest.endpoint.name, manifest.endpoint.public_access),
        "tags": dict(manifest.tags),
        "tables": {
            name: (dict(each.columns), each.plan, each.total_retention, each.description)
            for name, each in manifest.tables.items()
        },
        "streams": {
            name: (each.name, dict(each.columns), [flow.table for flow in each.flows])
            for name, each in manifest.streams.items()
        },
        "dcrs": {name: (set(each.streams), each.endpoint, each.description) for name, each in manifest.dcrs.items()},
        "grants": {(each.dcrs, each.role) for each in manifest.grants.values()},
    }


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=manifests())
def test_import_after_apply_gives_the_manifest_back(azure_monitor, world, words):
    """import ∘ apply = identity, and what was imported plans empty."""
    azure_monitor.reset()
    manifest = world.load(dump(words))
    world.apply(manifest)
    adopted = world.load(world.adopt().text())
    assert told(adopted) == told(manifest)
    assert world.changes(adopted) == []
