"""What `outputs` prints for a sender, run as it is: `python -m tests.clients.printed_senders NAME` in its own folder.

The sender must be there: node and its packages for javascript, az, syslog-ng, azure-functions for function-app.
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from provisioner.emulator.lifecycle import stop
from provisioner.probes.live_state import LiveState
from provisioner.project import Project

MANIFEST = """\
version: 1
name: printed
target: {cloud: local, resource_group: rg-printed, location: westeurope}
workspace: {name: law-printed}
endpoint: {name: dce-printed}
tables:
  Lines_CL: {columns: {TimeGenerated: datetime, Message: string, Severity: int, Amount: real, Detail: dynamic}}
streams: {Custom-Lines: Lines_CL}
grants: {me: {principal: self}}
"""
COLUMNS = ("TimeGenerated", "Message", "Severity", "Amount")
RECORD = {"TimeGenerated": "2026-01-31T10:00:00Z", "Message": "text", "Severity": 3, "Amount": 1.5, "Detail": {"a": 1}}


def main(sender: str) -> int:
    """Apply a manifest, run what is printed for the sender, and look at the row."""
    folder = Path.cwd() / "printed"
    folder.mkdir()
    (folder / "provisioner.yaml").write_text(MANIFEST)
    project = Project.load(folder)
    try:
        with project.connect() as azure:
            project.apply(project.plan(azure), azure)
            text = run_command("outputs", str(folder), "--format", sender)
            state = str(project.state_directory)
            variables = json.loads(run_command("emulator", "env", "--state", state, "--shell", "json"))["environment"]
            os.environ |= variables
            SENDERS[sender](text, lambda: rows_of(project, azure))
            rows = rows_of(project, azure)
    finally:
        stop(project.state_directory)
    print(f"{sender}: {rows}")
    return int(len(rows) != 1 or any(rows[0][column] is None for column in COLUMNS))


def run_command(*arguments: str) -> str:
    """The standard output of a command line of ours."""
    command = [sys.executable, "-m", "provisioner", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def rows_of(project: Project, azure: Any) -> list[dict[str, Any]]:
    """The rows of the table."""
    state = LiveState(project.manifest, project.send_live(azure), azure, project.transforms)
    return list(azure.query.run(state.workspace_customer_id(), "Lines_CL", "P3D"))


Rows = Callable[[], list[dict[str, Any]]]


def send_with_node(text: str, _rows: Rows) -> None:
    """The module, beside the packages that it imports."""
    Path("printed.mjs").write_text(text)
    subprocess.run(["node", "printed.mjs"], check=True)


def send_with_az(text: str, _rows: Rows) -> None:
    """The command, after a sign-in to the local Azure; the file holds a record."""
    Path("lines.json").write_text(json.dumps([RECORD]))
    sign_in = (
        'az cloud register -n Printed --endpoint-resource-manager "$AZURE_RESOURCE_MANAGER_ENDPOINT"\n'
        "az cloud set -n Printed\n"
        'az login --service-principal -u "$AZURE_CLIENT_ID" -p "$AZURE_CLIENT_SECRET" -t "$AZURE_TENANT_ID"'
    )
    environment = {**os.environ, "AZURE_CONFIG_DIR": str(Path.cwd() / "az")}
    subprocess.run(["sh", "-euc", f"{sign_in}\n{text}"], check=True, env=environment)


def send_with_syslog_ng(text: str, rows: Rows) -> None:
    """The destination behind a source of lines; a line is written once the port is open."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = f'source s {{ network(ip("127.0.0.1") port({port}) transport("tcp")); }};\n'
    values = "rewrite r { set('1.5', value('Amount')); set('{}', value('Detail')); };\n"
    Path("syslog-ng.conf").write_text(
        f"{text}{source}{values}log {{ source(s); rewrite(r); destination(d_lines); }};\n"
    )
    os.environ["LOGS_TOKEN"] = token()
    command = ["syslog-ng", "-F", "-f", "syslog-ng.conf", "-R", "persist", "-p", "pid", "-c", "control"]
    server = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 60
        while not rows():
            if time.monotonic() > deadline:
                raise TimeoutError("no row arrived")
            if not Path("sent").exists() and write_line(port):
                Path("sent").touch()
    finally:
        server.terminate()
        server.wait()


def write_line(port: int) -> bool:
    """Write one line of syslog; whether the port was open."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"<12>Jan 31 10:00:00 host app[7]: text\n")
    except ConnectionRefusedError:
        return False
    return True


def token() -> str:
    """A token for the ingestion endpoint, as `az account get-access-token` prints it."""
    from azure.identity import EnvironmentCredential

    credential = EnvironmentCredential(
        disable_instance_discovery=True, connection_verify=os.environ["REQUESTS_CA_BUNDLE"]
    )
    return str(credential.get_token("https://monitor.azure.com/.default").token)


def call_function(text: str, _rows: Rows) -> None:
    """The function, called as the host of Azure Functions calls it."""
    Path("function_app.py").write_text(text)
    spec = importlib.util.spec_from_file_location("function_app", "function_app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    import azure.functions as func

    (function,) = module.app.get_functions()
    request = func.HttpRequest("POST", "/api/lines", body=json.dumps(RECORD).encode())
    answer = function.get_user_function()(request)
    assert answer.status_code == 204, answer.get_body()


SENDERS: dict[str, Callable[[str, Rows], None]] = {
    "javascript": send_with_node,
    "az": send_with_az,
    "syslog-ng": send_with_syslog_ng,
    "function-app": call_function,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
