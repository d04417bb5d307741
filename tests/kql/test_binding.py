"""Names, types and mistakes: the cases of cases/kql/binding.txt, and what a line cannot say."""

from __future__ import annotations

import pytest

from provisioner import kql
from provisioner.kql.binding.special_calls import SPECIAL_CALLS
from provisioner.kql.functions import FUNCTIONS, function_names
from provisioner.kql.operators import OPERATORS
from provisioner.kql.syntax.lexer import LITERAL_TYPES
from provisioner.kql.vocabulary import dialects
from provisioner.package_data import load_facts
from tests.support.kql_cases import read


def fixed(text, diagnostic):
    for edit in sorted(diagnostic.edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize("case", read("binding.txt"), ids=lambda case: case.text[:60])
def test_a_text_binds_as_its_case_says(case):
    query, diagnostics = kql.bind(case.text, case.columns, dialect=case.dialect)
    remarked = [diagnostic for diagnostic in diagnostics if diagnostic.code != "KQL203" or case.gives]
    reported = [(diagnostic.code, case.text[diagnostic.span.start : diagnostic.span.end]) for diagnostic in remarked]
    assert reported == [(remark.code, remark.piece) for remark in case.remarks]
    for remark, diagnostic in zip(case.remarks, remarked, strict=True):
        assert remark.hint is None or remark.hint in (diagnostic.hint or "")
        assert remark.fix is None or fixed(case.text, diagnostic) == remark.fix
    assert (list(query.columns.items()) if query else None) == case.gives


def test_an_unknown_dialect_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="one of: transform, query"):
        kql.bind("source", {}, dialect="kusto")


def test_every_code_that_is_given_is_described():
    for case in read("binding.txt"):
        for diagnostic in kql.bind(case.text, case.columns, dialect=case.dialect)[1]:
            assert diagnostic.code in kql.CODES


def test_a_refusal_by_the_dialect_names_its_source():
    for text in (
        "source | summarize count()",
        "source | join kind=inner source on d",
        "source | extend a = bag_remove_keys(d, d)",
        "source | where s has_any ('a')",
    ):
        _, diagnostics = kql.bind(text, {"d": "dynamic", "s": "string"})
        assert all(d.source and d.source.startswith(("http", "public field report")) for d in diagnostics)


def test_permissions_and_entries_know_the_same_names():
    with_facts = dialects.listed_functions() | load_facts("kql.yaml")["functions"].keys()
    assert with_facts <= function_names() == set(FUNCTIONS) | (set(SPECIAL_CALLS) - set(LITERAL_TYPES))
    named = {spec.word for spec in OPERATORS.values()}
    assert set(load_facts("kql.yaml")["operators"]) == named | {"print", "datatable", "range"}
    assert not set(load_facts("kql.yaml")["unknown_operators"]) & set(OPERATORS)


def test_column_types_are_taken_in_the_spelling_of_a_manifest_too():
    query, _ = kql.bind("source", {"a": "boolean", "b": "Guid", "c": "double", "d": "dateTime"})
    assert query.columns == {"a": "bool", "b": "guid", "c": "real", "d": "datetime"}


def test_reads_and_lineage_follow_a_value_through_every_step():
    text = """let low = 3; source | where level > low | extend d = parse_json(body), gone = spare
        | parse text with * "=" right | project TimeGenerated = now(), Name = tostring(d.name), right, level"""
    query, _ = kql.bind(text, {"level": "int", "body": "string", "spare": "int", "text": "string", "unread": "string"})
    assert query.reads == ("level", "body", "spare", "text")
    assert query.lineage == {"TimeGenerated": (), "Name": ("body",), "right": ("text",), "level": ("level",)}
    assert query.volatile == {"TimeGenerated": frozenset({"now"})}
    assert {name: text[span.start : span.end] for name, span in query.spans.items()} == {
        "TimeGenerated": "TimeGenerated",
        "Name": "Name",
        "right": "right",
        "level": "level",
    }


def test_what_is_fed_by_the_clock_or_by_azure_is_volatile_wherever_it_goes():
    text = (
        "let t = now(); source | extend a = t, b = ago(1h), c = geo_location(ip) | extend d = tostring(c.City), e = 1"
    )
    query, _ = kql.bind(text, {"ip": "string"})
    assert {name: sorted(by) for name, by in query.volatile.items()} == {
        "a": ["now"],
        "b": ["ago"],
        "c": ["geo_location"],
        "d": ["geo_location"],
    }


def test_a_transformation_longer_than_azure_takes_is_refused():
    text = "source // " + "x" * 15360
    query, (diagnostic,) = kql.bind(text, {})
    assert (query, diagnostic.code, diagnostic.span.start) == (None, "KQL006", 15360)
    assert kql.bind(text, {}, dialect="query")[0] is not None


def test_a_query_over_several_tables_sees_each():
    tables = {"A": {"x": "long"}, "B": {"x": "long", "y": "string"}}
    query, _ = kql.bind("union A, (B | where x > 1) | extend z = y", tables=tables, dialect="query")
    assert (query.columns, query.tables) == ({"x": "long", "y": "string", "z": "string"}, ("A", "B"))
    rows = {"A": iter([{"x": 1}]), "B": [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}]}
    assert list(kql.evaluate(query, rows)) == [{"x": 1, "y": "", "z": ""}, {"x": 2, "y": "b", "z": "b"}]
