"""A fix never makes a text worse: over published transforms, over damaged ones, and over the cases of the language."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner import kql, validate
from provisioner.diagnostics import Diagnostic, Edit, Fix, Span
from provisioner.validate import source_files
from provisioner.validate.fixes import apply_edits
from tests.support.corpus import CORPUS, connectors, manifest
from tests.support.kql_cases import read
from tests.support.manifests import write_manifest

CONNECTORS = list(connectors()) if CORPUS.exists() else []
TEXTS = [case for case in read("binding.txt") if case.dialect == "transform"]


def errors(diagnostics):
    return sum(diagnostic.severity == "error" for diagnostic in diagnostics)


def fixed(path):
    """Findings before and after `--fix`, and how many fixes were made."""

    def recheck():
        return validate.check_all_environments(path, {})

    before = recheck()
    _, applied = source_files.fix_source_files(before, recheck)
    return before, recheck(), applied


@pytest.mark.skipif(not CONNECTORS, reason="the corpus is not beside the checkout")
def test_fixing_a_published_connector_leaves_no_more_errors(tmp_path):
    path = tmp_path / "provisioner.yaml"
    fixes_applied = 0
    for record in CONNECTORS:
        path.write_text(yaml.safe_dump(manifest(record), sort_keys=False, allow_unicode=True), encoding="utf-8")
        before, after, applied = fixed(path)
        fixes_applied += applied
        assert errors(after) <= errors(before), record["id"]
        # a fix that is offered mends what it says: none is offered again
        assert not [d for d in after if d.fix and d.code.startswith("KQL")], record["id"]
    assert fixes_applied > 5


def damaged(text: str, seed: int) -> str:
    """A transform with one word misspelt, doubled, dropped, unquoted, or an odd sign between two."""
    choice = random.Random(seed)
    words = [match.span() for match in re.finditer(r"\['[^']*'\]|[A-Za-z_]\w+|[|,()=]", text)]
    start, end = choice.choice(words or [(0, len(text))])
    word = text[start:end]
    change = choice.choice(
        [
            word[:-1],
            word + word[-1:],
            f"{word} {word}",
            "",
            f"{word},",
            f"{word} |",
            word.strip("[']"),
            word.replace("_", "-"),
            f"{word}-ip",
            f"@{word}",
            f"coalesce({word}, {word})",
            f"({word} + 1) * 2",
            "dynamic(null)",
            word.upper(),
        ]
    )
    return text[:start] + change + text[end:]


@pytest.mark.skipif(not CONNECTORS, reason="the corpus is not beside the checkout")
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=st.sampled_from(CONNECTORS or [None]), seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=3))
def test_fixing_a_damaged_connector_leaves_no_more_errors(record, seeds, tmp_path):
    text = record["transformKql"]
    for seed in seeds:
        text = damaged(text, seed)
    path = tmp_path / "provisioner.yaml"
    tree = manifest({**record, "transformKql": text})
    path.write_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True), encoding="utf-8")
    before, after, _ = fixed(path)
    assert errors(after) <= errors(before)


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.text[:50])
def test_a_fix_of_one_text_leaves_no_more_errors_and_not_its_own_remark(case):
    _, before = kql.bind(case.text, case.columns)
    for diagnostic in (one for one in before if one.fix):
        text = apply_edits(case.text, diagnostic.edits)
        _, after = kql.bind(text, case.columns)
        assert errors(after) <= errors(before), text
        assert (diagnostic.code, diagnostic.message) not in [
            (one.code, one.message) for one in after if one.span.start == diagnostic.span.start
        ], text


NAME_PARTS = st.text("abXY09", min_size=1, max_size=3)
ODD_NAMES = st.builds(
    lambda first, rest: first + "".join(sign + part for sign, part in rest),
    st.sampled_from(["@a", "b", "x1", "2nd", "client"]),
    st.lists(st.tuples(st.sampled_from(["-", ".", " ", "@", "#", ":"]), NAME_PARTS), max_size=3),
)


@settings(deadline=None)
@given(
    ODD_NAMES,
    st.sampled_from(["project v = {}", "extend v = tolower({}), w = 1", "where {} == 'x'", "project-away {}"]),
)
def test_an_unquoted_name_gets_one_remark_whose_fix_mends_the_text(name, form):
    columns = {name: "string", "TimeGenerated": "datetime"}
    text = f"source | {form.format(name)} | extend z = 1"
    query, before = kql.bind(text, columns)
    if query is not None:
        assert name.isidentifier()
        return
    (remark,) = before
    assert text[remark.span.start : remark.span.end] == name
    query, after = kql.bind(apply_edits(text, remark.edits), columns)
    assert (query is not None, after) == (True, [])


def test_a_fix_that_breaks_more_than_it_mends_is_taken_back_and_the_others_stay(tmp_path):
    path = write_manifest(tmp_path, "tables: {A: {columns: {TimeGenerated: datetime, B: string}}}\n")
    text = path.read_text(encoding="utf-8")

    def at(piece, code, replacement):
        start = path.read_text(encoding="utf-8").find(piece)
        edit = Edit(Span(start, start + len(piece)), replacement, str(path))
        return Diagnostic(code, "error", f"about {piece}", fix=Fix("write", (edit,)))

    def recheck():
        now = path.read_text(encoding="utf-8")
        findings = [at("A:", "X001", "A_CL:")] if "A:" in now else []
        findings += [at("B:", "X002", "?:")] if "B:" in now else []
        return [*findings, *([replace(at("?:", "X003", "??:"), fix=None)] * 3 if "?:" in now else [])]

    _, applied = source_files.fix_source_files(recheck(), recheck)
    assert applied == 1
    assert path.read_text(encoding="utf-8") == text.replace("A:", "A_CL:")
