"""The move from the HTTP Data Collector API: what `import --classic` writes goes through the whole pipeline."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from provisioner import azure as azure_room
from provisioner import kql
from provisioner.adopt import ClassicChoice, from_live, from_payload
from provisioner.apply import ApplyOptions
from provisioner.errors import NotFound, ProvisionerError
from provisioner.plan import PlanOptions
from provisioner.plan.fingerprint import change_digest
from provisioner.plan.side_by_side import side_by_side_columns
from provisioner.project import Project
from provisioner.resources import resource_type
from provisioner.resources.resource_ids import group_id, workspace_id

HEAD = """\
version: 1
name: orders
target: {cloud: local, resource_group: rg-orders, location: westeurope}
workspace: {name: law-orders}
"""
PAYLOAD = [
    {"Id": "8145d82213a744ad859c36f31a84f6dd", "Count": 42, "At": "2026-11-28T10:00:00Z", "Paid": True, "More": [1]},
    {"Id": "none", "Count": "43", "At": "2026-11-28T11:00:00Z", "Paid": "false", "More": "text"},
]
COLUMNS = {
    "Id_g": "guid",
    "Count_d": "real",
    "At_t": "datetime",
    "Paid_b": "boolean",
    "More_s": "string",
    "Count_s": "string",
    "Ref_g": "string",
    "Computer": "string",
    "_ResourceId": "string",
}


class Workspace:
    """A workspace in the emulator, with classic tables as the API left them."""

    def __init__(self, azure, azure_monitor, folder):
        self.azure, self.azure_monitor, self.folder = azure, azure_monitor, folder

    def add_classic_table(self, name, columns):
        path = f"/emulator/classic/{self.azure_monitor.subscription}/rg-orders/law-orders/{name}"
        listed = [{"name": column, "type": type_} for column, type_ in columns.items()]
        self.azure_monitor.call_admin_api("PUT", path, {"columns": listed})

    @property
    def id(self):
        return workspace_id(group_id(self.azure_monitor.subscription, "rg-orders"), "law-orders")

    def adopt(self, **options):
        return from_live(self.azure, self.id, **options)

    def load(self, text, environment="local"):
        file = self.folder / "written.yaml"
        file.write_text(text)
        return Project.load(file, environment=environment)

    def subtype(self, table):
        body = self.azure.management.get(f"{self.id}/tables/{table}", resource_type("table").api_version)
        return body["properties"]["schema"]["tableSubType"]

    def migrate(self, project, *tables):
        """Apply the manifest, prove its columns and say whether nothing is left to do."""
        allow = tuple(f"breaking:{table}" for table in tables)
        applied = project.apply(
            project.plan(self.azure, PlanOptions(allow=allow)), self.azure, ApplyOptions(allow=allow)
        )
        assert [outcome.error for outcome in applied if outcome.error] == []
        assert {self.subtype(table) for table in tables} == {"DataCollectionRuleBased"}
        assert project.verify(self.azure).ok
        assert project.plan(self.azure).changes == ()


@pytest.fixture
def workspace(tmp_path, azure_monitor):
    file = tmp_path / "base.yaml"
    file.write_text(HEAD)
    project = Project.load(file, environment="local")
    with azure_room.connect_local(project.target, azure_monitor.ready) as azure:
        project.apply(project.plan(azure), azure)
        yield Workspace(azure, azure_monitor, tmp_path)


def is_clean(project):
    return [diagnostic.message for diagnostic in project.validate()] == [] and all(test.ok for test in project.test())


def test_a_payload_moves_into_the_classic_table_that_it_filled(workspace, tmp_path):
    workspace.add_classic_table("Orders_CL", {"Id_g": "guid", "Count_d": "real", "Computer": "string"})
    sample = tmp_path / "posted.json"
    sample.write_text(json.dumps(PAYLOAD))
    project = workspace.load(from_payload(sample, "Orders").yaml_text())
    assert is_clean(project)
    change = next(change for change in project.plan(workspace.azure).changes if change.name == "Orders_CL")
    assert (change.conversion, change.risk) == ("migrate", "breaking")
    workspace.migrate(project, "Orders_CL")


def test_classic_tables_of_a_workspace_are_carried_over_with_what_they_lose(workspace):
    workspace.add_classic_table("Orders_CL", COLUMNS)
    workspace.add_classic_table("Trips_CL", {"name_s": "string", "Name_d": "real", "join_s": "string"})
    adopted = workspace.adopt(classic=ClassicChoice("At"))
    table, stream = adopted.fields["tables"]["Orders_CL"], adopted.fields["streams"]["Custom-Orders"]
    kept = {name: type_ for name, type_ in COLUMNS.items() if name not in ("Computer", "_ResourceId")}
    assert table == {"migrate": True, "columns": {"TimeGenerated": "datetime"} | kept}
    assert list(stream["columns"]) == ["Id", "Count", "At", "Paid", "More", "Ref"]
    losses = [diagnostic.message for diagnostic in adopted.diagnostics if diagnostic.code == "IMP011"]
    assert ["Computer" in text or "differs from name by case" in text for text in losses] == [True, True]
    assert adopted.fields["dcrs"] == {"dcr-orders-classic": {"streams": ["Custom-Orders", "Custom-Trips"]}}
    project = workspace.load(adopted.yaml_text())
    assert is_clean(project)
    assert sorted(test.stream for test in project.test()) == ["Custom-Orders", "Custom-Trips"]
    workspace.migrate(project, "Orders_CL", "Trips_CL")


def test_an_old_payload_is_stored_by_the_live_table_as_before(workspace):
    workspace.add_classic_table("Orders_CL", COLUMNS)
    project = workspace.load(workspace.adopt(classic=ClassicChoice("At")).yaml_text())
    flow = project.manifest.streams["Custom-Orders"].flows[0]
    query, _ = kql.bind(flow.transform, project.manifest.streams["Custom-Orders"].columns.kql())
    rows = [
        {name: value for name, value in row.items() if value not in (None, "")}
        for row in kql.evaluate(query, PAYLOAD, form="json")
    ]
    assert rows[0]["Id_g"] == "8145d822-13a7-44ad-859c-36f31a84f6dd"
    assert [(row["Count_d"], row["Paid_b"]) for row in rows[:1]] == [(42.0, True)]
    # Text goes to the text column where there is one, else it converts.
    assert (rows[1]["Count_s"], rows[1]["Paid_b"]) == ("43", False)
    assert rows[0]["More_s"] == "[1]"


def test_text_for_a_column_that_the_api_made_a_guid_is_offered_a_column_beside_it(workspace, tmp_path):
    workspace.add_classic_table("Orders_CL", {"Id_g": "guid"})
    sample = tmp_path / "posted.json"
    sample.write_text(json.dumps(PAYLOAD[:1]))
    text = from_payload(sample, "Orders").yaml_text()
    project = workspace.load(text.replace("Id_g: guid", "Id_g: string").replace("toguid(Id)", "Id"))
    change = next(change for change in project.plan(workspace.azure).changes if change.name == "Orders_CL")
    assert any(reason.blocked and "type (guid to string)" in reason.text for reason in change.reasons)
    [beside] = side_by_side_columns(change, project.manifest)
    assert (beside.column, beside.live_type, beside.new_column) == ("Id_g", "guid", "Id_g_string")


def test_more_classic_tables_than_a_rule_takes_get_several_rules(workspace):
    for number in range(11):
        workspace.add_classic_table(f"T{number:02}_CL", {"a_s": "string"})
    adopted = workspace.adopt(classic=ClassicChoice())
    assert [len(rule["streams"]) for rule in adopted.fields["dcrs"].values()] == [10, 1]
    assert is_clean(workspace.load(adopted.yaml_text()))


def test_without_classic_tables_the_option_is_refused_in_words(workspace):
    with pytest.raises(NotFound, match="no classic table"):
        workspace.adopt(classic=ClassicChoice())


def test_an_alert_that_reads_the_table_is_named(workspace):
    workspace.add_classic_table("Orders_CL", {"a_s": "string"})
    group = group_id(workspace.azure_monitor.subscription, "rg-orders")
    alert = f"{group}/providers/Microsoft.Insights/scheduledQueryRules/late"
    criterion = {
        "query": "Orders_CL | where a_s == 'x'",
        "timeAggregation": "Count",
        "operator": "GreaterThan",
        "threshold": 0,
    }
    body = {
        "location": "westeurope",
        "properties": {
            "scopes": [workspace.id],
            "severity": 3,
            "evaluationFrequency": "PT5M",
            "windowSize": "PT5M",
            "enabled": True,
            "criteria": {"allOf": [criterion]},
        },
    }
    workspace.azure.management.put(resource_type("query_alert"), alert, body)
    workspace.add_classic_table("Orders2_CL", {"a_s": "string"})
    adopted = workspace.adopt(classic=ClassicChoice())
    assert [
        diagnostic.message for diagnostic in adopted.diagnostics if "the alert late reads it" in diagnostic.message
    ] == ["table Orders_CL: the alert late reads it: see that it needs no feature of classic tables"]
    plan = workspace.load(adopted.yaml_text()).plan(workspace.azure)
    reasons = {change.name: change.reasons[0].text for change in plan.changes if change.conversion}
    assert "alerts of the group that read it: late" in reasons["Orders_CL"]
    assert "late" not in reasons["Orders2_CL"]


def test_alerts_that_may_not_be_read_do_not_stop_the_plan_of_a_migration(workspace):
    workspace.add_classic_table("Orders_CL", {"a_s": "string"})
    project = workspace.load(workspace.adopt(classic=ClassicChoice()).yaml_text())
    workspace.azure_monitor.inject_fault(
        "error", match="GET */scheduledQueryRules*", status=403, code="AuthorizationFailed"
    )
    change = next(change for change in project.plan(workspace.azure).changes if change.conversion)
    assert "alerts that could not be read" in change.reasons[0].text


def test_a_migration_is_part_of_the_plan_s_fingerprint(workspace):
    columns = {"a_s": "string"}
    workspace.add_classic_table("Orders_CL", columns)
    project = workspace.load(workspace.adopt(classic=ClassicChoice()).yaml_text())
    before = project.plan(workspace.azure)
    change = next(change for change in before.changes if change.conversion)
    assert change_digest(change) != change_digest(replace(change, conversion=None))


@pytest.mark.parametrize("columns", [[{"name": "a"}], [{"name": "a", "type": "text"}], ["a"], "a"], ids=str)
def test_the_emulator_refuses_classic_columns_of_another_form(workspace, columns):
    path = f"/emulator/classic/{workspace.azure_monitor.subscription}/rg-orders/law-orders/Bad_CL"
    with pytest.raises(ProvisionerError, match="InvalidColumns"):
        workspace.azure_monitor.call_admin_api("PUT", path, {"columns": columns})
