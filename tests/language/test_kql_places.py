"""What an editor asks inside of KQL, at every kind of place that it is written at."""

from __future__ import annotations

import pytest

from provisioner.diagnostics import Span
from provisioner.kql.syntax.operator_precedence import BINDING_POWER
from provisioner.language.code_actions import findings_at, fix_actions, silence_actions
from provisioner.language.column_actions import column_actions
from provisioner.language.inlay_hints import inlay_hints
from provisioner.language.kql_completion import complete_kql
from provisioner.language.kql_hover import hover_kql
from provisioner.language.kql_reference import describe_word_operator
from provisioner.language.language_file import KqlPlace
from provisioner.language.name_index import NameIndex
from provisioner.language.semantic_tokens import semantic_tokens
from provisioner.language.signature_help import signature_help
from provisioner.language.symbol_rename import rename_edits
from provisioner.validate.fixes import apply_edits
from tests.support.kql_places import PLACES, STREAM, place_transform

at_every_place = pytest.mark.parametrize("kind", PLACES)


def labels(placed):
    place = placed.place()
    assert isinstance(place, KqlPlace), place
    return [item.label for item in sorted(complete_kql(place), key=lambda item: item.rank)]


@at_every_place
@pytest.mark.parametrize(
    ("kql", "proposed", "absent"),
    [
        ("source\n| where ^", {"placed", "order", "isnotempty"}, {"Amount", "Cost", "sort"}),
        ("source\n| extend Cost = 1\n| where Cost > ^", {"Cost", "placed"}, {"extend"}),
        ("source\n| project Cost = placed\n| where Co^", {"Cost"}, {"placed", "order"}),
        ("source\n| ^", {"where", "extend", "project"}, {"summarize", "join", "placed"}),
        ("source\n| where placed ^", {"and", "in", "between"}, {"placed", "isnotempty"}),
        ("source\n| project TimeGenerated = placed, ^", {"OrderId =", "Amount =", "order"}, {"TimeGenerated ="}),
        ("source\n| extend x = order.^", {"id", "amount"}, {"placed"}),
        ("source\n| extend x = strcat(tostring(order.id), ^", {"placed", "tostring"}, set()),
        ('source\n| where order.id == "^"', set(), {"placed", "tostring"}),
        ("source\n| where columnifexists('^', 1) == 1", {"order", "placed"}, {"tostring"}),
        ("source\n| where columnifexists('order', '^') == 1", set(), {"order"}),
        ("let limit = 5; source\n| where ^", {"limit", "placed"}, set()),
        ("^", {"source"}, {"placed"}),
    ],
)
def test_only_what_is_allowed_and_in_scope_is_proposed(kind, kql, proposed, absent, tmp_path):
    if kind in {"plain", "folded"} and ('"' in kql or kql == "^"):
        pytest.skip("such a text is not written in this form")
    shown_labels = set(labels(place_transform(kind, kql, tmp_path)))
    assert proposed <= shown_labels
    assert not absent & shown_labels


WHOLE = """\
source
| extend Cost = toreal(order.amount)
| where Cost > 1
| project TimeGenerated = placed, OrderId = tostring(order.id), Amount = Cost"""


@at_every_place
@pytest.mark.parametrize(
    ("needle", "texts"),
    [
        ("Cost > 1", ["**Cost**: real", "comes from `order`", "9.5"]),
        ("placed", ["**placed**: datetime", "a column of the stream Custom-Orders"]),
        ("toreal", ["toreal(", "A number"]),
        (
            "extend",
            ["extend name = expression", "**in** `placed`", "`order`: dynamic, `Cost`: real"],
        ),
        ("OrderId", ["**OrderId**: string", "Orders_CL has it as string", '"A1"']),
        ("source", ["the records of the stream", "`order`: dynamic"]),
    ],
)
def test_a_word_is_explained(kind, needle, texts, tmp_path):
    placed = place_transform(kind, WHOLE.replace(needle, f"^{needle}", 1), tmp_path)
    hover = hover_kql(placed.place())
    assert hover is not None
    for text in texts:
        assert text in hover.markdown
    assert placed.text[hover.span.start : hover.span.end] == needle.partition(" ")[0]


