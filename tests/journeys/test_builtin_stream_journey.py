"""Azure's own streams as input, from the manifest to rows that arrived."""

from __future__ import annotations

import subprocess
import sys

from provisioner.emulator.lifecycle import stop

MANIFEST = """version: 1
name: sap
target: {resource_group: rg-sap, location: westeurope}
workspace: {name: law-sap}
tables:
  Changes_CL: {columns: {TimeGenerated: datetime, Who: string}}
streams:
  Microsoft-ABAPAuditLog: ABAPAuditLog
  Microsoft-AWSCloudTrail: AWSCloudTrail
  Microsoft-Syslog:
    table: Changes_CL
    transform: source | project TimeGenerated, Who = HostName
"""


def test_records_posted_to_azure_s_own_streams_arrive(tmp_path):
    (tmp_path / "provisioner.yaml").write_text(MANIFEST, encoding="utf-8")
    words = [sys.executable, "-m", "provisioner", "up", "-e", "local", "--yes"]
    try:
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "3 flows arrived" in done.stdout + done.stderr
    finally:
        stop(tmp_path / ".provisioner")
