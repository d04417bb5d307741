"""The example with everything: up, a second plan without a change, no drift, few reads, and what destroy keeps."""

from __future__ import annotations

import json

import pytest

from provisioner.emulator.lifecycle import stop
from tests.journeys.test_journey import project, provisioner

MOST_READS = 12


@pytest.fixture
def everything(tmp_path):
    yield project(tmp_path / "everything", "everything")
    stop(tmp_path / "everything" / ".provisioner")


def result(*arguments, check=0):
    return json.loads(provisioner(*arguments, "-e", "local", "--format", "json", check=check).stdout)


def test_everything_comes_up_stays_as_it_is_reads_back_and_goes_but_for_its_rows(everything):
    assert result("up", everything)["ok"]
    second = result("plan", everything)
    assert second["changes"] == []
    assert second["requests"]["reads"] <= MOST_READS
    assert result("drift", everything)["drift"] is False
    imported = provisioner("import", everything / "provisioner.yaml", "-e", "local", check=0).stdout
    for section in ("commitment: 100", "sentinel: true", "workspace_transforms:", "monitoring:", "silence:"):
        assert section in imported
    removed = result("destroy", everything, "--yes")
    gone = {outcome["type"] for outcome in removed["outcomes"]}
    assert {"dcr", "endpoint", "diagnostic_setting", "metric_alert", "query_alert", "default_dcr"} <= gone
    assert gone.isdisjoint({"table", "workspace", "group", "sentinel"})
