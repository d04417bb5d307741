"""The command `import` as people type it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from provisioner.adopt import CODES
from provisioner.cli.main import provisioner
from provisioner.emulator import lifecycle
from tests.support.paths import CASES

ARM_CASES = CASES / "arm"
CONNECTOR = [str(ARM_CASES / "connector" / name) for name in ("Shop_DCR.json", "Shop_table.json")]
LOSSY = str(ARM_CASES / "lossy" / "rules.json")


def run(*arguments):
    return CliRunner().invoke(provisioner, ["import", *arguments], catch_exceptions=False, standalone_mode=False)


def process(*arguments, cwd):
    command = [sys.executable, "-m", "provisioner", *arguments]
    return subprocess.run(command, check=False, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_the_manifest_goes_to_stdout_and_what_is_told_to_stderr():
    done = run("--from-arm", *CONNECTOR, "--name", "mine", "--workspace", "law-mine")
    assert done.return_value == 0
    assert yaml.safe_load(done.stdout)["workspace"] == {"name": "law-mine"}
    assert "IMP004" in done.stderr
    assert "Shop_DCR.json:3: " in done.stderr


def test_a_loss_fails_only_under_strict():
    assert run("--from-arm", LOSSY).return_value == 0
    assert run("--from-arm", LOSSY, "--strict").return_value == 1
    assert run("--from-arm", *CONNECTOR, "--strict").return_value == 0


def test_an_import_of_which_nothing_comes_says_so_and_fails(tmp_path):
    flows = [{"streams": ["Microsoft-Perf"], "destinations": ["la"]}]
    body = {"kind": "Linux", "properties": {"dataFlows": flows, "destinations": {"logAnalytics": [{"name": "la"}]}}}
    file = tmp_path / "agents.json"
    file.write_text(json.dumps({"type": "Microsoft.Insights/dataCollectionRules", "name": "dcr-agents", **body}))
    done = run("--from-arm", str(file))
    assert done.return_value == 1
    assert "warning IMP005 dcr dcr-agents" in done.stderr
    assert "warning IMP010 nothing was imported" in done.stderr
    assert "dcr-agents" in done.stdout


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    out = tmp_path / "provisioner.yaml"
    assert process("import", "--from-arm", *CONNECTOR, "--out", str(out), "-q", cwd=tmp_path).returncode == 0
    before = out.read_text()
    done = process("import", "--from-arm", LOSSY, "--out", str(out), cwd=tmp_path)
    assert done.returncode == 1
    assert "is there already" in done.stderr
    assert out.read_text() == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--from-arm"], 64),
        (["a", "b"], 64),
        (["--workspace", "law"], 64),
        (["--parameter", "x", "--from-arm", LOSSY], 64),
        (["--from-arm", "no/such.json"], 1),
        (["no/such.yaml"], 1),
    ],
)
def test_wrong_words_are_told_in_words(arguments, code, tmp_path):
    done = process("import", *arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_reading_files_needs_no_sdk():
    code = (
        "import sys; from provisioner.cli.main import run; code = run(sys.argv[1:]);"
        "print([name for name in ('azure', 'jinja2', 'aiohttp', 'requests') if name in sys.modules], code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "import", "--from-arm", *CONNECTOR], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.parametrize("code", CODES)
def test_what_import_says_is_explained(code):
    done = CliRunner().invoke(provisioner, ["explain", code.lower()], standalone_mode=False)
    assert done.stdout.startswith(f"{code}  import")
    assert "Why: " in done.stdout


def test_a_live_workspace_is_imported_by_a_manifest_or_by_options(tmp_path):
    """Either way the result plans empty with no further word."""
    source = tmp_path / "provisioner.yaml"
    source.write_text(
        "version: 1\nname: shop\nworkspace: {name: law-shop}\n"
        "tables: {A_CL: {columns: {TimeGenerated: datetime, Id: guid}}}\nstreams: {Custom-A: A_CL}\n"
    )
    try:
        assert process("apply", "-e", "local", cwd=tmp_path).returncode == 0
        by_manifest = process("import", "-e", "local", cwd=tmp_path)
        by_options = process("import", "-e", "local", "--workspace", "law-shop", cwd=tmp_path)
        assert by_manifest.returncode == 0, by_manifest.stderr
        assert by_manifest.stdout == by_options.stdout
        assert "plan with -e local" in by_manifest.stderr
        source.write_text(by_manifest.stdout)
        assert process("plan", "-e", "local", "--detailed-exitcode", cwd=tmp_path).returncode == 0
        missing = process("import", "-e", "local", "--workspace", "law-other", cwd=tmp_path)
        assert (missing.returncode, "there is no workspace" in missing.stderr) == (1, True)
    finally:
        lifecycle.stop(tmp_path / ".provisioner")
