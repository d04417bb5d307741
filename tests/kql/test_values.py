"""Values: what every type reads, computes and prints, and the laws that hold between these."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.kql import values
from provisioner.kql.values import dynamic_values

SHORT_YEARS = (dt.datetime.fromisoformat("1950-01-01"), dt.datetime.fromisoformat("2049-12-31"))
"""Between these a year of two digits is read as it was meant."""
TICKS = st.integers(0, values.MAX_DATETIME)
TIMESPANS = st.integers(values.MIN_TIMESPAN, values.MAX_TIMESPAN)
LONGS = st.integers(values.MIN_LONG, values.MAX_LONG)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), LONGS, st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(TICKS)
def test_a_datetime_reads_back_from_the_text_it_prints(ticks: int) -> None:
    """All seven digits of it, in every year there is."""
    assert values.parse_datetime(values.format_datetime(ticks)) == ticks


@given(TICKS)
def test_a_datetime_survives_python_to_the_microsecond(ticks: int) -> None:
    """What is lost is the seventh digit, cut off and not rounded."""
    assert values.datetime_from_python(values.datetime_to_python(ticks)) == ticks // 10 * 10


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_a_datetime_with_an_offset_is_the_moment_python_says(moment: dt.datetime, minutes: int) -> None:
    """ISO text of any zone, against Python's own arithmetic."""
    aware = moment.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    try:
        expected: dt.datetime | None = aware.astimezone(dt.UTC)
    except OverflowError:
        expected = None
    ticks = values.parse_datetime(aware.isoformat())
    assert (None if ticks is None else values.datetime_to_python(ticks)) == expected


@given(st.datetimes(*SHORT_YEARS).map(lambda moment: moment.replace(microsecond=0)))
def test_every_documented_form_says_the_same_moment(moment: dt.datetime) -> None:
    """ISO 8601, RFC 822, RFC 850 and the sortable forms; month-first as Kusto's own examples write it."""
    expected = values.datetime_from_python(moment)
    formats = (
        "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%a, %d %b %y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S",
        "%d %b %y %H:%M:%S", "%A, %d-%b-%y %H:%M:%S GMT", "%d-%b-%y %H:%M:%S", "%Y-%m-%d %H:%M:%S GMT",
        "%m/%d/%Y %H:%M:%S", "%m-%d-%Y %I:%M:%S %p", "%b %d, %Y %H:%M:%S",
    )  # fmt: skip
    for format_text in formats:
        assert values.parse_datetime(moment.strftime(format_text)) == expected, format_text


@given(st.text(max_size=80))
def test_no_text_makes_reading_raise(text: str) -> None:
    """Whatever is no value is null."""
    for parse in (
        values.parse_datetime,
        values.parse_timespan,
        values.parse_guid,
        values.parse_long,
        values.parse_real,
    ):
        parse(text)
    values.parse_decimal(text)
    values.parse_json(text)


@given(TIMESPANS)
def test_a_timespan_reads_back_from_the_text_it_prints(ticks: int) -> None:
    """Days, hours, minutes, seconds and seven digits, before zero and after."""
    assert values.parse_timespan(values.format_timespan(ticks)) == ticks


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("2d", 2 * values.DAY), ("1.5h", 90 * values.MINUTE), ("30m", 30 * values.MINUTE), ("10s", 10 * values.SECOND),
        ("0.1s", values.SECOND // 10), ("100ms", 100 * values.MILLISECOND), ("10microsecond", 100), ("1tick", 1),
        ("100nanoseconds", 1), ("15 seconds", 15 * values.SECOND), ("2", 2 * values.DAY), ("-1h", -values.HOUR),
        ("0.12:34:56.7", 452_967_000_000), ("12:34", 12 * values.HOUR + 34 * values.MINUTE),
        ("2w", None), ("1:2:3:4:5", None), ("25:00:00", None), ("h", None), ("", None),
    ],
)  # fmt: skip
def test_a_timespan_is_read_in_every_spelling(text: str, ticks: int | None) -> None:
    """As literals write them, and as text; weeks there are none."""
    assert values.parse_timespan(text) == ticks


