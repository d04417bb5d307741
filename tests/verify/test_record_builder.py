"""Records made from nothing but a transform reach what it reads: members, casts, JSON in texts, conditions."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import kql
from provisioner.model import Columns, column_type
from provisioner.verify.sample_records import choose_records, explain_refusal
from tests.support import corpus
from tests.support.bound_streams import bound_stream
from tests.support.paths import ROOT

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
COLUMNS = {
    "TimeGenerated": "datetime",
    "RawData": "string",
    "body": "dynamic",
    "kind": "string",
    "n": "int",
    "msg": "string",
}
LEAST_SHARE = 0.98


def rows_of(transform, columns=COLUMNS):
    """The rows that the made records of a transform become; None where it does not bind."""
    stream, flows = bound_stream(transform, columns)
    if not flows:
        return None
    chosen = choose_records(stream, flows, NOW)
    assert all(json.dumps(record) for record in chosen.records)
    rows = [flow.stored_row(record, NOW) for flow in flows for record in chosen.records]
    return [row for row in rows if row is not None]


CASES = ROOT / "tests" / "cases" / "verify" / "made_records.txt"
TRANSFORMS = [line for line in CASES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_row_gets_through_with_every_column_filled(transform):
    rows = rows_of(transform)
    assert rows
    assert not [name for name, value in rows[0].items() if value in (None, "")]


NAMES = st.sampled_from(["a", "user", "event-type", "ts", "x_1", "Level"])
TEXTS = st.text("abcXYZ09-./ ", min_size=1, max_size=8).map(str.strip).filter(bool)


@settings(deadline=None, max_examples=60)
@given(st.lists(NAMES, min_size=1, max_size=4), TEXTS, st.booleans(), st.booleans(), st.data())
def test_a_member_at_any_depth_gets_the_value_that_is_compared(steps, text, in_text, renamed, data):
    operator = data.draw(st.sampled_from(["==", "=~", "has", "contains", "startswith", "endswith"]))
    member = "".join(f"['{step}']" for step in steps)
    root = "parse_json(RawData)" if in_text else "body"
    head = f"extend r = {root} | extend s = r | " if renamed else f"extend s = {root} | "
    transform = (
        f"source | {head}where tostring(s{member}) {operator} '{text}' | project TimeGenerated, V = tostring(s{member})"
    )
    # `has` looks for whole words: a text of signs alone is none.
    if operator == "has" and not text.isalnum():
        return
    assert rows_of(transform), transform


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["toint", "tolong", "toreal", "todatetime", "tobool", "toguid"]),
    st.lists(NAMES, max_size=3),
    st.booleans(),
)
def test_a_cast_gets_what_it_accepts(cast, steps, in_text):
    member = "".join(f"['{step}']" for step in steps)
    root = "parse_json(RawData)" if in_text else "body"
    value = f"{cast}(tostring(s{member}))" if steps else f"{cast}(msg)"
    transform = f"source | extend s = {root} | extend v = {value} | where isnotnull(v) | project TimeGenerated, v"
    assert rows_of(transform), transform


def published_transforms():
    for connector in corpus.connectors():
        types = {column["name"]: column_type(column["type"]) for column in connector["streamColumns"]}
        columns = {
            name: (type_.stream and type_.name) or "string" if type_ else "string" for name, type_ in types.items()
        }
        query, _ = kql.bind(connector["transformKql"], Columns(columns).kql())
        if query is not None:
            yield connector["id"], connector["transformKql"], columns


@pytest.mark.skipif(not corpus.CORPUS.exists(), reason="the corpus of published transforms is not beside the project")
def test_published_transforms_get_a_row_through():
    published = list(published_transforms())
    missed = {name: transform for name, transform, columns in published if not rows_of(transform, columns)}
    assert len(published) > 150
    assert len(missed) <= (1 - LEAST_SHARE) * len(published), missed
    for transform in missed.values():
        stream, (flow,) = bound_stream(transform, COLUMNS)
        assert explain_refusal(stream, flow, NOW), "what drops it is said"


@pytest.mark.parametrize(
    ("transform", "condition", "reads"),
    [
        ("source | where 1 == 0", "1 == 0", ()),
        (
            "source | where body.a.b == 'x' and body.a.b == 'y' | project TimeGenerated",
            "body.a.b == 'x' and body.a.b == 'y'",
            ("body.a.b",),
        ),
        (
            "source | extend d = parse_json(RawData) | where hash_sha256(tostring(d.id)) == 'x'",
            "hash_sha256(tostring(d.id)) == 'x'",
            ("RawData.id",),
        ),
    ],
)
def test_what_no_record_passes_is_told_with_the_member_that_it_reads(transform, condition, reads):
    stream, (flow,) = bound_stream(transform, COLUMNS)
    assert choose_records(stream, [flow], NOW).records == ()
    assert explain_refusal(stream, flow, NOW) == (condition, reads)
