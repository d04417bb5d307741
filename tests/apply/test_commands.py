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
    monitor = AzureMonitor(lifecycle.ensure(shop / ".provisioner"))
    monitor.fault("error", match="GET *dataCollectionEndpoints*", status=403, code="AuthorizationFailed")
    assert "could not be read" in provisioner("drift", shop, "-e", "local", check=0).stdout
    provisioner("drift", shop, "-e", "local", "--strict", check=1)
    monitor.heal()
    edit(shop, "retention: 90", "retention: 120")
    told = json.loads(provisioner("drift", shop, "-e", "local", "--format", "json", check=2).stdout)
    assert told["drift"] is True
    (finding,) = told["findings"]
    assert finding["deltas"][0]["path"] == "properties.retentionInDays"
    for form in ("markdown", "sarif", "junit"):
        assert "Orders_CL" in provisioner("drift", shop, "-e", "local", "--format", form, check=2).stdout


def test_destroy_removes_ours_leaves_rows_and_is_written_down(shop):
    up(shop)
    said = provisioner("destroy", shop, "-e", "local", "--format", "json", check=0)
    outcomes = json.loads(said.stdout)["outcomes"]
    assert {(each["type"], each["action"], each["state"]) for each in outcomes if each["action"] != "no-op"} == {
        ("grant", "delete", "applied"),
        ("dcr", "delete", "applied"),
        ("endpoint", "delete", "applied"),
    }
    assert "kept: its rows go only with --allow destructive:Orders_CL" in said.stderr
    journal = json.loads(provisioner("log", shop, "-e", "local", "--format", "json", check=0).stdout)["changes"]
    assert [each["action"] for each in journal][-3:] == ["delete"] * 3
    assert {each["state"] for each in journal} == {"applied"}
    assert "delete" in provisioner("log", shop, "-e", "local", check=0).stdout
    provisioner("destroy", shop, "-e", "local", "--allow", "destructive:Orders_CL", check=0)
    assert up(shop)["ok"]


def test_a_refused_plan_writes_nothing_and_names_each_yes(shop):
    up(shop)
    edit(shop, "total_retention: 365", "total_retention: 180")
    said = provisioner("apply", shop, "-e", "local", check=1)
    assert "--allow destructive:Orders_CL" in said.stderr
    provisioner("apply", shop, "-e", "local", "--allow", "destructive:Orders_CL", check=0)
    provisioner("plan", shop, "-e", "local", "--detailed-exitcode", check=0)


def test_a_deployment_does_the_same_and_shows_what_azure_foretells(shop):
    said = provisioner("apply", shop, "-e", "local", "--via", "deployment", check=0)
    assert "deployment" in said.stderr
    provisioner("plan", shop, "-e", "local", "--detailed-exitcode", check=0)
    edit(shop, "retention: 90", "retention: 120")
    assert "Modify" in provisioner("apply", shop, "-e", "local", "--via", "deployment", check=0).stdout
    provisioner("plan", shop, "-e", "local", "--detailed-exitcode", check=0)
