"""Laws of every scalar function: no well-typed arguments make it raise, and it gives what its signature says."""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import provisioner.kql.functions  # noqa: F401 - registers them
from provisioner.kql import values
from provisioner.kql.functions import arrays, binning, conditional
from provisioner.kql.functions.function_registry import FUNCTIONS, Overload, Parameter
from provisioner.kql.functions.function_summaries import function_summary
from provisioner.kql.functions.result_names import RESULT_NAME_RULES

MAX_LONG = values.MAX_LONG
NAMES = sorted(FUNCTIONS)
LITERALS = {
    "pattern": ["a", "(a)(b)?", r"(\w+)=(\d*)", "", "^.*$"],
    "rewrite": ["", r"\1-\2", "x", "\\"],
    "period": [
        "year",
        "Quarter",
        "month",
        "week",
        "day",
        "hour",
        "minute",
        "second",
        "millisecond",
        "nanosecond",
        "eon",
    ],
    "part": ["year", "quarter", "month", "week_of_year", "dayofyear", "hour", "Millisecond", "nanosecond", "eon"],
    "form": ["yyyy-MM-dd HH:mm:ss.fffffff tt", "y M d h F", "ddd.hh [f]", ""],
    "type": ["long", "string", "real", "datetime", "bool", "guid", "timespan", "int", "decimal", "dynamic"],
    "path": ["$.a", "$.a[0]['b']", "a", "$..", ""],
    "unit": ["KB", "x", ""],
    "kind": ["normal", "regex", "x"],
    "key": ["a", "$.a.b"],
}
TICKS = st.one_of(st.sampled_from([0, 1, values.MAX_DATETIME, values.UNIX_EPOCH]), st.integers(0, values.MAX_DATETIME))
LONGS = st.one_of(st.integers(-4, 70), st.integers(-MAX_LONG - 1, MAX_LONG))
TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(string.ascii_letters + string.digits + " ./:\\\"'=-_%&?#,;|{}[]<>$", max_size=24),
    st.sampled_from(
        ["192.168.1.1/24", "fe80::1/64", "2024-02-29T23:59:59Z", '{"a":[1,{"b":2}]}', "<a x='1'>t</a>", "1.5"]
    ),
)
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), LONGS, st.floats(), TEXTS, st.uuids(),
        st.builds(values.DynamicDatetime, TICKS), st.builds(values.DynamicTimespan, LONGS),
        st.decimals(allow_nan=False, allow_infinity=False, places=3),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(values.MIN_INT, values.MAX_INT),
    "long": LONGS,
    "real": st.floats(),
    "decimal": st.decimals(-(10**20), 10**20, allow_nan=False, places=4),
    "string": TEXTS,
    "datetime": TICKS,
    "timespan": LONGS,
    "guid": st.uuids(),
    "dynamic": JSON,
}
PYTHON_TYPES = {
    "bool": bool, "int": int, "long": int, "real": float, "decimal": Decimal, "string": str,
    "datetime": int, "timespan": int, "guid": UUID,
}  # fmt: skip


class Context:
    """The context that an evaluation passes to a body."""

    now = values.UNIX_EPOCH

    def note(self, message: str) -> None:
        assert message


def draw_argument(draw: Any, parameter: Parameter, common_type: str) -> tuple[Any, str]:
    type_name = parameter.type
    if type_name == "T":
        type_name = common_type
    elif type_name == "number":
        type_name = draw(st.sampled_from(["int", "long", "real", "decimal"]))
    elif type_name == "plain":
        type_name = draw(st.sampled_from(sorted(STRATEGIES.keys() - {"dynamic"})))
    elif type_name in ("any", "scalar"):
        type_name = draw(st.sampled_from(sorted(STRATEGIES)))
    if parameter.literal and type_name == "string":
        return draw(st.sampled_from(LITERALS[parameter.name])), type_name
    if parameter.literal:
        return draw(st.booleans() if type_name == "bool" else st.integers(-3, 20)), type_name
    return draw(STRATEGIES[type_name]), type_name


