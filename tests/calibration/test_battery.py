"""The whole battery against the local Azure: every probe is answered as predicted, and nothing is left behind."""

from __future__ import annotations

import datetime as dt
import re
import signal
from dataclasses import replace

import pytest
import yaml

from provisioner.apply.interrupt import Interrupt
from provisioner.azure import connect_local
from provisioner.calibration import CalibrationOptions, run_battery, select_probes
from provisioner.calibration.calibration_probe import Answer, ProbeResult
from provisioner.calibration.evidence_file import calibration_data, read_evidence_file, write_evidence_file
from provisioner.calibration.leftover_groups import find_leftovers
from provisioner.calibration.throwaway_group import find_groups
from provisioner.errors import BadRequestFile, CloudError
from provisioner.model.manifest import local_target
from tests.support.signals import signal_self

# In parts: the local Azure reports a budget of 200 writes, as Azure does, and calls are spread out below it.
PARTS = {
    "functions": ("functions",),
    "language": (
        "operators",
        "text_operators",
        "literals",
        "output_types",
        "behaviour",
        "queries",
        "delays",
        "endpoints",
    ),
    "records": ("coercions",),
    "resources": ("names", "manifests", "reserved_columns", "requests", "versions", "plan_switches"),
}
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@pytest.fixture
def azure(azure_monitor):
    with connect_local(local_target(), azure_monitor.ready) as connection:
        yield connection


def groups(azure):
    return [group.name for group in find_groups(azure)]


def test_the_parts_are_the_whole():
    families = [family for part in PARTS.values() for family in part]
    assert sorted(families) == sorted({probe.family for probe in select_probes()})


@pytest.mark.parametrize("part", PARTS)
def test_every_probe_is_answered_as_predicted(azure, azure_monitor, tmp_path, part):
    probes = select_probes(PARTS[part])
    calibration = run_battery(azure, probes, CalibrationOptions(), tmp_path)
    differing = [result for result in calibration.results if not result.equal]
    assert differing == []
    assert [result.probe.id for result in calibration.results] == [probe.id for probe in probes]
    assert calibration.complete
    assert calibration.ok
    assert calibration.is_local
    assert groups(azure) == []
    assert find_leftovers(azure, tmp_path, dt.datetime.now(dt.UTC)).ours == ()


def test_the_evidence_file_holds_request_ids_and_nothing_of_the_tenant(azure, azure_monitor, tmp_path):
    file = tmp_path / "evidence.yaml"
    calibration = run_battery(azure, select_probes(("plan_switches", "requests")), CalibrationOptions(), tmp_path)
    write_evidence_file(calibration, file)
    data = yaml.safe_load(file.read_text())
    assert data == calibration_data(calibration)
    assert all(probe["request_ids"] for probe in data["probes"] if probe["status"])
    for probe in data["probes"]:
        probe["request_ids"] = []
    text = yaml.safe_dump(data)
    assert GUID.findall(text) == []
    ready = azure_monitor.ready
    for secret in (ready.client_secret, ready.subscription, ready.tenant, ready.object_id, ready.endpoint):
        assert secret not in text
    assert data["proves"] == "the battery"
    assert [seen.id for seen in read_evidence_file(file).probes] == [probe["id"] for probe in data["probes"]]
    assert not list(tmp_path.glob(".evidence*"))


def test_a_refusal_where_acceptance_was_predicted_is_told(azure, tmp_path):
    probe = replace(select_probes(("operators/where",))[0], row={"transform": "source | where Number > 1"})
    calibration = run_battery(azure, [probe], CalibrationOptions(), tmp_path)
    result = calibration.results[0]
    assert result.equal
    wrong = ProbeResult(probe, "refused", result.answer, result.date)
    assert wrong.equal is False
    assert ProbeResult(probe, "refused", Answer(None, words="no right"), result.date).equal is None
    assert not replace(calibration, results=(wrong,)).ok


def test_a_signal_ends_the_run_and_removes_the_group(azure, tmp_path):
    before = signal.getsignal(signal.SIGINT)
    signalled = []

    def progress(event):
        if event.subject == "site" and event.kind == "done" and not signalled:
            signalled.append(event)
            signal_self(signal.SIGINT)

    interrupt = Interrupt()
    options = CalibrationOptions(parallelism=2, progress=progress)
    calibration = run_battery(azure, select_probes(("functions",)), options, tmp_path, interrupt)
    assert not calibration.complete
    assert not calibration.ok
    assert len(calibration.results) < len(select_probes(("functions",)))
    assert interrupt.signal_number == signal.SIGINT
    assert signal.getsignal(signal.SIGINT) is before
    assert groups(azure) == []


def test_a_site_that_cannot_be_built_is_removed(azure, azure_monitor, tmp_path):
    denied = {"status": 403, "code": "AuthorizationFailed", "match": "PUT */dataCollectionEndpoints/*"}
    azure_monitor.fault("error", **denied)
    with pytest.raises(CloudError):
        run_battery(azure, select_probes(("delays",)), CalibrationOptions(), tmp_path)
    assert groups(azure) == []


def test_a_group_that_cannot_be_removed_is_told_and_found_by_the_next_run(azure, azure_monitor, tmp_path):
    azure_monitor.fault("error", status=403, code="AuthorizationFailed", match="DELETE */resourceGroups/rg-prov*")
    events = []
    options = CalibrationOptions(progress=events.append)
    calibration = run_battery(azure, select_probes(("functions/acos",)), options, tmp_path)
    (left,) = find_groups(azure)
    assert left.name in calibration.notes[0]
    assert [event.kind for event in events if event.subject == "removal"] == ["start", "failed"]
    azure_monitor.clear_faults()
    assert find_leftovers(azure, tmp_path, left.created).ours == (left,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "neither YAML nor JSON"),
        ("[]", "not the evidence"),
        ("{kind: other, probes: []}", "not the evidence"),
        ("{kind: calibration, version: 2, probes: []}", "version 2"),
        ("{kind: calibration, version: 1, probes: [{id: a, seen: refused}]}", "'a' lacks"),
        ("{kind: calibration, version: 1, probes: [{seen: refused, date: 2026-01-01}]}", "lacks"),
    ],
)
def test_another_file_is_refused_with_the_reason(tmp_path, text, reason):
    file = tmp_path / "evidence.yaml"
    file.write_text(text)
    with pytest.raises(BadRequestFile, match=reason):
        read_evidence_file(file)
