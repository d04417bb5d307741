"""The emulator under load, over TLS on loopback, with its clients on the same machine."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from tests.support.azure_rest import Rest, table_body

TITLE = "Emulator"
TRANSFORM = (
    "source | extend Level = toupper(Level), Size = strlen(Message) | where Size > 0 "
    "| project TimeGenerated, Level, Message, Size, Marker"
)
STREAM = {"TimeGenerated": "datetime", "Level": "string", "Message": "string", "Marker": "string"}
TABLE = {**STREAM, "TimeGenerated": "dateTime", "Size": "long"}


def run(rows: int = 1_000_000, tables: int = 2_000) -> list[list[str]]:
    """Every figure with its target."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        cold = _cold(state)
        rest = Rest(AzureMonitor(lifecycle.ensure_running(state)))
        try:
            return [
                ["what", "measured", "wanted"],
                ["cold start", f"{cold:.2f} s", "< 0.8 s"],
                *_measure(rest, rows, tables),
            ]
        finally:
            lifecycle.stop(state)


def _cold(state: Path) -> float:
    lifecycle.ensure_running(state)  # keys and certificates are made once
    times = []
    for _ in range(3):
        lifecycle.stop(state)
        started = time.perf_counter()
        lifecycle.ensure_running(state)
        times.append(time.perf_counter() - started)
    return sorted(times)[1]


def _measure(rest: Rest, rows: int, tables: int) -> list[list[str]]:
    rest.create_prerequisites()
    rest.table("Bench_CL", TABLE)
    flow = {
        "streams": ["Custom-T"],
        "destinations": ["law"],
        "transformKql": TRANSFORM,
        "outputStream": "Custom-Bench_CL",
    }
    rule = rest.make_rule(None, STREAM, dataFlows=[flow])
    rest.grant(rule["id"])
    rate, slow = asyncio.run(_gets(rest, 8_000))
    ingested = _ingest(rest, rule, rows)
    for number in range(tables):
        rest.arm("PUT", f"{Rest.workspace}/tables/Many{number:04}_CL", table_body(f"Many{number:04}_CL", TABLE))
    listed = _timed(lambda: rest.arm("GET", f"{Rest.workspace}/tables"))
    query = f'Bench_CL | where Marker == "run-{rows // 2}"'
    found_in = _timed(lambda: rest.query(query, timespan="PT24H"))
    assert len(rest.rows(query)) == 1
    memory = _memory(rest.azure.ready.pid)
    return [
        ["GET of a rule, 32 connections", f"{rate:,.0f}/s, p99 {slow * 1000:.0f} ms", "2,500/s, 60 ms"],
        [f"ingestion, 500 rows a call, {rows:,} rows", f"{ingested:,.0f} rows/s", "20,000 rows/s"],
        [f"list of {tables:,} tables", f"{listed * 1000:.0f} ms", "300 ms for 2,000"],
        [f"one row found among {rows:,}", f"{found_in:.2f} s", "< 0.5 s"],
        [f"memory with {tables:,} tables and {rows:,} rows", f"{memory:.0f} MB", "< 150 MB"],
    ]


async def _gets(rest: Rest, count: int) -> tuple[float, float]:
    """Requests a second and the 99th percentile, from one client process with 32 connections."""
    address = rest.azure.endpoint.removeprefix("https://")
    host, port = address.split(":")
    context = ssl.create_default_context(cafile=rest.azure.ca_file)
    url = f"{rest.group}/{Rest.rule}?api-version=2024-03-11"
    request = f"GET {url} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {rest.token()}\r\n\r\n".encode()
    times: list[float] = []

    async def client(share: int) -> None:
        reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
        for _ in range(share):
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            times.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(client(5) for _ in range(32)))
    times.clear()
    started = time.perf_counter()
    await asyncio.gather(*(client(count // 32) for _ in range(32)))
    return len(times) / (time.perf_counter() - started), sorted(times)[int(len(times) * 0.99)]


def _ingest(rest: Rest, rule: dict[str, Any], rows: int) -> float:
    now = datetime.now(UTC).isoformat()
    row = {"TimeGenerated": now, "Level": "info", "Message": "user 17 logged in from 10.1.2.3 with agent Mozilla/5.0"}
    endpoint = rest.arm("GET", Rest.endpoint).body["properties"]["logsIngestion"]["endpoint"]
    started = time.perf_counter()
    for first in range(0, rows, 500):
        content = json.dumps([{**row, "Marker": f"run-{number}"} for number in range(first, first + 500)]).encode()
        assert rest.ingest(rule, content, endpoint=endpoint).status == 204
    return rows / (time.perf_counter() - started)


def _timed(call: Any) -> float:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        reply = call()
        times.append(time.perf_counter() - started)
        assert reply.status == 200, reply.body
    return sorted(times)[1]


def _memory(pid: int) -> float:
    if not sys.platform.startswith("linux"):
        return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)])) / 1024
    line = next(
        status_line
        for status_line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if status_line.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1024
