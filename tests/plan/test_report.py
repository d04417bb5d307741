"""What a plan shows people: where two values part is always to be seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provisioner.plan.change import Delta
from provisioner.plan.delta_text import format_delta

WORDS = st.text("abc |=", max_size=200).map(lambda text: " ".join(text.split()))


@given(WORDS, WORDS, WORDS)
def test_a_cut_never_hides_the_difference(common, before, after):
    before, after = (" ".join((common + text).split()) for text in (before, after))
    shown = format_delta(Delta("properties.transformKql", before, after))
    left, right = shown.removeprefix(f"{'transformKql':<34} ").split(" -> ")
    assert (left == right) == (before == after)


def test_a_short_value_stands_whole():
    assert format_delta(Delta("properties.retentionInDays", 90, 30)).split() == ["retentionInDays", "90", "->", "30"]


def test_long_values_are_shown_from_where_they_part():
    common = "source | project TimeGenerated = placed, OrderId = tostring(order.id), Amount = "
    shown = format_delta(
        Delta("properties.transformKql", common + "toreal(order.amount)", common + "tolong(order.amount)")
    )
    assert "toreal(order.amount) -> …" in shown
    assert shown.endswith("tolong(order.amount)")


def test_a_new_value_is_shown_from_its_beginning():
    assert (
        format_delta(Delta("properties.transformKql", None, "source | take 1" * 9)).split(" + ")[1].startswith("source")
    )
