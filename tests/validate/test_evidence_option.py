"""`validate --evidence`, and the same in the settings: which evidence decides what Azure takes."""

from __future__ import annotations

import pytest

from provisioner import load, validate
from provisioner.errors import ProvisionerError
from provisioner.project import Project
from tests.support.manifests import write_manifest

MANIFEST = """\
tables: {A_CL: {columns: {TimeGenerated: datetime, id: string, MG: string, N: int, D: dynamic}}}
streams:
  Custom-A:
    columns: {time: datetime, n: int, s: string}
    table: A_CL
    transform: |
      source
      | project TimeGenerated = time, id = s, MG = replace_string(s, 'a', 'b'), N = iff(n > 1, n, 0), D = dynamic([1])
"""
CODES = ("KQL202", "KQL203", "NAM013", "TRN003")


def severities(path, **options):
    diagnostics = validate.check(load.load_document(path), **options)
    return sorted((d.code, d.severity) for d in diagnostics if d.code in CODES)


WARNINGS = [("KQL203", "warning"), ("NAM013", "warning"), ("NAM013", "warning"), ("TRN003", "warning")]
DOCUMENTED = [("KQL202", "error"), ("KQL202", "error"), ("NAM013", "error"), ("TRN003", "error")]
UNDISPUTED = [("KQL202", "error"), ("NAM013", "error"), ("NAM013", "error"), ("TRN003", "error")]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [(None, WARNINGS), ("newest", WARNINGS), ("undisputed", UNDISPUTED), ("documented", DOCUMENTED)],
)
def test_the_evidence_that_is_asked_for_decides(evidence, expected, tmp_path):
    path = write_manifest(tmp_path, MANIFEST)
    assert severities(path, evidence=evidence) == expected


PLACES = """\
target: {{cloud: {cloud}, subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg, location: {region}}}
workspace: {{name: law-shop}}
{endpoint}
tables: {{A_CL: {{plan: {plan}, columns: {{TimeGenerated: datetime}}}}}}
streams: {{Custom-A: A_CL}}
dcrs: {{dcr-a: {{streams: [Custom-A], endpoint: {mode}}}}}
"""


@pytest.mark.parametrize(
    ("code", "cloud", "region", "plan", "mode", "severities"),
    [
        # newest, undisputed, documented
        ("REG001", "public", "saudiarabiaeast", "analytics", "direct", (None, None, "warning")),
        ("REG001", "public", "indiasouthcentral", "analytics", "direct", (None, None, None)),
        ("REG001", "public", "indianorth", "analytics", "direct", ("warning", "warning", "warning")),
        ("REG005", "public", "qatarcentral", "auxiliary", "direct", ("warning", "error", "error")),
        ("REG005", "public", "westeurope", "auxiliary", "direct", (None, None, None)),
        ("REG005", "china", "chinaeast2", "auxiliary", "shared", ("error", "error", "error")),
        ("REG006", "usgovernment", "usgovvirginia", "analytics", "direct", ("warning", "warning", "error")),
        ("REG006", "usgovernment", "usgovvirginia", "analytics", "shared", (None, None, None)),
    ],
)
def test_regions_and_what_they_offer_follow_from_the_evidence(tmp_path, code, cloud, region, plan, mode, severities):
    endpoint = "endpoint: {name: dce-shop}" if mode == "shared" else ""
    text = PLACES.format(cloud=cloud, region=region, plan=plan, mode=mode, endpoint=endpoint)
    document = load.load_document(write_manifest(tmp_path, text))
    for evidence, severity in zip(("newest", "undisputed", "documented"), severities, strict=True):
        diagnostics = validate.check(document, select=(code,), evidence=evidence)
        assert {d.severity for d in diagnostics if d.code == code} == ({severity} if severity else set()), evidence


def test_the_plan_of_an_azure_table_follows_from_its_flag_and_from_what_was_seen(tmp_path, monkeypatch):
    from provisioner.model import table_plans

    document = load.load_document(write_manifest(tmp_path, "tables: {Syslog: {plan: basic}}"))
    (finding,) = validate.check(document, select=("TAB012",))
    assert (finding.severity, "2026-09-28" in finding.message) == ("error", True)
    limits = table_plans._limits()
    seen = {"Syslog basic": [{"kind": "accepted", "date": "2027-01-02", "source": "calibrate"}]}
    merged = {**limits, "azure_table_plans": {**limits["azure_table_plans"], "seen": seen}}
    monkeypatch.setattr(table_plans, "_limits", lambda: merged)
    (finding,) = validate.check(document, select=("TAB012",))
    assert (finding.severity, "sources disagree" in finding.message) == ("warning", True)
    (finding,) = validate.check(document, select=("TAB012",), evidence="documented")
    assert finding.severity == "error"


def test_the_settings_ask_for_it_and_the_option_asks_louder(tmp_path):
    path = write_manifest(tmp_path, MANIFEST)
    (tmp_path / ".provisioner.toml").write_text('evidence = "documented"\n', encoding="utf-8")
    assert severities(path) == DOCUMENTED
    assert severities(path, evidence="newest") == WARNINGS
    codes = {d.code for d in Project.load(path).validate() if d.severity == "error"}
    assert {"KQL202", "NAM013", "TRN003"} <= codes


def test_another_word_is_refused_with_those_there_are(tmp_path):
    path = write_manifest(tmp_path, MANIFEST)
    (tmp_path / ".provisioner.toml").write_text('evidence = "hearsay"\n', encoding="utf-8")
    with pytest.raises(ProvisionerError, match="'hearsay'") as error:
        severities(path)
    assert "newest, undisputed, documented" in (error.value.hint or "")


def test_a_transform_is_bound_once_for_each_policy(tmp_path):
    from provisioner.transforms.bound_transforms import BoundTransforms

    transforms = BoundTransforms()
    strict = transforms.with_policy("documented")
    assert transforms.with_policy("newest") is transforms
    assert transforms.with_policy("documented") is strict
    assert strict.with_policy("newest") is transforms
