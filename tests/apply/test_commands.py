"""drift, destroy, log, apply: their exit codes and what they say, through the command line."""

from __future__ import annotations

import json

from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from tests.journeys.test_journey import edit, provisioner, shop, up

__all__ = ["shop"]


def test_drift_says_two_where_azure_differs_and_one_where_it_could_not_look(shop):
    up(shop)
    assert "No drift" in provisioner("drift", shop, "-e", "local", check=0).stdout
    monitor = AzureMonitor(lifecycle.ensure_running(shop / ".provisioner"))
    monitor.inject_fault("error", match="GET *dataCollectionEndpoints*", status=403, code="AuthorizationFailed")
    assert "could not be read" in provisioner("drift", shop, "-e", "local", check=0).stdout
    provisioner("drift", shop, "-e", "local", "--strict", check=1)
    monitor.clear_faults()
    edit(shop, "retention: 90", "retention: 120")
    result = json.loads(provisioner("drift", shop, "-e", "local", "--format", "json", check=2).stdout)
    assert result["drift"] is True
    (finding,) = result["findings"]
    assert finding["deltas"][0]["path"] == "properties.retentionInDays"
    for format_name in ("markdown", "sarif", "junit"):
        assert "Orders_CL" in provisioner("drift", shop, "-e", "local", "--format", format_name, check=2).stdout


def test_destroy_removes_ours_leaves_rows_and_is_written_down(shop):
    up(shop)
    completed = provisioner("destroy", shop, "-e", "local", "--format", "json", check=0)
    outcomes = json.loads(completed.stdout)["outcomes"]
    assert {
        (outcome["type"], outcome["action"], outcome["state"]) for outcome in outcomes if outcome["action"] != "no-op"
    } == {
        ("grant", "delete", "applied"),
        ("dcr", "delete", "applied"),
        ("endpoint", "delete", "applied"),
    }
    assert "kept: its rows go only with --allow destructive:Orders_CL" in completed.stderr
    journal = json.loads(provisioner("log", shop, "-e", "local", "--format", "json", check=0).stdout)["changes"]
    assert [entry["action"] for entry in journal][-3:] == ["delete"] * 3
    assert {entry["state"] for entry in journal} == {"applied"}
    assert "delete" in provisioner("log", shop, "-e", "local", check=0).stdout
    provisioner("destroy", shop, "-e", "local", "--allow", "destructive:Orders_CL", check=0)
    assert up(shop)["ok"]


def test_a_refused_plan_writes_nothing_and_names_each_yes(shop):
    up(shop)
    edit(shop, "total_retention: 365", "total_retention: 180")
    completed = provisioner("apply", shop, "-e", "local", check=1)
    assert "--allow destructive:Orders_CL" in completed.stderr
    provisioner("apply", shop, "-e", "local", "--allow", "destructive:Orders_CL", check=0)
    provisioner("plan", shop, "-e", "local", "--detailed-exitcode", check=0)


def test_a_deployment_does_the_same_and_shows_what_azure_foretells(shop):
    completed = provisioner("apply", shop, "-e", "local", "--via", "deployment", check=0)
    assert "deployment" in completed.stderr
    provisioner("plan", shop, "-e", "local", "--detailed-exitcode", check=0)
    edit(shop, "retention: 90", "retention: 120")
    assert "Modify" in provisioner("apply", shop, "-e", "local", "--via", "deployment", check=0).stdout
    provisioner("plan", shop, "-e", "local", "--detailed-exitcode", check=0)
