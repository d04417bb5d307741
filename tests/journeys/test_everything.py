"""The example with everything: up, a second plan without a change, no drift, few reads, and what destroy keeps."""

from __future__ import annotations

import json

import pytest
import yaml

from provisioner.emulator.lifecycle import stop
from tests.journeys.test_journey import project, provisioner
from tests.support.paths import EXAMPLES

MOST_READS = 12
SECTIONS = yaml.safe_load((EXAMPLES / "everything" / "provisioner.yaml").read_text()).keys() - {"environments"}


PROVIDERS = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-apps/providers"
# Every other way to name who sends, several times: what is looked up is looked up together.
OTHER_SENDERS = {
    **{f"client-{n}": {"application_id": f"7d3ad8a1-9b5f-4b8b-a1a8-50d4c6f4a00{n}"} for n in range(3)},
    **{f"site-{n}": {"resource": f"{PROVIDERS}/Microsoft.Web/sites/site-{n}"} for n in range(3)},
    **{
        f"identity-{n}": {"identity": f"{PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-{n}"}
        for n in range(3)
    },
}


@pytest.fixture
def everything(tmp_path):
    folder = project(tmp_path / "everything", "everything")
    file = folder / "provisioner.yaml"
    grants = "".join(f"  {name}: {{principal: {json.dumps(one)}}}\n" for name, one in OTHER_SENDERS.items())
    file.write_text(file.read_text().replace("grants:\n", f"grants:\n{grants}"))
    yield folder
    stop(tmp_path / "everything" / ".provisioner")


def result(*arguments, check=0):
    return json.loads(provisioner(*arguments, "-e", "local", "--format", "json", check=check).stdout)


def test_everything_comes_up_stays_as_it_is_reads_back_and_goes_but_for_its_rows(everything):
    # Before anything is there and after it.
    assert all(check["ok"] for check in result("doctor", everything)["checks"])
    assert result("up", everything)["ok"]
    assert all(check["ok"] for check in result("doctor", everything)["checks"])
    second = result("plan", everything)
    assert second["changes"] == []
    assert second["requests"]["reads"] <= MOST_READS
    assert result("drift", everything)["drift"] is False
    imported = everything / "imported.yaml"
    provisioner("import", everything / "provisioner.yaml", "-e", "local", "--out", imported, check=0)
    assert yaml.safe_load(imported.read_text()).keys() == SECTIONS
    # What is left are transforms that import has laid out.
    assert {change["action"] for change in result("plan", imported)["changes"]} == {"no-op"}
    assert result("drift", imported)["drift"] is False
    removed = result("destroy", everything, "--yes")
    gone = {outcome["type"] for outcome in removed["outcomes"]}
    assert {"dcr", "endpoint", "diagnostic_setting", "metric_alert", "query_alert", "default_dcr"} <= gone
    assert gone.isdisjoint({"table", "workspace", "group", "sentinel"})
