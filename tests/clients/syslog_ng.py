"""syslog-ng as a sender: lines through its http() destination into a table; needs `syslog-ng` on the path."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from provisioner.emulator.lifecycle import ReadyLine
from provisioner.emulator.testing import AzureMonitor
from tests.support.azure_rest import Rest

COUNT = 250
CONFIG = """@version: 3.35
options {{ stats-freq(0); }};
source lines {{ network(ip("127.0.0.1") port({port}) transport("tcp") flags(no-parse)); }};
destination azure {{
  http(
    url("{url}")
    headers("Authorization: Bearer {token}", "Content-Type: application/json")
    method("POST") delimiter(",") body-prefix("[") body-suffix("]") batch-lines(100) batch-bytes(900KB)
    batch-timeout(100)
    body("$(format-json TimeGenerated=$ISODATE Text=$MSG)")
    tls(ca-file("{ca}") peer-verify(yes))
  );
}};
log {{ source(lines); destination(azure); }};
"""


def main() -> int:
    """Start syslog-ng, write lines to it, count the rows."""
    names = ("endpoint", "authority", "query", "tenant", "subscription", "client_id", "client_secret", "object_id")
    ready = ReadyLine(
        **{name: os.environ[f"EMULATOR_{name.upper()}"] for name in names},
        ca_file=os.environ["SSL_CERT_FILE"],
        pid=0,
        version="",
    )
    rest = Rest(AzureMonitor(ready))
    rest.create_prerequisites({"TimeGenerated": "dateTime", "Text": "string"})
    rule = rest.make_rule("source", {"TimeGenerated": "datetime", "Text": "string"})
    rest.grant(rule["id"])
    endpoint = rest.arm("GET", Rest.endpoint).body["properties"]["logsIngestion"]["endpoint"]
    url = f"{endpoint}/dataCollectionRules/{rule['properties']['immutableId']}/streams/Custom-T?api-version=2023-01-01"
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        config = Path(folder) / "syslog-ng.conf"
        config.write_text(
            CONFIG.format(port=port, url=url, token=rest.token("https://monitor.azure.com"), ca=ready.ca_file)
        )
        command = [shutil.which("syslog-ng") or "syslog-ng", "-F", "-f", str(config)]
        for option, name in (("-R", "persist"), ("-p", "pid"), ("-c", "control")):
            command += [option, str(Path(folder) / name)]
        if modules := os.environ.get("SYSLOG_NG_MODULES"):
            command += ["--module-path", modules]
        server = subprocess.Popen(command)
        try:
            _write(port)
            return _count(rest)
        finally:
            server.terminate()
            server.wait()


def _write(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
    with connection:
        connection.sendall("".join(f"line {number}\n" for number in range(COUNT)).encode())


def _count(rest: Rest) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if rest.rows("T_CL | count") == [[COUNT]]:
            print(f"{COUNT} lines of syslog-ng found again")
            return 0
    print("not all lines arrived:", rest.rows("T_CL | count"), rest.azure.drops())
    return 1


if __name__ == "__main__":
    sys.exit(main())
