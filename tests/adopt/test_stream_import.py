"""Streams, columns and tables of an import: nothing is lost in silence, invented in silence, or told wrong."""

from __future__ import annotations

import pytest

from provisioner import kql, validate
from provisioner.adopt import from_arm
from tests.support.arm_templates import COLUMNS, OPTIONS, findings, flow, imported, loaded, rule, table, template
from tests.support.paths import SHARED

TIME = {"name": "TimeGenerated", "type": "datetime"}
DESCRIBED = {"name": "Tag", "type": "string", "description": "who"}
CORPUS = SHARED / "corpus"


def errors_of(folder, result):
    document = loaded(folder, result)
    return [finding.message for finding in validate.check(document) if finding.severity == "error"]


def declaring(*columns):
    return {"streamDeclarations": {"Custom-Ops": {"columns": list(columns)}}}


# descriptions of stream columns: a published rule crashed the import (dcodev1702/azure_data_collection)


@pytest.mark.parametrize("transform", ["source", "source | extend Made = 1", "source | where Tag != ''"])
@pytest.mark.parametrize("tables", [[], [table()], [table(columns=[TIME, DESCRIBED])]], ids=["none", "plain", "same"])
def test_the_description_of_a_stream_column_is_kept_and_no_loss_is_told(tmp_path, transform, tables):
    properties = {**declaring(TIME, DESCRIBED), "dataFlows": [flow("Custom-Ops", "Custom-Ops_CL", transform)]}
    result = imported(tmp_path, template(*tables, rule(**properties)))
    assert "who" in result.yaml_text()
    assert findings(result, "IMP003") == []
    document = loaded(tmp_path, result)
    assert document.manifest.streams["Custom-Ops"].columns == {"TimeGenerated": "datetime", "Tag": "string"}


def test_the_description_of_a_guid_column_is_kept_too(tmp_path):
    guid = {"name": "Id", "type": "guid", "description": "which"}
    result = imported(tmp_path, template(table(columns=[TIME, guid]), rule(**declaring(TIME, guid))))
    assert errors_of(tmp_path, result) == []
    assert loaded(tmp_path, result).manifest.streams["Custom-Ops"].columns["Id"] == "string"


@pytest.mark.parametrize("flows", [1, 2])
def test_names_that_read_like_variables_stay_as_they_are(tmp_path, flows):
    declared = {"streamDeclarations": {"Custom-$(x)": {"columns": COLUMNS}}}
    tables = ["$(x)_CL", "$$y_CL"][:flows]
    listed = [flow("Custom-$(x)", f"Custom-{name}") for name in tables]
    result = imported(tmp_path, template(rule(**declared, dataFlows=listed)))
    manifest = loaded(tmp_path, result).manifest
    assert [one.table for one in manifest.streams["Custom-$(x)"].flows] == tables
    assert manifest.dcrs["dcr-ops"].streams == ("Custom-$(x)",)


# event hubs (MicrosoftDocs/azure-docs 123615), and other sources of a rule's own


@pytest.mark.parametrize(
    "sources",
    [
        {"dataSources": {"dataImports": {"eventHub": {"consumerGroup": "$Default", "stream": "Custom-Ops"}}}},
        {"dataSources": {"dataImports": {"eventHub": {"consumerGroup": "[parameters('x')]", "stream": "Custom-Ops"}}}},
        {"dataSources": {"DataImports": {"EventHub": {"Stream": "Custom-Ops"}}}},
        {"dataSources": {"logFiles": [{"name": "l", "streams": ["Custom-Ops"], "filePatterns": ["*"]}]}},
        {"directDataSources": {"otelLogs": [{"name": "o", "streams": ["Custom-Ops"]}]}},
        {"dataSources": {"etwProviders": [{"name": "e", "streams": ["[parameters('x')]"]}]}},
        {"dataSources": {"dataImports": {"eventHub": {"stream": "[parameters('x')]"}}}},
    ],
)
def test_a_stream_that_the_rule_s_own_sources_feed_is_not_for_senders(tmp_path, sources):
    result = imported(tmp_path, template(table(), rule(**sources), parameters={"x": {"type": "string"}}))
    assert "dcrs" not in result.fields
    [(severity, message)] = findings(result, "IMP005")
    assert severity == "warning"
    assert "data sources feed" in message
    assert "not what Azure takes" not in result.yaml_text()


