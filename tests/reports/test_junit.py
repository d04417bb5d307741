"""JUnit XML: whatever texts hold, the document is well-formed and says them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from provisioner.diagnostics import Diagnostic
from provisioner.reports.junit import JUnitSuite, JUnitTestCase, junit_document
from provisioner.reports.sarif import sarif_document
from provisioner.text import escape_invisible

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
OUTCOMES = st.fixed_dictionaries(
    {"suite": TEXTS, "name": TEXTS},
    optional={
        "failure": st.tuples(TEXTS, TEXTS),
        "output": TEXTS,
        "skipped": TEXTS,
        "kind": TEXTS,
        "group": TEXTS,
        "file": TEXTS,
        "line": st.integers(1, 9),
    },
)
CASES = st.builds(lambda fields: JUnitTestCase(**fields), OUTCOMES)


def shown(text):
    """A text as people see it; XML 1.0 could not even hold some of the characters."""
    return escape_invisible(text.replace("\r\n", "\n"))


@given(TEXTS, st.lists(CASES, max_size=5))
def test_every_document_is_well_formed_and_counts_its_cases(name, cases):
    root = ET.fromstring(junit_document(JUnitSuite(name, tuple(cases))).encode())
    assert (root.get("name"), root.get("tests")) == (shown(name), str(len(cases)))
    assert root.get("failures") == str(sum(case.failure is not None for case in cases))
    assert len(root.findall(".//testcase")) == len(cases)


@given(CASES)
def test_a_case_says_what_it_holds(case):
    element = ET.fromstring(junit_document(JUnitSuite("s", (case,))).encode()).find(".//testcase")
    assert (element.get("name"), element.get("classname")) == (shown(case.name), shown(case.group or case.suite))
    if case.failure is not None:
        failure = element.find("failure")
        assert (failure.get("message"), failure.text or "") == tuple(map(shown, case.failure))
        assert failure.get("type") == (shown(case.kind) if case.kind else None)
    elif case.skipped is not None:
        assert element.find("skipped").get("message") == shown(case.skipped)
    else:
        assert (element.findtext("system-out") or "") == shown(case.output or "")


def test_sarif_has_the_page_of_every_code_that_a_finding_has():
    """Drift's codes are in another table than those of the checks; SARIF asks the catalogue of all."""
    text = sarif_document([Diagnostic("DRF004", "info", "a table is written by no rule")])
    assert '"id": "DRF004"' in text
    assert "A table is written by no rule of the group." in text
