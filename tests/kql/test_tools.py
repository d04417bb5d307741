"""What stands around a query: fitting a table, tracing a record, layout, columns from samples."""

from __future__ import annotations

import pytest

from provisioner import kql
from provisioner.kql.operators import OPERATOR_PARSERS
from provisioner.kql.syntax.query_parser import parse_query

STREAM = {"placed": "datetime", "order": "dynamic", "level": "int"}
TABLE = {"TimeGenerated": "datetime", "OrderId": "string", "Amount": "real", "Paid": "boolean", "Key": "guid"}


def fit(text, table=TABLE, stream=STREAM):
    query, diagnostics = kql.bind(text, stream)
    assert query is not None, diagnostics
    return query, kql.fit(query, table)


def repaired(text, diagnostic):
    (edit,) = diagnostic.edits
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


def test_a_query_that_writes_every_column_in_its_type_fits():
    _, diagnostics = fit(
        "source | project TimeGenerated = placed, OrderId = tostring(order.id), Amount = toreal(order.amount),"
        " Paid = tobool(order.paid), Key = toguid(order.key)"
    )
    assert diagnostics == []


def test_what_azure_drops_leaves_null_or_refuses_is_reported():
    text = "source | project TimeGenerated = placed, orderid = 'x', Amount = level, Paid = true"
    _, diagnostics = fit(text)
    assert [(d.code, d.severity, text[d.span.start : d.span.end]) for d in diagnostics] == [
        ("FIT001", "warning", "orderid"),
        ("FIT003", "error", "Amount"),
        ("FIT002", "warning", "e"),
        ("FIT002", "warning", "e"),
    ]
    assert "OrderId" in diagnostics[0].hint
    assert all(d.source for d in diagnostics)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("source | project TimeGenerated = placed, OrderId = order.id", "FIT003"),
        ("source | project TimeGenerated = placed, Amount = level + 1", "FIT003"),
        ("source | project TimeGenerated = order.at", "FIT005"),
        ("source | extend TimeGenerated = tostring(placed) | project-away placed, order, level", "FIT005"),
    ],
)
def test_the_cast_that_is_offered_repairs_the_type(text, code):
    _, diagnostics = fit(text)
    (wrong,) = [d for d in diagnostics if d.code == code]
    _, again = fit(repaired(text, wrong))
    assert [d for d in again if d.severity == "error"] == []


def test_an_output_without_time_generated_is_an_error():
    _, diagnostics = fit("source | project OrderId = 'x'")
    assert ("FIT004", "error") in [(d.code, d.severity) for d in diagnostics]


def test_the_spelling_of_a_manifest_is_the_type_of_the_language():
    _, diagnostics = fit(
        "source | project TimeGenerated = placed, Paid = true", {"TimeGenerated": "dateTime", "Paid": "bool"}
    )
    assert diagnostics == []


def test_a_trace_names_the_condition_that_dropped_the_record():
    text = "source | where level > 1 | where isnotempty(order.id) | project TimeGenerated = placed"
    query, _ = kql.bind(text, STREAM)
    dropped = kql.trace(query, {"level": 2, "order": {}})
    assert (dropped.dropped.text, dropped.rows) == ("isnotempty(order.id)", ())
    assert [event.kind for event in dropped.events if event.kind in ("kept", "dropped")] == ["kept", "dropped"]
    kept = kql.trace(query, {"level": 2, "order": {"id": 1}, "placed": "2026-01-01"})
    assert kept.dropped is None
    assert len(kept.rows) == 1


def test_a_trace_has_branches_nulls_and_notes():
    text = "source | extend a = iif(level > 1, 'many', 'one'), b = toint(order.n), c = order.x | project a, b, c"
    query, _ = kql.bind(text, STREAM)
    trace = kql.trace(query, {"level": 1, "order": {"n": "none"}, "placed": 5})
    assert [(event.text, event.value) for event in trace.events if event.kind == "branch"] == [
        ("iif(level > 1, 'many', 'one')", 1)
    ]
    assert {event.text for event in trace.nulls} == {"toint(order.n)", "order.x"}
    assert trace.rows == ({"a": "one", "b": None, "c": None},)
    assert kql.trace(query, {"level": "1"}).notes


def test_a_trace_gives_the_rows_that_evaluation_gives():
    text = (
        "source | where level in (1, 2) or order has 'x' | parse tostring(order) with * ':' rest | project rest, level"
    )
    query, _ = kql.bind(text, STREAM)
    for row in ({"level": 1, "order": {"a": 1}}, {"level": 5, "order": {"x": 1}}, {}):
        assert list(kql.trace(query, row).rows) == list(kql.evaluate(query, [row]))


def test_layout_is_standard_and_changes_nothing_else():
    text = (
        "let a=1;let f=(x:long){x+ -1};source|where x>1 and (x -1)>- 2 and d.a[ 0 ]==1|project-away  t , s*\n"
        "// why\n|extend y=datetime( 2020-01-01 ),z=strcat('a' 'b',\"c\")  | project-rename  b=z"
    )
    laid = kql.format(text)
    assert laid.splitlines() == [
        "let a = 1;",
        "let f = (x: long) { x + -1 };",
        "source",
        "| where x > 1 and (x - 1) > -2 and d.a[0] == 1",
        "| project-away t, s*",
        "// why",
        "| extend y = datetime(2020-01-01), z = strcat('a' 'b', \"c\")",
        "| project-rename b = z",
    ]
    assert kql.same(text, laid)
    assert kql.format(laid) == laid
    assert parse_query(laid, OPERATOR_PARSERS)[0] == parse_query(text, OPERATOR_PARSERS)[0]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("source|where x==1", "source\n| where x == 1 // one", True),
        ("source | where x == 1;", "source | where x == 1", True),
        ("source | where x == 1", "source | where x == 2", False),
        ("source | where s == 'a b'", "source | where s == 'a  b'", False),
        ("source | extend y = datetime( 2020-01-01 )", "source | extend y = datetime(2020-01-01)", True),
        ("source | extend y = a - b", "source | extend y = a-b", True),
        ("source | extend y = a -- b", "source | extend y = a - b", False),
    ],
)
def test_sameness_is_blind_to_layout_alone(one, other, equal):
    assert kql.same(one, other) is equal


def test_text_that_cannot_be_read_keeps_its_layout():
    assert kql.format("source |  where 'x") == "source |  where 'x"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], "int"), ([1, 2**40], "long"), ([1, 2.5], "real"), ([2**70], "real"), ([True], "bool"),
        (["2026-01-01T00:00:00Z", "2026-01-02"], "datetime"), (["2026-01-01T00:00:00Z", "soon"], "string"),
        (["01234567-89ab-cdef-0123-456789abcdef"], "guid"), (["01234567-89ab-cdef-0123-456789abcdef", "x"], "string"),
        ([{"a": 1}, None], "dynamic"), ([[1]], "dynamic"), ([1, "x"], "dynamic"), ([True, 1], "dynamic"),
        ([None], "string"), ([None, 3], "int"), (["12345678"], "string"), ([""], "string"),
    ],
)  # fmt: skip
def test_the_type_of_a_column_is_what_all_samples_agree_on(values, kind):
    assert kql.infer([{"v": value} for value in values]) == {"v": kind}


def test_columns_are_inferred_in_the_order_in_which_they_occur():
    assert list(kql.infer([{"b": 1}, {"a": 2, "b": 3}, "no record"])) == ["b", "a"]