@given(LONGS, LONGS)
def test_division_and_remainder_of_longs_belong_together(left: int, right: int) -> None:
    """Division is cut towards zero, the remainder is never negative, by zero both are null."""
    quotient, remainder = values.divide_long(left, right), values.modulo_long(left, right)
    if right == 0:
        assert quotient is remainder is None
    else:
        assert quotient == values.wrap_long(
            math.trunc(abs(left) // abs(right)) * (1 if (left < 0) == (right < 0) else -1)
        )
        assert 0 <= remainder < abs(right)
        assert (left - remainder) % right == 0


@given(st.integers())
def test_wrapping_keeps_the_lowest_bits(value: int) -> None:
    """As two's complement does."""
    for wrap, bits in ((values.wrap_int, 32), (values.wrap_long, 64)):
        wrapped = wrap(value)
        assert -(2 ** (bits - 1)) <= wrapped < 2 ** (bits - 1)
        assert (wrapped - value) % 2**bits == 0


@given(st.floats(), st.floats())
def test_real_arithmetic_never_raises(left: float, right: float) -> None:
    """Infinities and NaN are values like others."""
    values.divide_real(left, right)
    remainder = values.modulo_real(left, right)
    assert math.isnan(remainder) or 0 <= remainder <= abs(right)
    assert values.parse_real(values.format_real(left)) == left or math.isnan(left)


@given(JSON)
def test_a_dynamic_reads_back_from_its_text(value: Any) -> None:
    """Keys keep their order, whole numbers stay whole, reals stay reals."""
    text = values.to_json_text(value)
    assert values.to_json_text(values.parse_json(text)) == text
    assert values.dynamics_equal(values.normalize_dynamic(value), value)


@given(st.text(max_size=20), st.text(max_size=5))
def test_a_term_is_found_where_it_stands_alone(text: str, term: str) -> None:
    """`has` implies `contains`, and a term between spaces is always found."""
    if values.has(text, term):
        assert values.contains(text, term)
        assert values.hasprefix(text, term)
        assert values.hassuffix(text, term)
    assert values.has(f"{text} {term} {text}", term)


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("North America", "america", True), ("North America", "amer", False), ("a_b", "a", True), ("a_b", "b", True),
        ("error:disk-full", "disk-full", True), ("undisk-full", "disk-full", False), ("x-ray", "-ray", True),
        ("été", "t", False), ("abc", "", True), ("", "a", False), ("aab aa", "aa", True),
    ],
)  # fmt: skip
def test_has_matches_whole_terms(text: str, term: str, expected: bool) -> None:
    """Terms are the longest runs of letters and digits; a term may hold delimiters itself."""
    assert values.has(text, term) is expected


def test_a_pattern_that_re2_does_not_know_is_refused_in_words() -> None:
    """Look-around and back-references do not exist; a pattern that would be too large is refused, not tried."""
    for pattern in (r"a(?=b)", r"(a)\1", "(", "((a{1000}){1000}){1000}"):
        with pytest.raises(values.BadRegex, match=r"\w"):
            values.compile_regex(pattern)


def test_a_regex_bomb_takes_time_in_proportion_to_the_text() -> None:
    """What makes other engines hang is linear here; the suite's own time limit would catch it."""
    assert not values.compile_regex("(a*)*b|(a|a)*c|(a+)+$d").matches("a" * 50_000)


def test_spans_count_characters_and_not_bytes() -> None:
    """Text beyond ASCII is cut where it should be."""
    assert values.compile_regex("(é+)(x)?").first_match("aéé") == ["éé", "éé", None]
    assert [spans[0] for spans in values.compile_regex("é").match_spans("éaé")] == [(0, 1), (2, 3)]


