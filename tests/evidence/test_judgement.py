"""Evidence becomes a severity and the emulator's answer in one place; these are the rows of its table, and its laws."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner import kql
from provisioner.fact_evidence import EVIDENCE_POLICIES, Evidence, describe_evidence, judge
from provisioner.kql.functions import function_names
from provisioner.kql.vocabulary import dialects
from provisioner.model.reserved_columns import reserved_columns

LISTED = Evidence("documented", "2026-05-15", "page")
FORBIDDEN = Evidence("documented", "2026-05-15", "page", forbids=True)
PUBLISHED = Evidence("published", "", "rules")


def accepted(date):
    return Evidence("accepted", date, "tenant")


def refused(date):
    return Evidence("refused", date, "tenant")


@pytest.mark.parametrize(
    ("entries", "verdict", "severity", "is_accepted"),
    [
        ([LISTED], "accepted", None, True),
        ([accepted("2026-06-04")], "accepted", None, True),
        ([LISTED, refused("2025-01-01")], "accepted", None, True),
        ([accepted("2026-09-10"), refused("2026-01-20"), PUBLISHED], "accepted", None, True),
        ([refused("2026-06-04"), refused("2026-01-20")], "refused", "error", False),
        ([refused("2026-06-04"), PUBLISHED], "refused", "error", False),
        ([refused("2026-06-04"), accepted("2025-01-01")], "refused", "error", False),
        ([refused("2026-06-04"), accepted("2026-06-04")], "disputed", "warning", True),
        ([LISTED, refused("2026-06-04")], "disputed", "warning", True),
        ([LISTED, refused("")], "disputed", "warning", True),
        ([FORBIDDEN, accepted("2023-08-25")], "disputed", "warning", True),
        ([FORBIDDEN, accepted("2026-06-04")], "disputed", "warning", True),
        ([FORBIDDEN, PUBLISHED], "disputed", "warning", True),
        ([FORBIDDEN, refused("2023-08-25")], "refused", "error", False),
        ([FORBIDDEN], "refused", "error", False),
        ([PUBLISHED], "published", "info", True),
        ([], "unknown", "error", False),
    ],
)
def test_each_row_of_the_table(entries, verdict, severity, is_accepted):
    for order in (entries, entries[::-1]):
        assert judge(order) == (verdict, severity, is_accepted)


DATES = st.dates(dt.date(2022, 1, 1), dt.date(2026, 12, 31)).map(dt.date.isoformat) | st.just("")
ENTRIES = st.lists(
    st.builds(
        Evidence,
        st.sampled_from(["documented", "accepted", "refused", "published"]),
        DATES,
        st.just("somebody"),
        st.just(""),
        st.just(False),
    )
    | st.builds(Evidence, st.just("documented"), DATES, st.just("page"), st.just(""), st.just(True)),
    max_size=6,
)
RANK = {None: 0, "info": 1, "warning": 2, "error": 3}


@given(ENTRIES)
def test_a_stricter_policy_is_never_milder(entries):
    newest, undisputed, documented = (RANK[judge(entries, policy).severity] for policy in EVIDENCE_POLICIES)
    assert newest <= undisputed
    is_listed = any(entry.kind == "documented" and not entry.forbids for entry in entries)
    assert documented == 3 or is_listed


@given(ENTRIES)
def test_the_emulator_refuses_exactly_what_is_an_error(entries):
    for policy in EVIDENCE_POLICIES:
        judgement = judge(entries, policy)
        assert judgement.accepted == (judgement.severity != "error")


@given(ENTRIES, DATES)
def test_a_new_acceptance_never_makes_it_worse_and_a_new_refusal_never_better(entries, date):
    latest = max([date, *(entry.date for entry in entries)], default=date)
    before = RANK[judge(entries).severity]
    assert RANK[judge([*entries, accepted(latest)]).severity] <= before
    assert RANK[judge([*entries, refused(latest)]).severity] >= before


@pytest.mark.parametrize("policy", EVIDENCE_POLICIES)
@pytest.mark.parametrize("name", sorted(function_names()))
def test_a_call_is_reported_as_the_evidence_about_its_function_says(name, policy):
    severity = dialects.function_permission(name, "transform", policy).judgement.severity
    _, diagnostics = kql.bind(f"source | extend v = {name}()", {"s": "string"}, policy=policy)
    codes = {"error": ["KQL202"], "warning": ["KQL203"], "info": ["KQL203"], None: []}[severity]
    reported = [d for d in diagnostics if d.code in ("KQL202", "KQL203")]
    assert [d.code for d in reported] == codes
    assert [d.severity for d in reported] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("coalesce", "refused"),
        ("column_ifexists", "refused"),
        ("iff", "accepted"),
        ("todynamic", "accepted"),
        ("monthofyear", "accepted"),
        ("replace", "accepted"),
        ("replace_string", "disputed"),
        ("bag_pack", "published"),
        ("acos", "unknown"),
    ],
)
def test_what_is_known_of_some_functions(name, verdict):
    assert dialects.function_permission(name, "transform").judgement.verdict == verdict
    assert dialects.function_permission(name, "query").judgement.verdict == "accepted"


def test_a_refusal_is_told_with_its_date_its_report_and_the_words_of_the_service():
    _, (diagnostic,) = kql.bind("source | extend v = coalesce(s, 'x')", {"s": "string"})
    assert "2026-06-04" in diagnostic.message
    assert "Azure-Sentinel PR 14286" in diagnostic.message
    assert "Runtime scalar function provider not found for function: coalesce" in diagnostic.message


def test_only_what_a_page_lists_is_taken_where_documents_alone_count():
    text = "source | extend v = iff(true, 1, 2), w = todynamic(s), x = bag_pack('a', 1), y = iif(true, 1, 2)"
    assert not [d for d in kql.bind(text, {"s": "string"})[1] if d.severity != "info"]
    _, diagnostics = kql.bind(text, {"s": "string"}, policy="documented")
    assert [text[d.span.start : d.span.end] for d in diagnostics] == ["iff", "todynamic", "bag_pack"]
    assert all(d.severity == "error" and d.fix for d in diagnostics)


def test_of_the_reserved_names_one_is_refused_and_the_others_are_disputed():
    verdicts = {name: judge(entries).verdict for name, entries in reserved_columns().items()}
    assert [name for name, verdict in verdicts.items() if verdict == "refused" and name[0] != "_"] == ["TenantId"]
    assert {verdicts[name] for name in ("id", "Title", "Type", "_ResourceId", "MG")} == {"disputed"}


def test_an_entry_in_words_has_no_address():
    assert describe_evidence(FORBIDDEN._replace(words="use replace")) == (
        "forbidden by a page of 2026-05-15 (page: use replace)"
    )
    assert describe_evidence(LISTED._replace(source="https://example.com/list")) == "documented on 2026-05-15"
    assert describe_evidence(refused("")) == "refused (tenant)"


ALL_EVIDENCE = [
    *(
        (word, entry)
        for words in dialects.language_evidence().values()
        for word, entries in words.items()
        for entry in entries
    ),
    *((name, entry) for name, entries in reserved_columns().items() for entry in entries),
]


@pytest.mark.parametrize(("word", "entry"), ALL_EVIDENCE, ids=lambda value: str(value)[:40])
def test_every_entry_says_who_when_it_is_known_and_what(word, entry):
    assert entry.kind in ("documented", "accepted", "refused", "published")
    assert entry.source
    assert not entry.date or dt.date.fromisoformat(entry.date) <= dt.date(2026, 12, 31)
    assert entry.words or entry.kind in ("refused", "accepted"), word
