"""What people met with this job in public, each as a small input: what the tool says to it.

The inputs lie beside the checkout, one folder to a report; without them these tests are skipped. Every test names its
source; docs/known-reports.md says the same to people who search for their error.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from provisioner.emulator.lifecycle import stop
from tests.support.azure_rest import Rest
from tests.support.paths import SHARED

REPORTS = SHARED / "corpus" / "reports"
SUBSCRIPTION = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"
PLACE = ("--subscription", SUBSCRIPTION, "--resource-group", "rg-x", "--location", "westeurope", "--workspace", "law-x")
NOW = datetime.now(UTC)
COVERED: set[str] = set()

pytestmark = pytest.mark.skipif(not REPORTS.exists(), reason="the reports are not beside the checkout")


def of(*names):
    """The test runs for each of these reports, whose copy it gets as `report`."""
    COVERED.update(names)
    return pytest.mark.parametrize("report", names, indirect=True)


@pytest.fixture
def report(request, tmp_path):
    folder = tmp_path / request.param
    shutil.copytree(REPORTS / request.param, folder)
    yield folder
    # The local Azure of a project runs on after the command.
    for state in tmp_path.rglob(".provisioner"):
        stop(state)


def run(*arguments, cwd):
    done = subprocess.run(
        [sys.executable, "-m", "provisioner", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=180, cwd=cwd, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


def findings(folder, *arguments):
    """Severity and text of each finding of `validate`, by code."""
    done = run("validate", folder, "--format", "json", *arguments, cwd=folder)
    result = json.loads(done.stdout)
    by_code: dict[str, list[dict]] = {}
    for finding in result["diagnostics"] if isinstance(result, dict) else result:
        by_code.setdefault(finding["code"], []).append(finding)
    return by_code


def severities(by_code):
    return {finding["severity"] for same_code in by_code.values() for finding in same_code}


def imported(folder, *arguments):
    """The process of an import of the report's template, and the manifest that it printed."""
    [file] = folder.glob("*.json")
    done = run("import", "--from-arm", file, *PLACE, *arguments, cwd=folder)
    return done, yaml.safe_load(done.stdout) or {}


def up(folder):
    return run("up", folder, "-e", "local", "--yes", cwd=folder)


def test_every_report_has_its_test():
    assert {folder.name for folder in REPORTS.iterdir() if folder.is_dir()} == COVERED


# ---- import


@of("imp-classic-lost")
def test_a_classic_table_in_a_portal_export_is_told(report):
    """Source: a portal export; the published guidance on migrating classic tables."""
    done, manifest = imported(report)
    assert done.returncode == 0
    assert re.search(r"warning IMP003 .*Old_CL.*classic.*migrate", done.stderr)
    assert manifest["tables"]["Old_CL"]["existing"] is True


@of("imp-crash-column-description-desc")
def test_a_described_stream_column_does_not_stop_the_import(report):
    """Source: dcodev1702/azure_data_collection, DCR-Template.json; Azure-Sentinel pull requests 15084 and 14839."""
    done, manifest = imported(report)
    assert (done.returncode, "IMP007" in done.stderr) == (0, True)
    assert manifest["streams"]["Custom-Ev"]["columns"]["Name"]["description"] == "who"


@of("imp-description-told-wrong-desc-table")
def test_a_description_that_is_kept_is_not_told_as_lost(report):
    """Source: a variant of dcodev1702/azure_data_collection."""
    done, manifest = imported(report)
    assert "IMP003" not in done.stderr
    assert "description" in str(manifest["streams"])


@of("imp-destination-param", "imp-destination-split8", "imp-destination-unique")
def test_a_destination_named_by_an_expression_keeps_its_rule(report):
    """Source: AzureMonitorStarterPacks, setup/monstar.json; jcoliz/AzDeploy.Bicep, datacollectionrule.bicep."""
    done, manifest = imported(report)
    assert (done.returncode, manifest["streams"]) == (0, {"Custom-Ops_CL": "Ops_CL"})
    assert " warning " not in done.stderr


@of("imp-eventhub-eh-param", "imp-eventhub-eventhub")
def test_a_rule_that_an_event_hub_feeds_is_left_out_and_told(report):
    """Source: MicrosoftDocs/azure-docs issue 123615."""
    done, manifest = imported(report)
    assert "only its own data sources feed it (dataSources.dataImports)" in done.stderr
    assert "warning IMP005" in done.stderr
    assert "IMP002" not in done.stderr
    assert "dcrs" not in manifest


@of("imp-foreign-grant-k5-dcrother", "imp-foreign-grant-k5-storage")
def test_a_role_assignment_on_something_else_gives_no_right_here(report):
    """Source: AzureMonitorStarterPacks, setup/monstar.json, with twenty assignments of this kind."""
    done, manifest = imported(report)
    assert "grants" not in manifest
    assert "IMP006 grant" in done.stderr
    assert list(manifest["dcrs"]) == ["dcr-ops"]


