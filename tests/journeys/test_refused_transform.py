"""A transform that validate warns of and a strict Azure refuses: the refusal points into the manifest."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from provisioner.emulator.lifecycle import stop

MANIFEST = """\
version: 1
name: probe
target: {subscription: 6f9619ff-8b86-4d01-b42d-00c04fc964ff, resource_group: rg-probe, location: westeurope}
workspace: {name: law-probe}
tables:
  Probe_CL:
    columns: {TimeGenerated: datetime, Text: string}
streams:
  Custom-Probe:
    columns: {TimeGenerated: datetime, rid: string}
    table: Probe_CL
    transform: |
      source
      | where isnotempty(rid)
      | project TimeGenerated, Text = replace_string(rid, 'a', 'b')
"""


@pytest.fixture
def strict_project(tmp_path):
    (tmp_path / "provisioner.yaml").write_text(MANIFEST, encoding="utf-8")
    command = [sys.executable, "-m", "provisioner", "emulator", "serve", "--strict", "--state", ".provisioner"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        assert json.loads(server.stdout.readline())["endpoint"]
        yield tmp_path
        stop(tmp_path / ".provisioner")
        server.wait(timeout=30)


def test_a_refusal_in_the_words_of_the_service_names_the_line_of_the_manifest(strict_project):
    done = subprocess.run(
        [sys.executable, "-m", "provisioner", "up", "-e", "local", "--yes"],
        capture_output=True, text=True, check=False, timeout=180, cwd=strict_project,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    text = done.stdout + done.stderr
    assert done.returncode == 1
    assert "KQL203" in text
    words = "SemanticError:0x00000009 at 3:33 : Runtime scalar function provider not found for function: replace_string"
    assert words in text
    line, column = 15, MANIFEST.splitlines()[14].index("replace_string") + 1
    assert f"provisioner.yaml:{line}:{column}: Custom-Probe" in text