@at_every_place
def test_the_parameter_that_is_being_written_is_shown(kind, tmp_path):
    placed = place_transform(kind, "source\n| extend x = substring(tostring(order.id), 1^", tmp_path)
    shown = signature_help(placed.place())
    assert shown.argument == 1
    assert shown.signatures[shown.active].label.startswith("substring(")


@at_every_place
def test_the_findings_have_the_very_characters(kind, tmp_path):
    placed = place_transform(kind, WHOLE.replace("toreal", "torael"), tmp_path)
    (finding,) = [one for one in placed.file.analysis.diagnostics if one.code == "KQL103"]
    source = placed.file.source
    start = source.line_offset(finding.place.line) + finding.place.column - 1
    assert finding.place.file == source.name
    assert source.text[start : start + 6] == "torael"


@at_every_place
def test_a_fix_is_made_where_the_text_is(kind, tmp_path):
    placed = place_transform(
        kind, "source\n| project TimeGenerated = placed, OrderId = order.id, Amount = toreal(order.amount)", tmp_path
    )
    start = placed.text.rindex("OrderId")
    findings = findings_at(placed.file, Span(start, start))
    actions = list(fix_actions(placed.file, findings))
    assert actions
    assert {path for path, _ in actions[0].edits} == {placed.path}
    new = apply_edits(placed.text, [edit for _, edit in actions[0].edits])
    assert "tostring(order.id)" in new


@at_every_place
def test_a_column_that_nothing_writes_is_written_into_project(kind, tmp_path):
    if kind == "folded":
        pytest.skip("a folded text is not edited")
    placed = place_transform(kind, "source\n| project TimeGenerated = placed, OrderId = tostring(order.id)", tmp_path)
    findings = [
        (one, span) for one, span in findings_at(placed.file, Span(0, len(placed.text))) if one.code == "FIT002"
    ]
    (action,) = column_actions(placed.file, findings)
    placed.workspace.buffers.set_text(placed.path, apply_edits(placed.text, [edit for _, edit in action.edits]))
    assert not [one for one in placed.file.analysis.diagnostics if one.code == "FIT002"]
    assert "Amount = real(null)" in placed.text


@at_every_place
def test_a_column_that_the_table_lacks_is_declared(kind, tmp_path):
    placed = place_transform(kind, WHOLE + ", Extra = placed", tmp_path)
    findings = findings_at(placed.file, Span(0, len(placed.text)))
    (action,) = [one for one in column_actions(placed.file, findings) if one.title.startswith("Declare")]
    (path, edit), *_ = action.edits
    source = placed.workspace.buffers.source(path)
    assert "Amount: real, Extra: datetime" in apply_edits(source.text, [edit])


@at_every_place
def test_a_finding_is_silenced_with_a_comment(kind, tmp_path):
    placed = place_transform(kind, WHOLE + ", Extra = placed", tmp_path)
    findings = [one for one in findings_at(placed.file, Span(0, len(placed.text))) if one[0].code == "FIT001"]
    (action,) = silence_actions(placed.file, findings)
    placed.workspace.buffers.set_text(placed.path, apply_edits(placed.text, [edit for _, edit in action.edits]))
    assert not [one for one in placed.file.analysis.diagnostics if one.code == "FIT001"]


@at_every_place
def test_a_name_is_renamed_at_every_place_and_all_means_the_same(kind, tmp_path):
    placed = place_transform(kind, WHOLE.replace("Cost = toreal", "C^ost = toreal"), tmp_path)
    index = NameIndex(placed.file.analysis, placed.workspace.buffers)
    edits = rename_edits(index, placed.path, placed.offset, "Price")
    assert len(edits) == 3
    new = apply_edits(placed.text, [edit for _, edit in edits])
    assert "Cost" not in new
    assert new.count("Price") == 3