@of("imp-invented-columns-emptycols", "imp-invented-columns-nodecl")
def test_columns_that_the_source_does_not_declare_are_told(report):
    """Source: the published rules of CyeraAssets, with empty lists of columns."""
    done, manifest = imported(report)
    assert re.search(r"IMP001 .*declares no columns for Custom-Ev", done.stderr)
    assert manifest["streams"] == {"Custom-Ev": "Ev_CL"}


@of("imp-nested-parameter-expression-if-off", "imp-nested-parameter-expression-if-samename")
def test_a_nested_parameter_that_an_expression_chooses_is_evaluated(report):
    """Source: Azure/bicep-registry-modules, patterns avm/ptn/sa; Bicep writes nested parameters so."""
    done, manifest = imported(report)
    assert done.returncode == 0
    expected = "Msg == 'x'" if report.name.endswith("-off") else "Msg != ''"
    assert f"where {expected}" in manifest["streams"]["Custom-Ev"]["transform"]


@of("imp-role-rb-subres")
def test_a_role_by_subscription_resource_id_is_the_publisher_s(report):
    """Source: templates of Azure-Sentinel pull requests 14848 and 15138."""
    _, manifest = imported(report)
    [grant] = manifest["grants"].values()
    assert "role" not in grant


@of("imp-stream-name-param")
def test_a_stream_that_a_parameter_names_says_which_parameter(report):
    """Source: criblio/Cribl-Microsoft, dcr-template-direct.json; the AVM module data-collection-rule."""
    done, manifest = imported(report)
    assert re.search(r"warning .*--parameter tbl=", done.stderr)
    assert "dcrs" not in manifest
    given, complete = imported(report, "--parameter", "tbl=Ops_CL")
    assert given.returncode == 0
    assert complete["dcrs"]


@of("imp-variables-circle")
def test_variables_in_a_circle_are_an_error_in_words(report):
    """Source: a variant; Azure calls it a circular dependency."""
    done, _ = imported(report)
    assert done.returncode == 1
    assert "circular" in done.stderr or "circle" in done.stderr


# ---- tables and columns


@of("builtin-column-UserIdentityUserId")
def test_a_column_newer_than_our_list_is_no_loss_for_certain(report):
    """Source: criblio/Cribl-Microsoft, a template generated from a live AWSCloudTrail table."""
    by_code = findings(report)
    assert severities(by_code) <= {"info"}
    assert "drops it in silence" not in json.dumps(by_code)


@of("builtin-retention-AppTraces", "builtin-retention-Heartbeat")
def test_azure_s_tables_without_the_api_take_a_retention(report):
    """Source: a template exported by the portal; documentation and acceptance runs of the azurerm provider."""
    assert findings(report) == {}
    done = run("apply", report, "-e", "local", "--yes", cwd=report)
    assert done.returncode == 0, done.stderr


@of("reserved-Title", "reserved-id")
def test_a_reserved_name_that_tenants_have_is_a_warning(report):
    """Source: MicrosoftDocs/azure-docs issue 113825; Azure-Sentinel pull requests 15138 and 14286."""
    by_code = findings(report)
    assert {finding["severity"] for finding in by_code["NAM013"]} == {"warning"}
    assert up(report).returncode == 0


@of("fit-standard-column-TenantId", "fit-standard-column-_ResourceId")
def test_a_column_that_azure_fills_is_told_so(report):
    """Source: MicrosoftDocs/azure-docs issue 104046."""
    by_code = findings(report)
    assert "TRN001" in by_code
    assert "add the column to the table" not in json.dumps(by_code)


@of("time-null-literal")
def test_a_null_time_is_the_time_of_receipt(report):
    """Source: Azure-Sentinel pull request 15138, whose end-to-end runs rest on it."""
    assert "take no such row" not in json.dumps(findings(report))
    assert up(report).returncode == 0


@of("val-sample-type-date-not-iso", "val-sample-type-string-in-int")
def test_a_sample_value_that_becomes_null_is_a_warning(report):
    """Source: the public write-up of a connector whose columns stayed null for days (TacitRed)."""
    [[finding]] = findings(report).values()
    assert finding["severity"] == "warning"
    assert "null arrives" in finding["message"]
    done = up(report)
    assert re.search(r"not proven.*Probe_CL\.Val_d", done.stdout + done.stderr)


# ---- the transform language


@of("kql-quoting-at-timestamp", "kql-quoting-client-ip")
def test_an_unquoted_name_gets_one_remark_and_a_fix_that_mends(report):
    """Source: Azure/Azure-Sentinel issue 9862."""
    [[finding]] = findings(report).values()
    name = re.search(r"\['[^']+'\]", finding.get("hint") or finding["message"])
    assert name is not None
    run("validate", report, "--fix", cwd=report)
    assert name[0] in (report / "provisioner.yaml").read_text(encoding="utf-8")
    assert findings(report) == {}


