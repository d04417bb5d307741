"""Records on their way to the service: all arrive or are named, whatever the service answers."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.errors import ProvisionerError, SendStopped
from provisioner.project import Project
from provisioner.resources import resource_type
from provisioner.send import SendOptions, record_sources
from provisioner.send.chunks import call_limit
from provisioner.send.record_sources import MappingSource
from tests.send.conftest import MANIFEST, now, orders

INGESTION = "POST */streams/*"


def ids(rows):
    return sorted(row["Id"] for row in rows)


def ids_of(records):
    return sorted(record["Id"] for record in records)


def test_every_record_of_a_program_arrives(shop):
    records = orders(3000, Id2=None)
    results = shop.send("Custom-Plain", records, parallelism=3)
    assert sum(result.sent for result in results) == 3000
    assert ids(shop.rows()) == ids_of(records)


def test_python_values_arrive_as_text_and_those_that_json_lacks_are_named(shop):
    records = [
        {"TimeGenerated": dt.datetime.now(dt.UTC), "Id": uuid.UUID(int=7)},
        {"Id": "x", "Amount": float("nan")},
        {"Id": decimal.Decimal(1)},
        "text",
    ]
    (result,) = shop.send("Custom-Plain", records)
    assert (result.sent, [dead.record for dead in result.dead]) == (1, [2, 3, 4])
    assert ids(shop.rows()) == [str(uuid.UUID(int=7))]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**66), 2**66) | st.floats() | st.text(max_size=3) | st.datetimes()
    | st.datetimes(timezones=st.just(dt.UTC)) | st.uuids() | st.decimals(allow_nan=False) | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=2), VALUES, max_size=3) | st.text(max_size=2), min_size=1, max_size=3))
def test_records_of_a_program_are_the_same_at_once_and_one_by_one(records):
    batch = record_sources._batch_of(records, 1)
    alone = list(record_sources._one_by_one(records, 1))
    if batch is not None:
        assert [record.problem for record in alone] == [None] * len(records)
        assert [json.loads(text) for text in batch.texts] == [json.loads(record.text) for record in alone]


def test_common_records_of_a_program_are_taken_at_once():
    records = [{"a": None, "t": dt.datetime.now(dt.UTC), "i": uuid.uuid4(), "d": {"x": [1.5]}}, {"a": "null"}]
    assert record_sources._batch_of(records, 1).last == 2


def test_a_record_at_the_limit_is_sent_and_one_beyond_it_is_not(shop):
    empty = {"TimeGenerated": now(), "Id": "a", "Extra": ""}
    size = len(json.dumps(empty, separators=(",", ":")))
    largest = call_limit() - 2 - size
    records = [{**empty, "Extra": "x" * (largest + more), "Id": name} for name, more in (("a", 0), ("b", 1))]
    job = shop.project.send_job("Custom-Plain", [MappingSource([*records, *orders(1)])])
    results = list(job.send(shop.azure, lambda: shop.project.send_live(shop.azure), None))
    assert sum(result.sent for result in results) == 2
    # Of what is not sent nothing is said to be lost on the way: of two records with a long text one is.
    assert {entry["count"] for entry in job.result.warnings.json()} == {1}
    assert [(dead.record, "a call takes 1,048,576" in dead.reason) for r in results for dead in r.dead] == [(2, True)]
    assert ids(shop.rows()) == ["A0", "a"]


def test_a_replaced_rule_is_followed(shop):
    project, azure = shop.project, shop.azure
    records = iter(orders(12_000))
    results = project.send(azure, "Custom-Plain", records, SendOptions(parallelism=1))
    sent = next(results).sent
    rule = project.desired(azure.identity)["dcr", "dcr-shop"]
    azure.management.delete(resource_type("dcr"), rule.id)
    project.apply(project.plan(azure), azure)
    sent += sum(result.sent for result in results)
    assert sent == 12_000
    assert len(shop.rows()) == 12_000


def test_the_live_rule_says_what_is_checked_and_dropped(shop):
    other = shop.folder / "other"
    other.mkdir()
    (other / "provisioner.yaml").write_text(
        MANIFEST.replace('| where Level != "debug"', '| where Level == "debug"').replace(
            "Level: string", "Level: string, New: int"
        )
    )
    changed = Project.load(other)
    changed.apply(changed.plan(shop.azure), shop.azure)
    levels = ["debug", "debug", "info", "info", "info"]
    records = [{"TimeGenerated": now(), "Id": "a", "Amount": 20, "Level": level, "New": 1} for level in levels]
    job = shop.project.send_job("Custom-Orders", [MappingSource(records)])
    counter = shop.project.arrival_counter(job, shop.azure)
    list(job.send(shop.azure, lambda: shop.project.send_live(shop.azure), None))
    assert job.result.dropped.json() == [{"reason": 'where Level == "debug"', "count": 3}]
    assert job.result.warnings.json() == []
    assert "otherwise than the manifest says" in job.result.notes[0]
    (table,) = counter.wait_for(job.result.tables, 10)
    assert (table.expected, table.arrived) == (2, 2)


def test_a_rule_that_is_as_the_manifest_says_is_nothing_to_tell(shop):
    for stream in ("Custom-Orders", "Custom-Plain"):
        job = shop.project.send_job(stream, [MappingSource(orders(1))])
        list(job.send(shop.azure, lambda: shop.project.send_live(shop.azure), None))
        assert job.result.notes == []


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "throttle", "retry_after": 0.2, "times": 2},
        {"fault": "throttle", "times": 2},
        {"fault": "error", "status": 500, "times": 2},
        {"fault": "error", "status": 503, "retry_after": 0.1, "times": 3},
        {"fault": "reset", "when": "before", "times": 2},
        {"fault": "error", "status": 401, "code": "InvalidToken", "times": 1},
    ],
    ids=str,
)
def test_a_passing_trouble_costs_no_record_and_no_duplicate(shop, fault):
    shop.monitor.inject_fault(fault.pop("fault"), match=INGESTION, **fault)
    results = shop.send("Custom-Plain", orders(50))
    assert sum(result.sent for result in results) == 50
    assert len(shop.rows()) == 50


def test_an_answer_that_is_lost_is_told_as_possible_duplicates(shop):
    shop.monitor.inject_fault("reset", match=INGESTION, when="after", times=1)
    (result,) = shop.send("Custom-Plain", orders(50))
    assert (result.sent, result.repeated) == (50, 50)
    assert len(shop.rows()) == 100


@pytest.mark.parametrize("status", [400, 413])
def test_a_refused_body_is_halved_until_the_record_is_alone(shop, status):
    # The first calls are refused whole, whatever they hold: the last of them holds one record.
    shop.monitor.inject_fault("error", match=INGESTION, status=status, code="Refused", times=6)
    (result,) = shop.send("Custom-Plain", orders(32))
    assert (result.sent, len(result.dead)) == (31, 1)
    assert "Refused" in result.dead[0].reason
    assert len(shop.rows()) == 31


def test_a_service_that_refuses_every_record_is_not_asked_for_each(shop):
    shop.monitor.inject_fault("error", match=INGESTION, status=400, code="Refused")
    before = shop.monitor.requests()
    with pytest.raises(SendStopped, match="in trouble"):
        shop.send("Custom-Plain", orders(3000), parallelism=1)
    after = shop.monitor.requests()
    # Halves of a thousand, and halves again: twenty records alone take some fifty calls.
    assert after["ingestion"] - before["ingestion"] < 60


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"fault": "deny"}, "does not have access"),
        ({"fault": "error", "status": 503}, "in trouble"),
        ({"fault": "throttle", "retry_after": 3600}, "throttled"),
    ],
    ids=str,
)
def test_a_lasting_trouble_stops_the_run_with_its_reason(shop, fault, text):
    fault = dict(fault)
    name = fault.pop("fault")
    shop.monitor.inject_fault(name, **({} if name == "deny" else {"match": INGESTION}), **fault)
    with pytest.raises(SendStopped, match=text) as stopped:
        shop.send("Custom-Plain", orders(50), patience=0.2, grant_self=False)
    assert stopped.value.unsent == 50
    assert stopped.value.hint


def test_an_unknown_stream_and_a_rule_without_it_are_named(shop):
    with pytest.raises(ProvisionerError, match="no stream 'Custom-Plan'") as error:
        shop.send("Custom-Plan", [])
    assert "Custom-Plain" in error.value.hint
    with pytest.raises(ProvisionerError, match="dcr-other"):
        shop.send("Custom-Plain", [], dcr="dcr-other")


def test_nothing_is_sent_for_no_records(shop):
    before = shop.monitor.requests()
    assert shop.send("Custom-Plain", []) == []
    assert shop.monitor.requests().get("ingestion") == before.get("ingestion")


def test_a_caller_may_stop_listening(shop):
    results = shop.project.send(shop.azure, "Custom-Plain", orders(30_000), SendOptions(parallelism=1))
    assert next(results).sent
    results.close()
    assert len(shop.rows()) < 30_000
