"""One table of coercions, one rule for a missing time: validate, verify and the emulator say the same of a record."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from provisioner import load, validate
from provisioner.load.builders.manifest_from_samples import draft_manifest
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.transform_tests.run import run_transform_tests
from provisioner.verify.report import format_text
from tests.support.verifying import Environment

HEAD = """\
version: 1
name: probe
target: {cloud: local, resource_group: rg-probe, location: westeurope}
workspace: {name: law-probe}
"""


@pytest.fixture
def proved(tmp_path, azure_monitor):
    """Applies a manifest and verifies it; gives the findings of validate and the result of verify."""
    opened = []

    def prove(text):
        file = tmp_path / "provisioner.yaml"
        file.write_text(text, encoding="utf-8")
        findings = [(one.code, one.severity) for one in validate.check(load.load_document(file))]
        opened.append(Environment.applied(tmp_path, azure_monitor, text))
        return findings, opened[-1].verify(timing=opened[-1].patient)

    yield prove
    for environment in opened:
        environment.azure.close()


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("int", '"85"'),
        ("datetime", '"19/11/2025 10:00"'),
        ("long", "8.5"),
        ("boolean", '"yes"'),
        ("real", '"1.5"'),
        ("int", "3000000000"),
        ("datetime", "1764242400"),
        ("long", "{a: 1}"),
    ],
)
def test_a_sample_whose_value_is_lost_is_a_warning_and_proves_nothing(proved, type_, value):
    """Reports: val-sample-type-*, from a public write-up of a connector that sent numbers and dates as text."""
    findings, result = proved(f"""{HEAD}
tables: {{Probe_CL: {{columns: {{TimeGenerated: datetime, Val_d: {type_}}}}}}}
streams:
  Custom-Probe:
    columns: {{given: {type_}}}
    table: Probe_CL
    transform: source | project TimeGenerated = now(), Val_d = given
    samples: [{{given: {value}}}]
""")
    assert findings == [("STR009", "warning")]
    (arrival,) = result.streams
    assert arrival.ok
    last = format_text(result).splitlines()
    # The record that verify adds fills the column, so that it is proven; where none can, the last line says so.
    assert arrival.unproven == () or "1 flow arrived; not proven, as null in every row: Probe_CL.Val_d" in last


def test_values_that_arrive_in_another_form_are_no_loss(proved):
    findings, result = proved(f"""{HEAD}
tables: {{Probe_CL: {{columns: {{TimeGenerated: datetime, Name: string, Bag: dynamic}}}}}}
streams:
  Custom-Probe:
    columns: {{TimeGenerated: datetime, AdditionalContext: string}}
    table: Probe_CL
    transform: |
      source
      | extend Bag = parse_json(AdditionalContext)
      | project TimeGenerated, Name = tostring(Bag.InstanceName), Bag
    samples: [{{AdditionalContext: {{InstanceName: user1, CounterValue: 4}}}}]
""")
    assert findings == []
    (arrival,) = result.streams
    assert arrival.ok
    assert arrival.unproven == ()


def test_in_a_test_such_a_value_is_only_said(tmp_path):
    file = tmp_path / "provisioner.yaml"
    file.write_text(f"""{HEAD}
tables: {{Probe_CL: {{columns: {{TimeGenerated: datetime, Num: int}}}}}}
streams:
  Custom-Probe:
    table: Probe_CL
    tests:
      - name: a number sent as text is lost
        given: [{{Num: "85"}}]
        expect: [{{Num: null}}]
""")
    document = load.load_document(file)
    assert [(one.code, one.severity) for one in validate.check(document)] == [("STR009", "info")]
    (result,) = run_transform_tests(document)
    assert result.ok
    assert any("'Num' is int, the record has '85': null arrives" in note for note in result.notes)


@pytest.mark.parametrize(
    ("columns", "table", "transform", "sample"),
    [
        # Report: time-null-literal, Azure/Azure-Sentinel PR 15138.
        ("alertId: string", "alertId: string", "project TimeGenerated = datetime(null), alertId", "alertId: a"),
        # Reports: ver-absent-time-*, variants of the transforms of Azure/Azure-Sentinel PR 14891 and 14694.
        (
            "TimeGenerated: datetime, Msg: string",
            "Msg: string, NoTime: boolean",
            "extend NoTime = isnull(TimeGenerated) | extend TimeGenerated = iif(NoTime, now(), TimeGenerated)",
            "Msg: hello",
        ),
        (
            "TimeGenerated: string, Msg: string",
            "Raw: string, Msg: string",
            "project TimeGenerated = now(), Raw = TimeGenerated, Msg",
            "Msg: hello",
        ),
        ("TimeGenerated: datetime, Msg: string", "Msg: string", "where true", "Msg: hello"),
        ("TimeGenerated: datetime, Msg: string", "Msg: string", "where true", "{Msg: hello, TimeGenerated: null}"),
    ],
)
def test_a_record_without_a_time_is_the_same_to_all(proved, columns, table, transform, sample):
    sample = sample if sample.startswith("{") else f"{{{sample}}}"
    findings, result = proved(f"""{HEAD}
