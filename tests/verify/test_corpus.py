"""Published connectors, applied to an emulator and verified with synthetic records: a clean run is never blamed."""

from __future__ import annotations

import re

import pytest
import yaml

from provisioner import kql
from provisioner.model import Columns, column_type
from tests.support import corpus
from tests.support.verifying import Environment

EVERY = 8
"""One connector of so many is taken; all of them were at the time of writing."""
RESERVED = {"id", "Title", "Type", "TenantId", "UniqueId", "_ResourceId"}
WITHOUT_RECORD = {"rt-041", "rt-072"}
"""One splits a text whose shape cannot be guessed, the other drops everything."""


def connectors_with_a_table():
    """Connectors whose rows a custom table can hold, with their stream's and their table's columns."""
    for connector in corpus.connectors():
        types = {column["name"]: column_type(column["type"]) for column in connector["streamColumns"]}
        stream = {name: type_.stream or "string" if type_ else "string" for name, type_ in types.items()}
        query, _ = kql.bind(connector["transformKql"], Columns(stream).kql())
        if query is None or query.columns.get("TimeGenerated") != "datetime" or connector["id"] in WITHOUT_RECORD:
            continue
        names = [name for name in query.columns if re.fullmatch(r"[A-Za-z]\w{1,44}", name) and name not in RESERVED]
        types = {name: column_type(query.columns[name]) for name in names}
        if all(types.values()):
            yield connector["transformKql"], stream, {name: type_.name for name, type_ in types.items()}


def manifest(connectors):
    tables = {f"T{n}_CL": {"columns": table} for n, (_, _, table) in enumerate(connectors)}
    streams = {
        f"Custom-S{n}": {"columns": stream, "table": f"T{n}_CL", "transform": transform}
        for n, (transform, stream, _) in enumerate(connectors)
    }
    names = list(streams)
    dcrs = {f"dcr-{n}": {"streams": names[n : n + 10]} for n in range(0, len(names), 10)}
    target = {"cloud": "local", "resource_group": "rg-fleet", "location": "westeurope"}
    head = {"version": 1, "name": "fleet", "target": target, "workspace": {"name": "law-fleet"}}
    return yaml.safe_dump({**head, "tables": tables, "streams": streams, "dcrs": dcrs}, sort_keys=False)


@pytest.mark.skipif(not corpus.CORPUS.exists(), reason="the corpus of published transforms is not beside the project")
def test_published_connectors_arrive_column_by_column(tmp_path, azure_monitor):
    chosen = list(connectors_with_a_table())[::EVERY]
    assert len(chosen) > 15
    with Environment.applied(tmp_path, azure_monitor, manifest(chosen)) as env:
        result = env.verify(edge_cases=True, timing=env.patient)
    assert len(result.streams) == len(chosen)
    assert [(arrival.stream, arrival.diagnosis) for arrival in result.streams if not arrival.ok] == []
    assert all(arrival.sent == arrival.arrived > 0 for arrival in result.streams)
    assert sum(arrival.sent for arrival in result.streams) > 2 * len(chosen), "edges were sent too"
