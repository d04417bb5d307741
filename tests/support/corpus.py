"""Published connectors written as manifests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.support.paths import SHARED

CORPUS = SHARED / "corpus" / "transforms.jsonl"
_UNKNOWN = "Unknown_CL"


def connectors() -> Iterator[dict[str, Any]]:
    """Those whose stream columns are known."""
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["streamColumns"]:
            yield record


def manifest(record: dict[str, Any]) -> dict[str, Any]:
    """The connector in the manifest's words: stream, transform, and table as far as it is published."""
    table = _table(record["outputStream"])
    tables: dict[str, Any] = {}
    if table.endswith("_CL"):
        columns = record["tableColumns"]
        tables[table] = {"columns": _columns(columns)} if columns else {"existing": True}
    stream = {"columns": _columns(record["streamColumns"]), "table": table, "transform": record["transformKql"]}
    return {
        "version": 1,
        "name": "connector",
        "target": {
            "subscription": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
            "resource_group": "rg-connector",
            "location": "westeurope",
        },
        "workspace": {"name": "law-connector"},
        "tables": tables,
        "streams": {"Custom-Connector": stream},
    }


def _table(output: str | None) -> str:
    """The table of an output stream; some templates leave it to a variable, or have none."""
    if not output or output.startswith("["):
        return _UNKNOWN
    return output.removeprefix("Custom-").removeprefix("Microsoft-").removeprefix("Table-")


def _columns(columns: list[dict[str, str]]) -> dict[str, str]:
    return {column["name"]: column["type"] for column in columns}