@of("kql-regex-whole-text")
def test_a_regex_that_must_match_the_whole_text_is_told(report):
    """Source: MicrosoftDocs/azure-monitor-docs pull request 305."""
    [[finding]] = findings(report).values()
    assert (finding["severity"], "whole text" in finding["message"]) == ("warning", True)
    assert run("test", report, cwd=report).returncode == 0


# ---- verify


@of("ver-absent-time-flag", "ver-absent-time-string-copied")
def test_an_absent_time_is_null_inside_the_transform_everywhere(report):
    """Source: idioms of Azure-Sentinel pull requests 14891 and 14694; AzADServicePrincipalInsights issue 29."""
    assert run("test", report, cwd=report).returncode == 0
    done = up(report)
    assert done.returncode == 0, done.stdout + done.stderr


@of("ver-absent-time-string-copied")
def test_what_init_makes_of_records_without_a_time_goes_up(report):
    """Source: the same; the records are the report's own."""
    init = run("init", "made", "--from", report / "m.ndjson", "--table", "Mixed_CL", cwd=report)
    assert init.returncode == 0, init.stderr
    done = up(report / "made")
    assert done.returncode == 0, done.stdout + done.stderr


@of("ver-aux-30min")
def test_samples_over_half_an_hour_reach_an_auxiliary_table(report):
    """Source: Azure/Azure-Sentinel issue 12130."""
    done = up(report)
    assert done.returncode == 0, done.stdout + done.stderr


@of("ver-flows-equals", "ver-flows-not-equals")
def test_each_flow_of_a_stream_gets_a_record_that_passes(report):
    """Source: Azure-Sentinel pull request 14839, one stream into three tables."""
    done = up(report)
    assert done.returncode == 0, done.stdout + done.stderr


@of("ver-standard-column-TenantId", "ver-standard-column-Type")
def test_a_column_that_azure_fills_does_not_fail_verify(report):
    """Source: LaurieRhodes/ADX-to-LogAnalytics-Scanner, infrastructure/data-collection-rules."""
    assert "TRN001" in findings(report)
    done = up(report)
    assert done.returncode == 0, done.stdout + done.stderr


# ---- the emulator


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


@of("emu-30min-text")
def test_an_auxiliary_batch_over_half_an_hour_is_refused_in_azure_s_words(report, azure_monitor):
    """Source: Azure/Azure-Sentinel issue 12130."""
    rest = Rest(azure_monitor)
    rest.create_prerequisites(plan="Auxiliary")
    dcr = rest.make_rule()
    rest.grant(dcr["id"])
    times = [NOW, NOW - timedelta(minutes=45)]
    reply = rest.ingest(dcr, [{"TimeGenerated": auxiliary_time(time), "Text": "x", "Count": 1} for time in times])
    assert reply.status == 400
    assert "should be within the range of 0 to 30 minutes." in reply.message


def auxiliary_time(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@of("emu-aux-object")
def test_an_object_for_a_text_of_an_auxiliary_table_refuses_the_call(report, azure_monitor):
    """Source: the vendor's overview of the Logs Ingestion API, 08/13/2026."""
    rest = Rest(azure_monitor)
    rest.create_prerequisites(plan="Auxiliary")
    dcr = rest.make_rule()
    rest.grant(dcr["id"])
    assert rest.ingest(dcr, [{"TimeGenerated": auxiliary_time(NOW), "Text": {"a": 1}, "Count": 1}]).status == 400


@of("emu-unknown-stream")
@pytest.mark.parametrize("stream", ["Foo", "Microsoft-WindowsEvents", "microsoft-foo", "Microsoft-Table-T_CL"])
def test_an_unknown_stream_is_refused_in_azure_s_words(report, rest, stream):
    """Source: azurerm issue 18481, azure-rest-api-specs issue 21200, azure-cli-extensions issue 7399."""
    body = rest.rule_body()
    body["properties"]["dataFlows"][0]["streams"] = [stream]
    reply = rest.arm("PUT", Rest.rule, body)
    assert (reply.status, reply.code) == (400, "InvalidPayload")
    [detail, *_] = reply.body["error"]["details"]
    assert detail["code"] == "InvalidStream"
    assert detail["message"].startswith(f"'Streams' stream '{stream}' must be a custom stream or one of: Microsoft-")
    assert detail["target"] == "Properties.DataFlows[0].Streams[0]"


@of("emu-value-into-string")
@pytest.mark.parametrize(("value", "text"), [({"a": 1}, '{"a":1}'), ([1, 2], "[1,2]"), (4711, "4711")])
def test_another_value_in_a_text_column_arrives_as_its_text(report, rest, value, text):
    """Source: the vendor's tutorials for the Logs Ingestion API, 08/29/2025."""
    dcr = rest.make_rule()
    rest.grant(dcr["id"])
    assert rest.ingest(dcr, [{"TimeGenerated": NOW.isoformat(), "Text": value, "Count": 1}]).status == 204
    [[arrived]] = rest.rows("T_CL | project Text")
    assert arrived == text or rest.azure.drops()
