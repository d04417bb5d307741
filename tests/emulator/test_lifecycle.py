"""The life of an emulator: one per directory, found again, replaced, killed and none the worse for it."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import shutil
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from provisioner.emulator import lifecycle
from provisioner.emulator.store import MIGRATIONS, Store, StoredResource
from provisioner.emulator.testing import AzureMonitor
from provisioner.errors import ProvisionerError, StateLocked
from provisioner.operating_system import end_process
from tests.support.azure_rest import Rest

posix = pytest.mark.skipif(os.name != "posix", reason="of modes, shells and removed files that only POSIX has")


@pytest.fixture
def state(tmp_path):
    yield tmp_path / "state"
    lifecycle.stop(tmp_path / "state")


def wait_gone(state):
    with FileLock(state / "server.lock", timeout=20):
        pass


def test_one_server_however_many_ask_at_once(state):
    with ThreadPoolExecutor(8) as pool:
        pids = {ready.pid for ready in pool.map(lambda _: lifecycle.ensure_running(state), range(8))}
    assert len(pids) == 1
    assert lifecycle.find_running(state).pid in pids
    assert lifecycle.stop(state) is True
    assert lifecycle.find_running(state) is None
    assert lifecycle.stop(state) is False


def test_processes_started_together_share_one_server(state):
    code = (
        "from provisioner.emulator.lifecycle import ensure_running; from pathlib import Path; "
        f"print(ensure_running(Path({str(state)!r})).pid)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({process.communicate(timeout=60)[0] for process in running}) == 1


def test_a_server_of_another_version_is_replaced_and_keeps_its_address(state):
    first = lifecycle.ensure_running(state)
    shown = json.loads((state / "ready.json").read_text())
    (state / "ready.json").write_text(json.dumps({**shown, "version": "0.0.1"}))
    second = lifecycle.ensure_running(state)
    assert second.pid != first.pid
    assert second.version == lifecycle.code_fingerprint()
    assert (second.endpoint, second.client_secret, second.ca_file) == (
        first.endpoint,
        first.client_secret,
        first.ca_file,
    )


@posix
def test_the_start_leaves_no_stream_open(state):
    """`make demo | tee log` ends although the server lives on."""
    code = (
        "from provisioner.emulator.lifecycle import ensure_running; from pathlib import Path; "
        f"ensure_running(Path({str(state)!r}))"
    )
    done = subprocess.run(
        f'{sys.executable} -c "{code}" | cat', shell=True, timeout=60, check=True, capture_output=True
    )
    assert done.stdout == b""
    assert lifecycle.find_running(state) is not None


def test_a_second_server_on_one_directory_is_refused_in_words(state):
    lifecycle.ensure_running(state)
    command = [sys.executable, "-m", "provisioner.emulator", "serve", "--state", str(state)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "another emulator already runs on the state directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_idle_server_ends_by_itself(state):
    command = [sys.executable, "-m", "provisioner.emulator", "serve", "--state", str(state), "--idle", "0.2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    ready = json.loads(done.stdout)
    assert set(ready) == {field.name for field in dataclasses.fields(lifecycle.ReadyLine)}
    assert not (state / "ready.json").exists()


def test_a_server_ends_with_the_process_it_was_started_for(state):
    owner = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    lifecycle.ensure_running(state, owner=owner.pid)
    owner.communicate(b"\n")
    wait_gone(state)
    assert lifecycle.find_running(state) is None


@posix
def test_a_server_whose_directory_was_removed_ends_and_another_can_start(state):
    first = lifecycle.ensure_running(state)
    shutil.rmtree(state)
    second = lifecycle.ensure_running(state)
    assert second.pid != first.pid
    while Path(f"/proc/{first.pid}/cmdline").exists() and Path(f"/proc/{first.pid}/cmdline").read_bytes():
        pass
    assert lifecycle.find_running(state).pid == second.pid


@posix
def test_only_the_owner_reads_what_is_secret(state):
    ready = lifecycle.ensure_running(state)
    for name in ("identity.json", "ready.json", "ca.key", "server-127.0.0.1.pem"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert ready.client_secret not in (state / "server.log").read_text()
    assert ready.client_secret not in repr(AzureMonitor(ready))


def test_a_start_that_fails_says_why(state):
    state.mkdir()
    (state / "identity.json").write_text("{}")
    with pytest.raises(ProvisionerError, match="did not start"):
        lifecycle.ensure_running(state)


def test_what_was_answered_survives_a_kill_at_any_instant(state):
    """Writers write while the process is killed again and again; whatever was answered is there."""
    written: list[str] = []
    rule: dict = {}
    for round_ in range(3):
        rest = Rest(AzureMonitor(lifecycle.ensure_running(state)))
        if round_ == 0:
            rest.create_prerequisites()
            rule = rest.make_rule()
            rest.grant(rule["id"])
        started = threading.Event()

        def write(rest=rest, round_=round_, started=started, rule=rule):
            for number in range(10_000):
                name = f"{Rest.endpoint[:-4]}dce-{round_}-{number}"
                try:
                    if rest.arm("PUT", name, {"location": "westeurope", "properties": {}}).status == 200:
                        written.append(name)
                    # Every third call is one that is answered before its rows are stored.
                    padding = [{"Count": 1}] * (6000 if number % 3 == 0 else 0)
                    if rest.ingest(rule, [{"Text": f"row-{round_}-{number}"}, *padding]).status == 204:
                        written.append(f"row-{round_}-{number}")
                except OSError:
                    return
                if number == 10:
                    started.set()

        thread = threading.Thread(target=write)
        thread.start()
        assert started.wait(60)
        end_process(rest.azure.ready.pid)
        thread.join(60)
        wait_gone(state)
    rest = Rest(AzureMonitor(lifecycle.ensure_running(state)))
    listed = rest.arm("GET", f"{Rest.endpoint[:-5]}").body["value"]
    kept = {f"{Rest.endpoint[:-4]}{endpoint['name']}" for endpoint in listed} | {
        text for (text,) in rest.rows("T_CL | where isnotempty(Text) | project Text")
    }
    assert len(written) > 30
    assert set(written) <= kept


def test_a_file_of_an_older_schema_is_brought_up_and_a_newer_one_refused(tmp_path):
    path = tmp_path / "emulator.db"
    db = sqlite3.connect(path)
    db.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
    db.execute("INSERT INTO resources VALUES ('/a', 't', '/A', '{}', '{}')")
    db.commit()
    db.close()
    store = Store(path)
    assert store.get("/a") == StoredResource("/A", "t", {})
    store.close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(StateLocked, match="newer emulator"):
        Store(path)


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    store = Store(tmp_path / "emulator.db")

    def fail():
        with store.write():
            store.put(StoredResource("/a", "t", {}))
            with store.write():
                store.put(StoredResource("/b", "t", {}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.find_below("/") == []
    store.close()


def raw(azure: AzureMonitor, content: bytes) -> bytes:
    """What comes back for bytes sent as they are."""
    host, port = azure.endpoint.removeprefix("https://").split(":")
    context = ssl.create_default_context(cafile=azure.ca_file)
    plain = socket.create_connection((host, int(port)), timeout=20)
    with plain, context.wrap_socket(plain, server_hostname=host) as connection:
        connection.sendall(content)
        received = b""
        while part := connection.recv(65536):
            received += part
        return received


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", ""])
def test_a_foreign_host_header_is_refused(azure_monitor, host):
    answer = raw(azure_monitor, f"GET /emulator/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\x13garbage\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /%zz%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    ],
)
def test_raw_bytes_bring_neither_a_500_nor_a_hang(azure_monitor, content):
    answer = raw(azure_monitor, content)
    assert b" 500 " not in answer.split(b"\r\n")[0]
    assert azure_monitor.requests()["version"] == 1


def test_a_body_that_is_too_long_is_refused_before_it_is_read(azure_monitor):
    host = azure_monitor.endpoint.removeprefix("https://")
    head = f"PUT /subscriptions HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999\r\n\r\n"
    assert raw(azure_monitor, head.encode()).startswith(b"HTTP/1.1 413 ")


def test_the_default_is_loopback_alone(state):
    lifecycle.ensure_running(state)
    port = int((state / "port").read_text())
    tables = "".join(Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
    listening = [line.split() for line in tables.splitlines() if f":{port:04X} " in line]
    addresses = {socket_line[1] for socket_line in listening if socket_line[3] == "0A"}
    assert addresses == {f"0100007F:{port:04X}"}


def test_a_connection_that_says_nothing_is_cut_and_one_that_speaks_is_not():
    async def check():
        from aiohttp import web

        from provisioner.emulator.http.header_timeout import HeaderTimeoutServer

        async def handle(request):
            listener.request_arrived(request.protocol)
            return web.Response(text="ok")

        listener = HeaderTimeoutServer(handle, seconds=0.2, access_log=None)
        server = await asyncio.get_running_loop().create_server(listener, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        silent, silent_writer = await asyncio.open_connection("127.0.0.1", port)
        silent_writer.write(b"GET / HTTP/1.1\r\nX-Slow")
        speaking, speaking_writer = await asyncio.open_connection("127.0.0.1", port)
        speaking_writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await speaking.readuntil(b"ok")
        try:
            cut = await silent.read() == b""
        except ConnectionError:
            cut = True
        assert cut
        speaking_writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await speaking.readuntil(b"ok")
        for writer in (silent_writer, speaking_writer):
            writer.close()
        server.close()
        await listener.shutdown(0)

    asyncio.run(asyncio.wait_for(check(), 20))
