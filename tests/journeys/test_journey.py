"""The main job as its users do it: the command line, a manifest, and the local Azure in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.request

import pytest

from provisioner.emulator.lifecycle import find_running, stop
from provisioner.operating_system import end_process
from tests.support.paths import ROOT

EXAMPLES = sorted(file.parent.name for file in (ROOT / "examples").glob("*/provisioner.yaml"))


def provisioner(*arguments, check=None, **environment):
    """Run the command line; with `check`, demand that exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "provisioner", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | environment,
    )
    assert "Traceback" not in done.stderr, done.stderr
    if check is not None:
        assert done.returncode == check, done.stdout + done.stderr
    return done


def project(folder, example="quickstart"):
    shutil.copytree(
        ROOT / "examples" / example, folder, ignore=shutil.ignore_patterns(".provisioner"), dirs_exist_ok=True
    )
    return folder


@pytest.fixture
def shop(tmp_path):
    yield project(tmp_path / "shop")
    stop(tmp_path / "shop" / ".provisioner")


def edit(folder, before, after):
    file = folder / "provisioner.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))


def request_counts(folder):
    """How many requests the emulator has seen, by kind."""
    ready = find_running(folder / ".provisioner")
    context = ssl.create_default_context(cafile=str(ready.ca_file))
    with urllib.request.urlopen(f"{ready.endpoint}/emulator/requests", context=context) as answer:
        return json.load(answer)


def up(folder, check=0, **environment):
    done = provisioner("up", folder, "-e", "local", "--format", "json", check=check, **environment)
    return json.loads(done.stdout)


def test_up_ends_in_a_verified_row_and_the_second_time_writes_nothing(shop):
    first = up(shop)
    assert first["ok"]
    assert first["plan"]["summary"]["create"] == 6
    [stream] = first["verify"]["streams"]
    assert stream["ok"]
    assert all(column["ok"] for row in stream["rows"] for column in row["columns"])
    second = up(shop)
    assert second["plan"]["changes"] == []
    assert second["apply"]["outcomes"] == []
    assert second["apply"]["requests"]["writes"] == 0
    assert second["verify"]["streams"][0]["ok"]


def test_the_first_line_says_where_and_as_whom(shop):
    done = provisioner("up", shop, "-e", "local", check=0)
    first = done.stderr.splitlines()[0]
    assert "cloud local" in first
    assert "group rg-webshop-logs" in first
    assert find_running(shop / ".provisioner").object_id in first


def test_a_column_that_the_transform_forgets_is_named_by_test_and_by_verify(shop):
    edit(shop, "          Country = toupper(tostring(order.customer.country)),\n", "")
    output = provisioner("test", shop, check=1).stdout
    assert "Country" in output
    provisioner("apply", shop, "-e", "local", check=0)
    result = json.loads(provisioner("verify", shop, "-e", "local", "--format", "json").stdout)
    assert "Country" in json.dumps(result["streams"])
    assert "Country" in provisioner("verify", shop, "-e", "local").stdout


def test_an_endpoint_in_another_region_is_refused_before_any_request(shop):
    up(shop)
    before = request_counts(shop)
    edit(shop, "  name: dce-webshop\n", "  name: dce-webshop\n  location: northeurope\n")
    done = provisioner("up", shop, "-e", "local", check=1)
    assert "northeurope" in done.stdout + done.stderr
    assert request_counts(shop) == before


def test_a_killed_emulator_loses_nothing(shop):
    first = up(shop)
    end_process(find_running(shop / ".provisioner").pid)
    second = up(shop)
    assert second["plan"]["changes"] == []
    ids = [result["apply"]["outputs"]["dcrs"]["dcr-webshop"]["immutable_id"] for result in (first, second)]
    assert ids[0] == ids[1]


def test_two_started_together_both_end_well(shop):
    arguments = [sys.executable, "-m", "provisioner", "up", str(shop), "-e", "local"]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    for process in both:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output


def test_a_dead_proxy_and_ambient_credentials_change_nothing_locally(shop):
    dead = "http://127.0.0.1:9"
    assert up(shop, HTTPS_PROXY=dead, HTTP_PROXY=dead, ALL_PROXY=dead, AZURE_CLIENT_ID="x", AZURE_TENANT_ID="y")["ok"]


@pytest.mark.skipif(shutil.which("cat") is None, reason="there is no cat on this system")
def test_output_in_a_pipe_ends_with_the_command(shop):
    """The emulator that stays behind holds neither stdout nor stderr open."""
    arguments = f"{sys.executable} -m provisioner up {shop} -e local 2>&1 | cat"
    done = subprocess.run(arguments, shell=True, capture_output=True, text=True, timeout=120, check=True)
    assert "\x1b" not in done.stdout
    assert find_running(shop / ".provisioner") is not None


