"""The transform language: start, binding, evaluation; beside streaming-kql, duckdb-kql and a loop written by hand."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import statistics
import subprocess
import sys
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from provisioner import kql

TITLE = "The transform language"
ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "transforms.jsonl"
COUNT = 100_000
RUNS = 3
COLUMNS = {"time": "string", "level": "string", "body": "string"}
FLOW = """source
| where level != "debug"
| extend d = parse_json(body)
| extend TimeGenerated = todatetime(time), User = tostring(d.user.name), Code = toint(d.status),
    Amount = toreal(d.amount), Ok = tobool(d.ok), Id = toguid(d.id)
| project TimeGenerated, User, Code, Amount, Ok, Id, level"""

Row = dict[str, Any]


def run() -> list[tuple[str, ...]]:
    """Rows: what, ours, the others, the goal."""
    return [
        ("what", "ours", "streaming-kql", "duckdb-kql", "by hand", "goal"),
        *_starting(),
        *_binding(),
        *_evaluating(),
        _memory(),
    ]


def _starting() -> Iterator[tuple[str, ...]]:
    """Import in a process of its own, compiled files at hand; the median of nine."""
    script = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
    for what, module in (
        ("import, ms", "provisioner.kql"),
        ("import with all functions, ms", "provisioner.kql.functions"),
    ):
        words = [sys.executable, "-c", script.format(module)]
        environment = {"PATH": "", "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "compiled")}
        times = [
            float(subprocess.run(words, capture_output=True, check=True, cwd=ROOT, env=environment).stdout)
            for _ in range(10)
        ]
        yield what, f"{statistics.median(times[1:]) * 1000:.0f}", "", "", "", "60"


def _binding() -> Iterator[tuple[str, ...]]:
    """Every published transformation whose stream is known; peers are timed on those they accept."""
    if not CORPUS.exists():
        yield "bind: no corpus at hand", "", "", "", "", ""
        return
    records = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    transforms = [
        (record["transformKql"], {column["name"]: column["type"].lower() for column in record["streamColumns"]})
        for record in records
        if record["streamColumns"]
    ]
    streaming, duckdb = _peer("streaming_kql"), _peer("duckdb_kql")
    ours, refused = _timed(lambda text, columns: kql.bind(text, columns)[0] is not None, transforms)
    yield _times("bind, ms, median", ours, 0.5, _compiled(streaming, transforms), _translated(duckdb, transforms), "1")
    yield _times(
        "bind, ms, 95 of 100", ours, 0.95, _compiled(streaming, transforms), _translated(duckdb, transforms), "10"
    )
    yield (
        f"refused of {len(transforms)}",
        str(refused),
        *(
            str(timed[1]) if timed else ""
            for timed in (_compiled(streaming, transforms), _translated(duckdb, transforms))
        ),
        "",
        "0",
    )


Timed = tuple[list[float], int]


def _timed(bind: Callable[[str, dict[str, str]], bool], transforms: list[tuple[str, dict[str, str]]]) -> Timed:
    """Seconds for each that is accepted, and how many are not; after one round to warm up."""
    times, refused = [], 0
    for text, columns in transforms:
        bind(text, columns)
    for text, columns in transforms:
        start = time.perf_counter()
        accepted = bind(text, columns)
        times.append(time.perf_counter() - start)
        refused += not accepted
    return sorted(times), refused


def _compiled(peer: Any, transforms: list[tuple[str, dict[str, str]]]) -> Timed | None:
    return None if peer is None else _once("streaming", transforms, lambda text, columns: _attempt(peer.compile, text))


def _translated(peer: Any, transforms: list[tuple[str, dict[str, str]]]) -> Timed | None:
    if peer is None:
        return None
    return _once("duckdb", transforms, lambda text, columns: _attempt(peer.to_sql, text, {"source": list(columns)}))


_measured: dict[str, Timed] = {}


def _once(
    name: str, transforms: list[tuple[str, dict[str, str]]], bind: Callable[[str, dict[str, str]], bool]
) -> Timed:
    if name not in _measured:
        _measured[name] = _timed(bind, transforms)
    return _measured[name]


def _attempt(function: Callable[..., Any], *arguments: Any) -> bool:
    try:
        function(*arguments)
    except Exception:  # noqa: BLE001 - a peer's errors are its own
        return False
    return True


def _times(what: str, ours: list[float], share: float, streaming: Timed | None, duckdb: Timed | None, goal: str) -> Any:
    def at(times: list[float]) -> str:
        return f"{times[min(int(len(times) * share), len(times) - 1)] * 1000:.2f}"

    return what, at(ours), at(streaming[0]) if streaming else "", at(duckdb[0]) if duckdb else "", "", goal


def _evaluating() -> Iterator[tuple[str, ...]]:
    """A typical flow over records with times given as text, in rows of input a second; the best of three."""
    query, _ = kql.bind(FLOW, COLUMNS)
    assert query is not None
    records = list(_records(COUNT))
    peer = _peer("streaming_kql")
    compiled = None if peer is None else peer.compile(FLOW)
    theirs = "" if compiled is None else _rate(lambda: compiled.stream(records))
    forms = (("python", _by_hand), ("json", _by_hand_as_json))
    for form, hand in forms:
        ours = _rate(lambda form=form: kql.evaluate(query, records, form=form))
        loop = _rate(lambda hand=hand: hand(records))
        goal = "2.5 x streaming-kql, 1.0 x by hand"
        yield f"evaluate, rows/s, {form} values", ours, theirs, "", loop, goal


def _rate(rows: Callable[[], Iterable[Any]]) -> str:
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        for _ in rows():
            pass
        best = min(best, time.perf_counter() - start)
    return f"{COUNT / best:,.0f}"


def _memory() -> tuple[str, ...]:
    """The most memory held while a stream of records goes through: as much for many as for few."""
    query, _ = kql.bind(FLOW, COLUMNS)
    assert query is not None
    peaks = []
    for count in (2_000, 20_000):
        for _ in kql.evaluate(query, _records(count)):
            pass
        tracemalloc.start()
        for _ in kql.evaluate(query, _records(count)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1] / 1024)
        tracemalloc.stop()
    return (
        "memory at most, KiB, 2,000 and 20,000 rows",
        " ".join(f"{peak:,.0f}" for peak in peaks),
        "",
        "",
        "",
        "the same",
    )


def _records(count: int) -> Iterator[Row]:
    for number in range(count):
        body = {
            "user": {"name": f"u{number % 100}"},
            "status": 200 + number % 5,
            "amount": number * 0.5,
            "ok": number % 2 == 0,
            "id": f"01234567-89ab-cdef-0123-{number:012x}",
        }
        second = number // 50 % 86_400
        clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.{number % 1000:03d}Z"
        level = "debug" if number % 5 == 0 else "info"
        yield {"time": f"2026-01-01T{clock}", "level": level, "body": json.dumps(body)}


def _by_hand(records: list[Row]) -> Iterator[Row]:
    for record in records:
        if record["level"] == "debug":
            continue
        body = json.loads(record["body"])
        yield {
            "TimeGenerated": dt.datetime.fromisoformat(record["time"]),
            "User": body["user"]["name"],
            "Code": int(body["status"]),
            "Amount": float(body["amount"]),
            "Ok": bool(body["ok"]),
            "Id": uuid.UUID(body["id"]),
            "level": record["level"],
        }


def _by_hand_as_json(records: list[Row]) -> Iterator[Row]:
    for row in _by_hand(records):
        row["TimeGenerated"] = row["TimeGenerated"].isoformat()
        row["Id"] = str(row["Id"])
        yield row


def _peer(name: str) -> Any:
    """A peer where it is installed (the extra `bench`)."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
