"""What the transform drops is foreseen, condition by condition, as the query engine itself drops it."""

from __future__ import annotations

import datetime as dt
import json

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import kql
from provisioner.cli.main import provisioner
from provisioner.kql.evaluation.filter_counts import CountingQuery
from provisioner.send.chunks import ChunkBuilder, call_limit
from provisioner.send.send_result import DeadRecord
from tests.send.conftest import MANIFEST, now

COLUMNS = {"a": "int", "b": "string"}


def bound(text):
    query, diagnostics = kql.bind(text, COLUMNS)
    assert query is not None, diagnostics
    return query


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({"a": st.none() | st.integers(-3, 3), "b": st.sampled_from(["", "x", "y"])})))
def test_every_record_comes_through_or_is_counted_at_one_condition(records):
    query = bound('source | where a > 0 | extend c = strcat(b, "!") | where b != "" and c != "y!" | project a')
    counting = CountingQuery(query)
    rows = list(counting.run(records))
    assert rows == list(kql.evaluate(query, records, form="json"))
    assert len(rows) + sum(counting.drops) == len(records)
    assert counting.conditions == ("a > 0", 'b != "" and c != "y!"')
    assert counting.drops[0] == sum(not (record["a"] or 0) > 0 for record in records)


def test_a_query_without_conditions_drops_nothing():
    counting = CountingQuery(bound("source | extend c = a + 1"))
    assert (counting.conditions, counting.is_row_by_row) == ((), True)


def test_a_dry_run_shows_rows_as_stored_and_what_is_dropped_by_which_condition(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "provisioner.yaml").write_text(MANIFEST)
    records = [
        {"TimeGenerated": now(), "Id": "a", "Amount": 20, "Level": "debug"},
        {"TimeGenerated": "2020-01-01T00:00:00Z", "Id": "b", "Amount": 20, "Level": "info"},
        {"TimeGenerated": now(), "Id": "", "Amount": 20, "Level": "info"},
        {"TimeGenerated": now(), "Id": "d", "Amount": 5, "Level": "info"},
        7,
    ]
    lines = "".join(f"{json.dumps(record)}\n" for record in records)
    done = CliRunner().invoke(provisioner, ["send", "Custom-Orders", "-", "--dry-run", "--format", "json"], input=lines)
    result = json.loads(done.stdout)
    assert result["rows"] == [
        {"table": "Large_CL", "row": {"TimeGenerated": "(the time of receipt)", "Id": "b", "Amount": 20.0}}
    ]
    assert result["dropped"] == [
        {"reason": 'where Level != "debug"', "count": 1},
        {"reason": 'where Amount > 10 and Id != ""', "count": 2},
    ]
    assert [dead["record"] for dead in result["dead"]] == [5]
    assert (result["read"], result["sent"], result["ok"]) == (5, 0, False)


SIZES = st.lists(st.integers(2, 300), max_size=60)


@settings(deadline=None)
@given(SIZES, st.integers(0, 10))
def test_chunks_hold_every_record_once_and_fit_a_call(sizes, dead_every):
    limit = 400
    builder, chunks = ChunkBuilder(0, "f", 1, limit, None), []
    for number, size in enumerate(sizes, 1):
        if dead_every and number % dead_every == 0:
            chunks.append(builder.add_dead(DeadRecord("f", number, "dead")))
        else:
            chunks.append(builder.add(number, "x" * size, size))
    chunks = [chunk for chunk in [*chunks, builder.take()] if chunk is not None]
    numbers = [number for chunk in chunks for number in [*chunk.numbers, *(dead.record for dead in chunk.dead)]]
    assert sorted(numbers) == list(range(1, len(sizes) + 1))
    assert [chunk.first for chunk in chunks[1:]] == [chunk.last + 1 for chunk in chunks[:-1]]
    for chunk in chunks:
        body = f"[{','.join(chunk.texts)}]"
        assert len(body) <= limit or len(chunk.texts) == 1
        assert not chunk.texts or len(body) <= chunk.size


@settings(deadline=None)
@given(st.lists(st.integers(0, 120), max_size=30))
def test_times_of_one_call_lie_close_together_where_the_table_wants_it(minutes):
    start, span = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.timedelta(minutes=30)
    builder, chunks = ChunkBuilder(0, "f", 1, call_limit(), span), []
    times = [(start + dt.timedelta(minutes=minute)).isoformat() for minute in minutes]
    for number, time in enumerate(times, 1):
        chunks.append(builder.add(number, time, 30, time))
    for chunk in [*chunks, builder.take()]:
        if chunk is not None:
            parsed = [dt.datetime.fromisoformat(text) for text in chunk.texts]
            assert max(parsed) - min(parsed) <= span
