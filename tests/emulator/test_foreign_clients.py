"""The journeys of `tests/clients` that need nothing installed."""

from __future__ import annotations

import pytest

from provisioner.emulator.client_environment import environment_variables, shell_script
from tests.clients import __main__ as clients


@pytest.mark.parametrize("name", ["curl", "python"])
def test_a_strangers_client_finds_its_row(name, capfd):
    assert clients.main([name]) == 0
    assert name in capfd.readouterr().out


def test_what_is_missing_is_skipped_and_said(capfd, monkeypatch):
    monkeypatch.setattr(clients.shutil, "which", lambda _: None)
    assert clients.main(["syslog-ng"]) == 0
    assert capfd.readouterr().out.strip() == "syslog-ng    skipped: syslog-ng is not on the path"


def test_the_variables_are_the_same_in_every_shell(azure_monitor):
    ready = azure_monitor.ready
    names = set(environment_variables(ready))
    assert {
        "AZURE_AUTHORITY_HOST",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
        "ARM_CLIENT_SECRET",
        "NO_PROXY",
    } <= names
    assert {line.split("=")[0].removeprefix("export ") for line in shell_script(ready, "sh").splitlines()[:-1]} == names
    assert {
        line.split(" ")[0].removeprefix("$env:") for line in shell_script(ready, "powershell").splitlines()[:-1]
    } == names
    assert "disable_instance_discovery" in shell_script(ready, "sh")