def draw_arguments(draw: Any, overload: Overload) -> tuple[list[Any], list[str]]:
    common_type = draw(st.sampled_from(["bool", "long", "real", "string", "datetime", "timespan"]))
    arguments: list[Any] = []
    types: list[str] = []
    for parameter in overload.parameters:
        min_count = 0 if parameter.multiplicity in ("*", "?") else 1
        max_count = 1 if parameter.multiplicity in ("", "?") else 3
        count = draw(st.integers(min_count, max_count))
        for _ in range(count):
            value, type_name = draw_argument(draw, parameter, common_type)
            arguments.append(value)
            types.append(type_name)
        if parameter.multiplicity == "?" and count == 0:
            break
    return arguments, types


def call(overload: Overload, arguments: list[Any], types: list[str]) -> Any:
    """The result of the body, called as an evaluation calls it; None where a constant argument is refused."""
    if not overload.handles_nulls and None in arguments:
        return None
    try:
        prepared = [
            overload.prepare[position](value) if position in overload.prepare else value
            for position, value in enumerate(arguments)
        ]
    except values.BadConstant:
        return None
    options: dict[str, Any] = {}
    if overload.takes_types:
        options["types"] = tuple(types)
    if overload.takes_context:
        options["context"] = Context()
    return overload.body(*prepared, **options)


@pytest.fixture(scope="module", autouse=True)
def short_arrays() -> Iterator[None]:
    """`range` and `repeat` stop at a thousand members here: a million of them in each example would take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_MAX_MEMBERS", 1000)
        yield


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_well_typed_arguments_make_a_function_raise(name: str, data: st.DataObject) -> None:
    """And the result is of the type announced, in its range, with no lone surrogate in a string."""
    overload = data.draw(st.sampled_from(FUNCTIONS[name].overloads))
    arguments, types = draw_arguments(data.draw, overload)
    result = call(overload, arguments, types)
    if overload.returns == "dynamic" and overload.prepare.get(0) is None:
        values.to_json_text(result)
    expected = PYTHON_TYPES.get(overload.returns)
    if expected is None or result is None:
        return
    assert type(result) is expected, f"{name}{tuple(arguments)} gave {result!r}"
    if overload.returns in ("long", "timespan"):
        assert -MAX_LONG - 1 <= result <= MAX_LONG
    if overload.returns == "datetime":
        assert 0 <= result <= values.MAX_DATETIME
    if overload.returns == "string":
        assert result is not None
        result.encode()


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_inline_form_of_a_function_equals_its_body(name: str, data: st.DataObject) -> None:
    """The evaluator may write either into the code it makes."""
    overload = data.draw(st.sampled_from(FUNCTIONS[name].overloads))
    if overload.inline_template is None:
        return
    arguments, types = draw_arguments(data.draw, overload)
    if None in arguments and not overload.handles_nulls:
        return
    helpers = {"f": overload.body, **overload.inline_helpers}
    operands = [f"a{position}" for position in range(len(arguments))]
    expression = overload.inline_template.format(*operands, **{name: name for name in helpers})
    inlined = eval(expression, {**dict(zip(operands, arguments, strict=True)), **helpers})
    assert values.identity_key(inlined) == values.identity_key(call(overload, arguments, types))


def test_every_function_says_what_it_does() -> None:
    """In one sentence, of which the reference is made."""
    for name in FUNCTIONS:
        sentence = function_summary(name)
        assert not sentence[:1].islower(), name
        assert sentence.endswith("."), name
    assert function_summary("no_such_function") == ""


def test_every_rule_for_a_derived_name_belongs_to_a_function() -> None:
    """A misspelt name would name no column, and no other test would fail."""
    assert set(RESULT_NAME_RULES) <= set(FUNCTIONS) | {"columnifexists", "column_ifexists"}


def test_decimals_meet_infinities_and_nan_without_an_error() -> None:
    """Python raises where such decimals cancel out or are compared; the result is false or null instead."""
    for real in (math.inf, -math.inf, math.nan):
        for arguments in itertools.permutations([Decimal(1), real, real]):
            assert conditional.around(*arguments) in (True, False)
            assert binning.bin_at(*arguments) is None
    assert conditional.around(Decimal(1), math.inf, math.inf) is conditional.around(1.0, math.inf, math.inf) is False
