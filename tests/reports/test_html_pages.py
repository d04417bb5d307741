"""The HTML pages: one file, no request, nothing of the author's or of Azure's read as markup, nothing cut."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.live import LiveResources
from provisioner.model import Columns, Dcr, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.plan.effects.flow_effect import CellEffect, FlowEffect, RowEffect
from provisioner.plan.effects.plan_effects import with_row_effects
from provisioner.plan.planning import Plan, build_plan
from provisioner.probes.arrival import Arrival, ColumnArrival, Diagnosis, RowArrival, VerifyResult
from provisioner.reports.format_registry import FORMATS
from provisioner.resources import Graph
from provisioner.resources.expand import expand_manifest
from provisioner.transform_tests import TestResult
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.transforms.row_compare import Difference, RowResult
from tests.support.offline_plans import NOW, as_live

COLUMNS = Columns({"TimeGenerated": "datetime", "Id": "string", "Amount": "real", "Note": "string"})
SENT = Columns({"TimeGenerated": "datetime", "order": "dynamic", "note": "string"})
TRANSFORM = "source | project TimeGenerated, Id = tostring(order.id), Amount = toreal(order.amount), Note = {}"
VOID = {"meta"}
HOSTILE = "</td></section><script>alert(1)</script>@team [x](http://e) \x1b]0;t\x07 \u202e"


class Outline(HTMLParser):
    """The elements, attributes and texts of a page; an end tag without its start tag is a fault."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def manifest(note: str, flows: int = 1, records: int = 1, value: str = "fragile") -> Manifest:
    samples = tuple(
        {"TimeGenerated": "2026-01-01T10:00:00Z", "order": {"id": f"A{n}", "amount": n}, "note": f"{value} {n}"}
        for n in range(records)
    )
    names = [f"Custom-S{n:03}" for n in range(flows)]
    return Manifest(
        "pages",
        Target("public", "00000000-0000-0000-0000-000000000001", "rg-pages", "westeurope"),
        Workspace("law-pages", "westeurope"),
        tables={"T_CL": Table("T_CL", COLUMNS)},
        streams={
            name: Stream(name, name, SENT, (Flow("T_CL", TRANSFORM.format(note), True),), samples) for name in names
        },
        dcrs={f"dcr-{n:03}": Dcr(f"dcr-{n:03}", (name,), "direct") for n, name in enumerate(names)},
    )


def planned(before: Manifest, after: Manifest) -> Plan:
    plan = build_plan(expand_manifest(after), LiveResources(Graph(as_live(expand_manifest(before)))))
    return with_row_effects(plan, after, BoundTransforms(), NOW)


def verified(text: str) -> VerifyResult:
    cell = ColumnArrival(text, text, None, ok=False)
    diagnosis = Diagnosis(text, text, (text,), text)
    return VerifyResult(
        "run", (Arrival(text, text, text, 1, 1, False, 0.5, (RowArrival((cell,)),), diagnosis),), True, (text,)
    )


def page_of(subject: str, text: str) -> str:
    """A page whose foreign parts all hold a text."""
    if subject == "verify":
        return FORMATS["verify"]["html"](verified(text))
    if subject == "test":
        row = RowResult({text: text}, {text: None}, (Difference(text, text, None),))
        return FORMATS["test"]["html"]([TestResult(text, text, text, False, 0, (row,), (), text, None, (text,))])
    plan = planned(manifest("note"), manifest("toupper(note)"))
    effect = FlowEffect(text, text, "a", "b", (RowEffect(text, {}, {}, (CellEffect(text, text, None),), text),), (), 1)
    changes = tuple(replace(change, flow_effects=(effect,)) for change in plan.changes)
    return FORMATS["plan"]["html"](replace(plan, changes=changes, environment=text))


@pytest.mark.parametrize("subject", ["plan", "verify", "test"])
@settings(max_examples=25, deadline=None)
@given(text=st.text(min_size=1, max_size=40) | st.just(HOSTILE))
def test_foreign_text_is_never_markup(subject, text):
    outline, plain = Outline(page_of(subject, text)), Outline(page_of(subject, "plain"))
    assert [tag for tag, _ in outline.elements if tag != "details"] == [
        tag for tag, _ in plain.elements if tag != "details"
    ]
    assert {name for _, attributes in outline.elements for name in attributes} == {
        name for _, attributes in plain.elements for name in attributes
    }


@pytest.mark.parametrize("subject", ["plan", "verify", "test"])
def test_no_invisible_character_reaches_a_page(subject):
    invisible = [chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), 0x2066)]
    page = page_of(subject, f"a{''.join(invisible)}b")
    assert not {*invisible} & {*page}
    assert "a\\u0000" in page


@pytest.mark.parametrize("subject", ["plan", "verify", "test"])
def test_a_page_asks_for_nothing_and_runs_nothing(subject):
    page = page_of(subject, "plain")
    outline = Outline(page)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in outline.elements}
    assert not {"src", "href", "style", "onclick"} & {name for _, attributes in outline.elements for name in attributes}
    assert not re.search(r"url\(|@import|https?:", page)
    assert "default-src 'none'" in page


def test_long_values_stand_whole():
    long = "x" * 5000
    page = FORMATS["plan"]["html"](planned(manifest("note", value=long), manifest("toupper(note)", value=long)))
    texts = [html.unescape(text) for text in Outline(page).texts]
    assert f"{long} 0" in texts
    assert f"{long.upper()} 0" in texts


@pytest.mark.parametrize("records", [3, 20])
def test_a_hundred_changes_stay_below_three_hundred_kilobytes(records):
    plan = planned(manifest("note", 100, records), manifest("toupper(note)", 100, records))
    assert len(plan.changes) == 100
    assert all(len(effect.rows) == records for change in plan.changes for effect in change.flow_effects)
    page = FORMATS["plan"]["html"](plan)
    assert len(page.encode()) < 300_000