@at_every_place
def test_a_tables_column_is_renamed_in_the_transform_too(kind, tmp_path):
    placed = place_transform(kind, WHOLE.replace("OrderId =", "Order^Id ="), tmp_path)
    index = NameIndex(placed.file.analysis, placed.workspace.buffers)
    before = placed.file.analysis.diagnostics
    edits = rename_edits(index, placed.path, placed.offset, "Number")
    for path in {path for path, _ in edits}:
        text = placed.workspace.buffers.source(path).text
        placed.workspace.buffers.set_text(path, apply_edits(text, [edit for at, edit in edits if at == path]))
    after = placed.file.analysis.diagnostics
    assert [(one.code, one.message.replace("OrderId", "Number")) for one in before] == [
        (one.code, one.message) for one in after
    ]


@at_every_place
def test_words_have_their_types(kind, tmp_path):
    placed = place_transform(kind, WHOLE, tmp_path)
    words = {placed.text[token.span.start : token.span.end]: token.type for token in semantic_tokens(placed.file)}
    assert words["extend"] == words["source"] == "keyword"
    assert words["toreal"] == "function"
    assert words["Cost"] == "property"
    assert words["1"] == "number"


@at_every_place
def test_hints_say_types_and_what_becomes_of_the_first_sample(kind, tmp_path):
    placed = place_transform(kind, WHOLE, tmp_path)
    hints = [hint.text for hint in inlay_hints(placed.file, Span(0, len(placed.text)))]
    assert ": real" in hints
    assert "Cost = 9.5" in hints
    placed = place_transform(kind, WHOLE.replace("Cost > 1", "Cost > 100"), tmp_path)
    assert "dropped here" in [hint.text for hint in inlay_hints(placed.file, Span(0, len(placed.text)))]


@at_every_place
def test_in_a_functions_body_its_parameters_are_in_scope_and_no_column(kind, tmp_path):
    if kind == "plain":
        pytest.skip("plain YAML has no ': ' inside of it")
    kql = "let f = (size: int) { size + ^ }; source\n| extend x = f(1)"
    shown = set(labels(place_transform(kind, kql, tmp_path)))
    assert {"size", "abs"} <= shown
    assert "placed" not in shown


def test_a_text_of_several_streams_names_each(tmp_path):
    stream = (
        STREAM
        + "    transform: {file: orders.kql}\n"
        + """\
  Custom-Other:
    columns: {placed: datetime, order: string, extra: long}
    table: Orders_CL
"""
    )
    placed = place_transform("file", "source\n| where ^", tmp_path, stream=stream)
    details = {item.label: item.detail for item in complete_kql(placed.place()) if item.kind == "column"}
    assert details == {
        "placed": "datetime",
        "order": "dynamic in Custom-Orders, string in Custom-Other",
        "extra": "long in Custom-Other",
    }


@at_every_place
def test_a_name_in_quotes_is_explained_and_its_function_has_a_signature(kind, tmp_path):
    placed = place_transform(kind, "source\n| where columnifexists('or^der', 1) == 1", tmp_path)
    assert hover_kql(placed.place()).markdown.startswith("**order**: dynamic")
    help_ = signature_help(placed.place())
    assert help_.signatures[help_.active].label == "columnifexists(name: string, default: scalar)"
    assert help_.argument == 0


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("contains", ["holds the right one", "any case"]),
        ("!contains_cs", ["false where", "same case"]),
        ("has_any", ["one of the texts", "Not offered"]),
        ("in", ["one of the list"]),
        ("!in~", ["false where", "tolower"]),
    ],
)
def test_a_word_between_values_is_explained(word, texts, tmp_path):
    right = "('a')" if word.strip("!~") in {"in", "has_any"} else "'a'"
    placed = place_transform(PLACES[0], f"source\n| where tostring(order.id) {word[:1]}^{word[1:]} {right}", tmp_path)
    hover = hover_kql(placed.place())
    assert placed.text[hover.span.start : hover.span.end] == word
    for text in texts:
        assert text in hover.markdown


def test_every_word_between_values_has_an_explanation():
    words = {word for word in BINDING_POWER if any(map(str.isalpha, word))} | {"matches"}
    assert {word for word in words if describe_word_operator(word) is None} == set()
