"""Verify without sending: the live environment is only read."""

from __future__ import annotations

import pytest

from provisioner.verify import report
from tests.support.verifying import MANIFEST

READ = MANIFEST + "verify: {send: false}\ngrants: {me: {principal: self}}\n"


def test_where_nothing_may_be_sent_nothing_is_sent(applied):
    env = applied(READ)
    before = env.monitor.requests()["ingestion"]
    result = env.verify()
    assert result.ok, result.streams
    assert not result.sent
    assert env.monitor.requests()["ingestion"] == before
    assert any("no row in the last 30 days" in note for note in result.streams[0].notes)
    assert "could be checked without sending" in report.format_text(result)


def test_reading_tells_the_newest_row(applied):
    env = applied(READ)
    assert env.verify(send=True).ok
    result = env.verify()
    assert any(note.startswith("newest row 20") and "1 row " in note for note in result.streams[0].notes)


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda env: env.delete("dcr", "dcr-shop"), "rule-missing"),
        (lambda env: env.delete("table", "Orders_CL"), "table-missing"),
        (lambda env: env.delete("grant", "me/dcr-shop"), "grant-missing"),
        (lambda env: env.monitor.fault("over_quota"), "daily-cap"),
        (lambda env: env.change("dcr", "dcr-shop", lambda body: body["properties"]["dataFlows"][0].update(
            transformKql="source | project TimeGenerated = placed, OrderId = id, Amount = 1.0, Express = express"
        )), "transform-other"),
        (lambda env: env.change("table", "Orders_CL", lambda body: body["properties"]["schema"].update(
            columns=[column for column in body["properties"]["schema"]["columns"] if column["name"] != "Amount"]
        )), "column-not-in-table"),
    ],
)  # fmt: skip
def test_reading_names_what_is_wrong(applied, harm, code):
    env = applied(READ)
    harm(env)
    result = env.verify()
    assert [arrival.diagnosis.code for arrival in result.streams if arrival.diagnosis] == [code]