def test_without_an_environment_nothing_reaches_the_emulator(shop):
    """A pipeline that forgets -e means a real cloud, where no credential is available here."""
    up(shop)
    before = request_counts(shop)
    no_sign_in = {"AZURE_CONFIG_DIR": str(shop / "none"), "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    done = provisioner("plan", shop, **no_sign_in)
    assert done.returncode == 1
    assert "sign" in done.stderr.lower()
    assert request_counts(shop) == before


def test_a_write_that_nobody_confirms_is_refused(shop):
    """Outside `local`, with stdin not a terminal, a write needs --yes; the error comes before any request."""
    for command in ("apply", "up", "destroy"):
        assert "--yes" in provisioner(command, shop, check=64).stderr


def test_a_saved_plan_is_applied_only_while_it_holds(shop, tmp_path):
    saved = tmp_path / "plan.json"
    provisioner("plan", shop, "-e", "local", "--out", saved, check=0)
    provisioner("apply", saved, check=0)
    assert "stale" in provisioner("apply", saved, check=1).stderr


def test_what_stops_up_stands_beside_what_was_done_before_it(shop):
    result = json.loads(
        provisioner("up", shop, "-e", "local", "--fingerprint", "0", "--format", "json", check=1).stdout
    )
    assert result["validate"]["summary"]["errors"] == 0
    assert result["test"]["summary"]["failed"] == 0
    assert result["error"]["code"] == "StalePlan"
    assert not result["ok"]


def test_outputs_come_in_every_form_that_a_sender_takes(shop):
    up(shop)
    for format_name in ("text", "json", "env", "curl", "python"):
        output = provisioner("outputs", shop, "-e", "local", "--format", format_name, check=0).stdout
        assert "dcr-" in output
        assert "monitor.azure.com" in output


@pytest.mark.parametrize(("format_name", "program"), [("curl", "bash"), ("python", sys.executable)])
def test_the_printed_sender_sends(shop, format_name, program):
    """As a user would: the local Azure's variables, the printed lines, and records of one's own."""
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program} on this system")
    provisioner("apply", shop, "-e", "local", check=0)
    output = provisioner("outputs", shop, "-e", "local", "--format", format_name, check=0).stdout
    records = (shop / "samples" / "orders.json").read_text()
    (shop / "records.json").write_text(records)
    text = "import json\nrecords = json.load(open('records.json'))\n" * (format_name == "python") + output
    state = shop / ".provisioner"
    variables = json.loads(provisioner("emulator", "env", "--state", state, "--shell", "json", check=0).stdout)
    done = subprocess.run(
        [program],
        input=text,
        cwd=shop,
        env=os.environ | variables["environment"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert request_counts(shop)["ingestion"] == 1


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_goes_through_up(tmp_path, example):
    folder = project(tmp_path / example, example)
    try:
        result = up(folder)
        assert result["ok"]
        assert result["validate"]["summary"] == {"errors": 0, "warnings": 0}
        assert result["test"]["summary"]["passed"] > 0
        assert result["verify"]["streams"]
    finally:
        stop(folder / ".provisioner")


BAD = {
    "a tab": ("version: 1\n", "version: 1\n\tname: x\n"),
    "no YAML": ("version: 1\n", "version: [1\n"),
    "a duplicate key": ("version: 1\n", "version: 1\nversion: 1\n"),
    "an unknown key": ("endpoint:\n", "endpont:\n"),
    "a wrong type": ("retention: 90", 'retention: "ninety"'),
    "an unresolved variable": ("  name: dce-webshop\n", "  name: dce-$(stage)\n"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_told_with_its_place_and_without_a_traceback(shop, what):
    edit(shop, *BAD[what])
    for arguments in (["validate", shop], ["up", shop, "-e", "local"]):
        done = provisioner(*arguments, check=1)
        output = done.stdout + done.stderr
        assert "provisioner.yaml:" in output, output
    diagnostics = json.loads(provisioner("validate", shop, "--format", "json", check=1).stdout)["diagnostics"]
    errors = [diagnostic for diagnostic in diagnostics if diagnostic["severity"] == "error"]
    assert len(errors) == 1, errors
    assert errors[0]["hint"]


def test_an_unknown_environment_and_a_missing_file_are_diagnostics_too(shop):
    for arguments in (["validate", shop, "-e", "prodd"], ["validate", shop / "nowhere.yaml"]):
        diagnostics = json.loads(provisioner(*arguments, "--format", "json", check=1).stdout)["diagnostics"]
        assert diagnostics[0]["severity"] == "error"
        assert diagnostics[0]["hint"]


TWO = (
    "environments:\n",
    (
        "environments:\n"
        "  east: {target: {cloud: local, resource_group: rg-east}}\n"
        "  west: {target: {cloud: local, resource_group: rg-west}}\n"
    ),
)


def test_several_environments_are_planned_applied_and_compared_in_one_command(shop):
    edit(shop, *TWO)
    both = ["-e", "east", "-e", "west"]
    result = json.loads(provisioner("apply", shop, *both, "--format", "json", check=0).stdout)
    assert [len(payload["outcomes"]) for payload in result["environments"].values()] == [6, 6]
    planned = json.loads(provisioner("plan", shop, *both, "--format", "json", check=0).stdout)
    assert [payload["changes"] for payload in planned["environments"].values()] == [[], []]
    assert "west         no" in provisioner("drift", shop, *both, check=0).stdout


def test_one_environment_that_fails_does_not_hide_the_others(shop):
    edit(shop, *TWO)
    no_sign_in = {"AZURE_CONFIG_DIR": str(shop / "none"), "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    done = provisioner("plan", shop, "--all-environments", check=1, **no_sign_in)
    assert "prod         failed" in done.stdout
    assert "east         6" in done.stdout