@pytest.mark.parametrize(
    ("type_name", "value", "expected"),
    [
        ("long", 5, 5), ("long", "5", None), ("long", 5.0, 5), ("long", 5.5, None), ("long", True, None),
        ("long", 2**63, None), ("int", 2**31, None), ("int", -(2**31), -(2**31)), ("real", 5, 5.0), ("real", "5", None),
        ("real", "NaN", "nan"), ("bool", True, True), ("bool", "true", None), ("bool", 1, None), ("string", "x", "x"),
        ("string", 5, ""), ("string", None, ""), ("string", "a\ud800b", "a\ufffdb"),
        ("datetime", "2024-01-01", 638_396_640_000_000_000), ("datetime", 5, None), ("datetime", "x", None),
        ("timespan", "00:01:00", values.MINUTE), ("guid", "x", None), ("decimal", "x", None),
        ("guid", "74be27de-1e4e-49d9-b579-fe0b331d3642", UUID("74be27de-1e4e-49d9-b579-fe0b331d3642")),
        ("datetime", dt.datetime(2024, 1, 1, tzinfo=dt.UTC), 638_396_640_000_000_000),
        ("dynamic", {"a": [1, 2**70, dt.timedelta(1)]}, {"a": [1, float(2**70), values.DynamicTimespan(values.DAY)]}),
        ("dynamic", object, None),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_null(type_name: str, value: Any, expected: Any) -> None:
    """Nothing is converted but what JSON can only say as text."""
    actual = values.coerce(value, type_name)
    assert str(actual) == "nan" if expected == "nan" else actual == expected
    assert type_name == "bool" or not isinstance(actual, bool)


@settings(max_examples=30)
@given(JSON)
def test_what_leaves_as_json_is_json(value: Any) -> None:
    """Whatever a dynamic holds, typed members and NaN included."""
    mixed = {
        "a": value,
        "b": values.DynamicDatetime(0),
        "c": UUID(int=0),
        "d": math.nan,
        "e": values.DynamicTimespan(1),
    }
    exported = values.to_json(mixed, "dynamic")
    assert json.loads(json.dumps(exported, allow_nan=False)) == exported


def test_nesting_beyond_reason_is_no_json() -> None:
    """Such a text stays a text, and such a value becomes null: neither ends in a traceback."""
    deep_text = "[" * 100_000 + "]" * 100_000
    assert values.parse_json(deep_text) == deep_text
    assert values.parse_json("[" * 300 + "]" * 300) == "[" * 300 + "]" * 300
    nested: list[Any] = []
    for _ in range(5000):
        nested = [nested]
    assert values.coerce(nested, "dynamic") is None


def test_reading_the_same_day_twice_gives_the_same_moment() -> None:
    """The second time by the short cut; a text that only looks alike does not take it."""
    for _ in range(2):
        assert values.parse_datetime("2024-05-06T07:08:09.5Z") == values.parse_datetime("2024-05-06 07:08:09.5000000")
        assert values.parse_datetime("2024-05-06T07:08:09.Z") is None
        assert values.parse_datetime("2024-05-06X07:08:09Z") is None
        assert values.parse_datetime("2024-05-06T07:08:09 PM") == values.parse_datetime("2024-05-06T19:08:09")


numbers = st.one_of(
    st.sampled_from([2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**19, -(2**63), -(2**63) - 1, 10**400]).map(str),
    st.sampled_from(["1e400", "-1e400", "1e-400", "-0", "-0.0", "0.1", "1E5", "NaN", "Infinity", "01", "1.", ".5"]),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
texts = st.one_of(
    st.text().map(json.dumps),
    st.text().map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.sampled_from(
        ['"\\ud800"', '"\\ud83d\\ude00"', '"\ud800"', '"\x00"', '"\\u0000"', '"9223372036854775808"', "'a'", '"']
    ),
)
json_texts = st.recursive(
    st.one_of(numbers, texts, st.sampled_from(["null", "true", "false", "", " ", "\ufeff1", "1 2", "nul", "\u00a01"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda members: f"[{', '.join(members)}]"),
        st.lists(st.tuples(st.sampled_from(['"a"', '"b"', '"a b"', "a"]), inner), max_size=4).map(
            lambda members: "{" + ",".join(f"{name}: {value}" for name, value in members) + "}"
        ),
        inner.map(lambda text: f" \n{text}\t"),
    ),
    max_leaves=8,
)


@settings(max_examples=400)
@given(json_texts)
def test_both_readers_of_json_read_the_same_value(text: str) -> None:
    """The fast one takes what it is sure of; what it does not take is nobody's business but the other's."""
    fast, exact = values.parse_json(text), dynamic_values.parse_unusual_json(text)
    assert (repr(fast), type(fast)) == (repr(exact), type(exact))


@pytest.mark.parametrize("depth", [255, 256, 257, 300, 1100])
def test_both_readers_of_json_stop_at_the_same_depth(depth: int) -> None:
    """Deeper nesting is a text."""
    for text in ("[" * depth + "1" + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        assert values.parse_json(text) == dynamic_values.parse_unusual_json(text)