tables: {{Probe_CL: {{columns: {{TimeGenerated: datetime, {table}}}}}}}
streams:
  Custom-Probe:
    columns: {{{columns}}}
    table: Probe_CL
    transform: source | {transform}
    samples: [{sample}]
""")
    assert [finding for finding in findings if finding[1] != "info"] == []
    (arrival,) = result.streams
    assert arrival.ok, arrival.json()


def test_a_draft_from_records_without_a_time_arrives(proved):
    """Report: ver-absent-time-string-copied; mixed samples as in AzADServicePrincipalInsights 29."""
    records = [
        {"a": 1, "when": "2026-01-01T00:00:00Z", "id": "x", "user name": "u", "type": "t", "nested": {"x": 1}},
        {"a": "two", "when": "yesterday", "id": "6f96", "b": None, "TimeGenerated": "01/02/2026"},
        {"a": 2.5, "when": 1764242400, "Type": "z"},
    ]
    draft = draft_manifest(records, "Mixed_CL", "Custom-Mixed")
    draft["streams"]["Custom-Mixed"]["samples"] = records
    findings, result = proved(HEAD + dump_yaml(draft))
    assert [finding for finding in findings if finding[1] == "error"] == []
    (arrival,) = result.streams
    assert arrival.ok, arrival.json()


def test_records_too_far_apart_for_an_auxiliary_table_are_moved(proved):
    """Report: Azure/Azure-Sentinel 12130: one batch over 30 minutes loses all its records."""
    now = dt.datetime.now(dt.UTC)
    times = [(now - dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ") for minutes in (50, 5)]
    samples = json.dumps([{"TimeGenerated": time, "Msg": f"m{n}"} for n, time in enumerate(times)])
    findings, result = proved(f"""{HEAD}
tables: {{Aux_CL: {{plan: auxiliary, columns: {{TimeGenerated: datetime, Msg: string}}}}}}
streams: {{Custom-Aux: {{table: Aux_CL, samples: {samples}}}}}
""")
    assert findings == [("STR009", "warning")], "the page names one form of a time, with six decimals"
    (arrival,) = result.streams
    assert (arrival.ok, arrival.arrived) == (True, 2)
    assert any("more than 30 minutes apart" in note for note in arrival.notes)


def test_nested_json_that_an_auxiliary_table_refuses_is_an_error_at_the_sample(tmp_path):
    file = tmp_path / "provisioner.yaml"
    file.write_text(f"""{HEAD}
tables: {{Aux_CL: {{plan: auxiliary, columns: {{TimeGenerated: datetime, Msg: string, Bag: dynamic}}}}}}
streams: {{Custom-Aux: {{table: Aux_CL, samples: [{{Msg: {{a: 1}}, Bag: {{a: 1}}}}]}}}}
""")
    (finding,) = validate.check(load.load_document(file))
    assert (finding.code, finding.severity) == ("STR009", "error")
    assert "fails the whole call" in finding.message


@pytest.mark.parametrize(
    ("transform", "severity"),
    [
        ("source", "error"),
        ("source | where Number > 0", "error"),
        ("source | project-rename Text = Msg", "error"),
        ("source | project TimeGenerated, Text = Msg", "error"),
        # The transform writes a text; what is sent fits the stream.
        ("source | extend Msg = tostring(Msg)", None),
        ("source | project TimeGenerated, Bag = Msg", None),
    ],
)
def test_nested_json_is_refused_wherever_its_column_passes_a_transform_unchanged(tmp_path, transform, severity):
    file = tmp_path / "provisioner.yaml"
    file.write_text(
        f"""{HEAD}
tables:
  Aux_CL:
    plan: auxiliary
    columns: {{TimeGenerated: datetime, Msg: string, Text: string, Bag: string, Number: int}}
streams:
  Custom-Aux:
    columns: {{TimeGenerated: datetime, Msg: string, Number: int}}
    table: Aux_CL
    transform: {transform}
    samples: [{{Number: 1, Msg: {{a: 1}}}}]
""".replace("Bag: string", "Bag: dynamic")
    )
    findings = [one.severity for one in validate.check(load.load_document(file)) if one.code == "STR009"]
    assert findings == ([severity] if severity else [])