def test_a_stream_beside_an_event_hub_s_is_imported_alone(tmp_path):
    sources = {"dataImports": {"eventHub": {"stream": "Custom-Hub"}}}
    declared = {"Custom-Ops": {"columns": COLUMNS}, "Custom-Hub": {"columns": COLUMNS}}
    flows = [flow("Custom-Ops", "Custom-Ops_CL"), flow("Custom-Hub", "Custom-Ops_CL")]
    mixed = rule(dataSources=sources, streamDeclarations=declared, dataFlows=flows)
    assert list(imported(tmp_path, template(table(), mixed)).fields["streams"]) == ["Custom-Ops"]


# streams without columns (Cyera's published rules)


@pytest.mark.parametrize("declared", [{}, {"Custom-Ops": {"columns": []}}, {"Custom-Ops": {}}])
@pytest.mark.parametrize("tables", [[table()], []], ids=["table", "no table"])
def test_columns_that_the_source_does_not_declare_are_put_in_and_told(tmp_path, declared, tables):
    result = imported(tmp_path, template(*tables, rule(streamDeclarations=declared)))
    [remark] = [message for _, message in findings(result, "IMP001") if "declares no columns for Custom-Ops" in message]
    assert ("Ops_CL" in remark) is bool(tables)
    assert "declares no columns" in result.yaml_text()


def test_a_stream_without_columns_into_two_tables_takes_those_of_both(tmp_path):
    other = [TIME, {"name": "Id", "type": "guid"}]
    flows = [flow("Custom-Ops", "Custom-Ops_CL"), flow("Custom-Ops", "Custom-Ids_CL")]
    source = template(table(), table("Ids_CL", other), rule(streamDeclarations={}, dataFlows=flows))
    columns = imported(tmp_path, source).fields["streams"]["Custom-Ops"]["columns"]
    assert columns == {"TimeGenerated": "datetime", "Tag": "string", "Id": "string"}


# tables


@pytest.mark.parametrize("subtype", ["Classic", "classic"])
def test_a_classic_table_is_taken_as_existing_and_told(tmp_path, subtype):
    classic = table("Old_CL", tableSubType=subtype)
    classic["properties"] |= {"retentionInDays": 30, "totalRetentionInDays": 30, "plan": "Analytics"}
    result = imported(tmp_path, template(classic, table(), rule()))
    assert result.fields["tables"]["Old_CL"] == {
        "existing": True,
        "columns": {"TimeGenerated": "datetime", "Tag": "string"},
    }
    [(severity, message)] = findings(result, "IMP003")
    assert (severity, "classic" in message, "migrate" in message) == ("warning", True, True)


@pytest.mark.parametrize("kind", ["SearchResults", "RestoredLogs"])
def test_a_table_that_holds_a_result_is_listed(tmp_path, kind):
    result = imported(tmp_path, template(table("Found_SRCH", tableType=kind), table(), rule()))
    assert list(result.fields["tables"]) == ["Ops_CL"]
    assert [skipped.type for skipped in result.skipped] == ["table"]


@pytest.mark.parametrize("kind", ["DataCollectionRuleBased", "Any"])
def test_other_kinds_of_tables_are_ordinary(tmp_path, kind):
    result = imported(tmp_path, template(table(tableSubType=kind), rule()))
    assert result.fields["tables"]["Ops_CL"] == {"columns": {"TimeGenerated": "datetime", "Tag": "string"}}


@pytest.mark.parametrize(("plan", "kept"), [("AUXILIARY", "auxiliary"), ("Premium", None), ("", None)])
def test_a_plan_that_a_manifest_has_no_word_for_is_told(tmp_path, plan, kept):
    planned = table()
    planned["properties"]["plan"] = plan
    result = imported(tmp_path, template(planned, rule()))
    assert result.fields["tables"]["Ops_CL"].get("plan") == kept
    assert bool(findings(result, "IMP002")) is (kept is None)


# casts


