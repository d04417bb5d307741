"""Azure's own streams in a manifest: `Microsoft-<Table>` has the columns of its table and declares none."""

from __future__ import annotations

import pytest

from provisioner import load, validate
from provisioner.resources.expand import expand_manifest

HEAD = """version: 1
name: sap
target: {subscription: 6f9619ff-8b86-4d01-b42d-00c04fc964ff, resource_group: rg-sap, location: westeurope}
workspace: {name: law-sap}
"""


def checked(folder, text):
    file = folder / "provisioner.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    document = load.load_document(file)
    return document, [
        (finding.code, finding.severity) for finding in validate.check(document) if finding.severity != "info"
    ]


def test_a_stream_of_azure_s_own_is_said_by_its_table_alone(tmp_path):
    document, codes = checked(tmp_path, "streams: {Microsoft-ABAPAuditLog: ABAPAuditLog}\n")
    assert codes == []
    stream = document.manifest.streams["Microsoft-ABAPAuditLog"]
    assert (stream.flows[0].transform, stream.columns["TimeGenerated"]) == ("source", "datetime")
    [dcr] = expand_manifest(document.manifest).of_type("dcr")
    assert dcr.body["properties"]["streamDeclarations"] == {}
    [flow] = dcr.body["properties"]["dataFlows"]
    assert (flow["streams"], flow["outputStream"]) == (["Microsoft-ABAPAuditLog"], "Microsoft-ABAPAuditLog")


def test_its_guid_columns_need_no_cast(tmp_path):
    document, codes = checked(tmp_path, "streams: {Microsoft-AWSCloudTrail: AWSCloudTrail}\n")
    stream = document.manifest.streams["Microsoft-AWSCloudTrail"]
    assert (codes, stream.columns["AwsEventId"], stream.flows[0].transform) == ([], "guid", "source")


@pytest.mark.parametrize(
    ("streams", "code"),
    [
        ("{Microsoft-Perhaps: ABAPAuditLog}", "NAM009"),
        ("{Microsoft-DeviceEvents: ABAPAuditLog}", "NAM009"),
        ("{Microsoft-Made_CL: ABAPAuditLog}", "NAM009"),
        ("{Microsoft-: ABAPAuditLog}", "NAM009"),
        ("{Microsoft-ABAPAuditLog: {table: ABAPAuditLog, columns: {TimeGenerated: datetime}}}", "NAM009"),
        ("{a: {stream: Microsoft-ABAPAuditLog, table: ABAPAuditLog, columns: {TimeGenerated: datetime}}}", "NAM009"),
        ("{Microsoft-OTelLogs: OTelLogs}", "MAN015"),
    ],
)
def test_what_azure_has_no_such_stream_for_is_an_error(tmp_path, streams, code):
    _, codes = checked(tmp_path, f"streams: {streams}\n")
    assert (code, "error") in codes


def test_its_columns_are_those_of_its_name_whatever_it_flows_into(tmp_path):
    text = """tables: {Changes_CL: {columns: {TimeGenerated: datetime, Who: string}}}
streams:
  Microsoft-Syslog:
    flows:
      - table: Changes_CL
        transform: source | project TimeGenerated, Who = Computer
      - table: Syslog
"""
    _, codes = checked(tmp_path, text)
    assert codes == []


def test_a_flow_into_another_table_is_checked_against_it(tmp_path):
    text = """tables: {Changes_CL: {columns: {TimeGenerated: datetime, Computer: int}}}
streams: {Microsoft-Syslog: Changes_CL}
"""
    _, codes = checked(tmp_path, text)
    assert ("FIT003", "error") in codes
