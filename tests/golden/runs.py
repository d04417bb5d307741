"""The command line in this process, and the local Azure that it starts, met as a stranger would."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from provisioner.__main__ import main
from tests.golden.normalise import SOURCES

_HERE = {"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1", "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
_FOREIGN = ("AZURE_", "GITHUB_", "PROVISIONER_", "TF_BUILD", "SYSTEM_", "CI")


@dataclass(frozen=True)
class Outcome:
    """What one command line printed, and how it ended."""

    code: int
    stdout: str
    stderr: str


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A directory with every project and example in it, entered; emulators started there are stopped at the end."""
    for source in (project for above in SOURCES for project in sorted(above.iterdir()) if project.is_dir()):
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns(".provisioner"))
    environment = {name: text for name, text in os.environ.items() if not name.startswith(_FOREIGN)} | _HERE
    before = Path.cwd()
    os.chdir(folder)
    try:
        with patch.dict(os.environ, environment, clear=True):
            try:
                yield folder
            finally:
                for state in folder.rglob(".provisioner"):
                    run(f"emulator stop --state {shlex.quote(str(state))}")
    finally:
        os.chdir(before)


def run(words: str) -> Outcome:
    """One command line, written as in a shell."""
    code, out, err = run_encoded(words, "utf-8")
    return Outcome(code, out.decode("utf-8"), err.decode("utf-8"))


def run_encoded(words: str, encoding: str) -> tuple[int, bytes, bytes]:
    """Exit code and bytes of one command line whose stdout and stderr have that encoding."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding, newline="") for _ in range(2))
    code: object = 0
    with (
        patch.object(sys, "argv", ["provisioner", *shlex.split(words)]),
        patch.object(sys, "stdin", io.StringIO()),
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int), code
    return code, _printed(out), _printed(err)


def _printed(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    content: bytes = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return content


def azure_changes(state: str, method: str, path: str, body: object = None) -> None:
    """A change in the local Azure that no manifest made: one request to its management API."""
    variables = json.loads(run(f"emulator env --state {state} --shell json").stdout)["environment"]
    host = variables["AZURE_AUTHORITY_HOST"]
    context = ssl.create_default_context(cafile=variables["SSL_CERT_FILE"])
    form = {
        "grant_type": "client_credentials",
        "client_id": variables["AZURE_CLIENT_ID"],
        "client_secret": variables["AZURE_CLIENT_SECRET"],
        "scope": "https://management.azure.com/.default",
    }
    address = f"{host}/{variables['AZURE_TENANT_ID']}/oauth2/v2.0/token"
    token = _send(context, "POST", address, urllib.parse.urlencode(form).encode(), {})["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    _send(context, method, host + path, None if body is None else json.dumps(body).encode(), headers)


def _send(
    context: ssl.SSLContext, method: str, address: str, body: bytes | None, headers: dict[str, str]
) -> dict[str, str]:
    request = urllib.request.Request(address, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            text = answer.read()
    except urllib.error.HTTPError as refused:
        raise AssertionError(f"{method} {address}: {refused.code} {refused.read().decode()}") from refused
    return json.loads(text) if text else {}