@pytest.mark.parametrize(
    "transform",
    ["source", "source | where Tag != ''", "source\n| where isnotempty(Tag) // the end", "source | project-away Tag"],
)
@pytest.mark.parametrize("into", ["Ids_CL", "AWSCloudTrail"])
def test_a_guid_that_became_a_string_is_cast_back(tmp_path, transform, into):
    name = "AwsEventId"
    guid = {"name": name, "type": "guid"}
    tables = [table(into, [*COLUMNS, guid])] if into.endswith("_CL") else []
    output = f"Custom-{into}" if tables else f"Microsoft-{into}"
    properties = {**declaring(*COLUMNS, guid), "dataFlows": [flow("Custom-Ops", output, transform)]}
    result = imported(tmp_path, template(*tables, rule(**properties)))
    assert errors_of(tmp_path, result) == []
    stream = loaded(tmp_path, result).manifest.streams["Custom-Ops"]
    query, _ = kql.bind(stream.flows[0].transform, stream.columns.kql())
    assert query.columns[name] == "guid"


def test_a_text_that_the_source_puts_into_a_guid_column_stays_its_own_affair(tmp_path):
    """The check says so; a cast would hide that the source itself is refused."""
    guid = {"name": "Tag", "type": "guid"}
    result = imported(tmp_path, template(table(columns=[TIME, guid]), rule()))
    assert any("'Tag'" in message for message in errors_of(tmp_path, result))


def test_a_guid_that_the_table_has_as_string_is_not_cast(tmp_path):
    guid = {"name": "Tag", "type": "guid"}
    result = imported(tmp_path, template(table(), rule(**declaring(TIME, guid))))
    assert result.fields["streams"] == {"Custom-Ops": "Ops_CL"}


NATIVE = sorted((CORPUS / "native").glob("*.json")) if CORPUS.exists() else []


@pytest.mark.skipif(not NATIVE, reason="the published rules for Azure's own tables are not here")
@pytest.mark.parametrize("file", NATIVE, ids=lambda file: file.stem)
def test_a_published_rule_for_one_of_azure_s_tables_validates_after_its_import(tmp_path, file):
    errors = errors_of(tmp_path, from_arm([file], OPTIONS))
    without_api = "does not take rows from the Logs Ingestion API"
    assert [message for message in errors if without_api not in message] == []


# Azure's own streams as input: published push connectors post to them


def microsoft_rule(*streams, **properties):
    flows = [flow(stream, stream) for stream in streams]
    return rule(streamDeclarations={}, dataFlows=flows, **properties)


def test_azure_s_own_stream_is_imported_with_the_columns_of_its_table(tmp_path):
    result = imported(tmp_path, template(microsoft_rule("Microsoft-ABAPAuditLog")))
    assert result.fields["streams"] == {"Microsoft-ABAPAuditLog": "ABAPAuditLog"}
    assert errors_of(tmp_path, result) == []
    assert [diagnostic for diagnostic in result.diagnostics if diagnostic.severity != "info"] == []


def test_azure_s_own_stream_may_flow_into_a_custom_table(tmp_path):
    flows = [flow("Microsoft-Syslog", "Custom-Ops_CL", "source | project TimeGenerated, Tag = Computer")]
    result = imported(tmp_path, template(table(), rule(streamDeclarations={}, dataFlows=flows)))
    assert errors_of(tmp_path, result) == []
    assert loaded(tmp_path, result).manifest.streams["Microsoft-Syslog"].columns["Computer"] == "string"


@pytest.mark.parametrize("stream", ["Microsoft-DeviceEvents", "Microsoft-OTelLogs", "Microsoft-Perhaps"])
def test_what_a_manifest_cannot_hold_of_a_rule_is_told_and_the_rest_imported(tmp_path, stream):
    flows = [flow("Custom-Ops", "Custom-Ops_CL"), flow(stream, stream)]
    result = imported(tmp_path, template(table(), rule(dataFlows=flows)))
    assert result.fields["dcrs"] == {"dcr-ops": {"streams": ["Custom-Ops"]}}
    [(severity, message)] = findings(result, "IMP005")
    assert (severity, stream in message) == ("warning", True)


@pytest.mark.parametrize("stream", ["Microsoft-DeviceEvents", "Microsoft-OTelLogs", "Microsoft-Perhaps"])
def test_a_rule_with_nothing_else_is_left_out_with_a_warning(tmp_path, stream):
    result = imported(tmp_path, template(microsoft_rule(stream)))
    assert result.is_empty
    assert [severity for severity, _ in findings(result, "IMP005")] == ["warning"]
    assert [severity for severity, _ in findings(result, "IMP010")] == ["warning"]
