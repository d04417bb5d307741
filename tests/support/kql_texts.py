"""Strategies: texts of the language, texts of none, and rows."""

from __future__ import annotations

import datetime as dt
import uuid

from hypothesis import strategies as st

from provisioner.kql.functions.function_registry import FUNCTIONS

COLUMNS = {
    "b": "bool", "i": "int", "l": "long", "r": "real", "m": "decimal", "s": "string",
    "t": "datetime", "ts": "timespan", "g": "guid", "d": "dynamic", "a b": "string",
}  # fmt: skip
LITERALS = (
    "1", "-7", "2.5", "0", "9223372036854775807", "'x'", '"1"', "@'\\d+'", "''", "true", "1d", "90s", "int(null)",
    "real(null)", "datetime(2026-01-02 03:04:05)", "datetime(null)", "guid(01234567-89ab-cdef-0123-456789abcdef)",
    "dynamic([1, 'a', null])", "dynamic({'a': {'b': [1, 2.5]}})", "decimal(1.5)", "dynamic(null)", "timespan(null)",
)  # fmt: skip
BINARY = (
    "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or",
    "has", "!has", "contains", "startswith", "endswith_cs", "=~", "!~", "has_cs", "hasprefix",
)  # fmt: skip
UNFIT = frozenset(("repeat", "range"))
"""Functions whose result may be as large as their argument says."""

names = st.sampled_from([*COLUMNS]).map(lambda name: name if name.isidentifier() else f"['{name}']")
atoms = st.one_of(names, st.sampled_from(LITERALS))


def _grown(inner):
    callee = st.sampled_from([*sorted(set(FUNCTIONS) - UNFIT), "iif", "case", "coalesce", "columnifexists"])
    call = st.builds(lambda name, parts: f"{name}({', '.join(parts)})", callee, st.lists(inner, max_size=4))
    return st.one_of(
        call,
        st.builds(lambda left, op, right: f"({left} {op} {right})", inner, st.sampled_from(BINARY), inner),
        st.builds(lambda part: f"-({part})", inner),
        st.builds(lambda part: f"d.{part}", st.sampled_from(["a", "b", "['x y']"])),
        st.builds(lambda part: f"d[{part}]", inner),
        st.builds(
            lambda left, items: f"({left} in ({', '.join(items)}))", inner, st.lists(atoms, min_size=1, max_size=3)
        ),
        st.builds(lambda part, low, high: f"({part} between ({low} .. {high}))", inner, atoms, atoms),
    )


expressions = st.recursive(atoms, _grown, max_leaves=8)
_items = st.lists(
    st.one_of(expressions, st.builds(lambda n, e: f"n{n} = {e}", st.integers(0, 9), expressions)),
    min_size=1,
    max_size=3,
).map(", ".join)
_patterns = st.sampled_from(
    ["* 'a' p1: long 'b' p2", "'x=' p1: int", "p1 'a' p2: bool *", "* ':' p1: datetime ',' * ';' p2"]
)  # fmt: skip
steps = st.one_of(
    st.builds(lambda e: f"where {e}", expressions),
    st.builds(lambda e: f"extend {e}", _items),
    st.builds(lambda e: f"project {e}", _items),
    st.builds(lambda e: f"parse {e}", st.builds(lambda e, p: f"{e} with {p}", expressions, _patterns)),
    st.just("project-away i, g*"),
    st.just("project-rename z = s"),
)
query_steps = st.one_of(
    steps,
    st.builds(lambda e: f"summarize count(), take_any({e}), make_set({e}) by i", expressions),
    st.builds(lambda e: f"sort by {e} asc", expressions),
    st.builds(lambda e: f"mv-expand q = {e}", expressions),
    st.builds(lambda e: f"distinct {e}", expressions),
    st.sampled_from(["take 2", "count", "getschema", "project-reorder s, a*", "project-keep s, d, i"]),
)


def _pipeline(lets, parts):
    return "".join(f"let v{n} = {e}; " for n, e in enumerate(lets)) + " | ".join(["source", *parts])


transforms = st.builds(_pipeline, st.lists(expressions, max_size=1), st.lists(steps, min_size=1, max_size=3))
queries = st.builds(_pipeline, st.just([]), st.lists(query_steps, min_size=1, max_size=3))

_tokens = st.sampled_from(
    (
        "source", "|", "where", "extend", "project", "parse", "with", "by", "let", "=", "==", "(", ")", "[", "]",
        "{", "}", "'", '"', "@", "```", ".", "..", ",", ";", ":", "*", "1", "1d", "0x1", "s", "d.a", "and", "or", "in",
        "between", "!in", "has", "datetime(", "dynamic(", "typeof(", "summarize", "count()", "union", "//", "\n", "\0",
        "é", "\ud800", "-",
    )
)  # fmt: skip
garbage = st.one_of(
    st.text(max_size=200), st.lists(_tokens, max_size=40).map(" ".join), st.lists(_tokens, max_size=40).map("".join)
)

_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "x y", ""]), inner, max_size=3)
    ),
    max_leaves=6,
)
_fitting = {
    "b": st.booleans(),
    "i": st.integers(-(2**31), 2**31 - 1),
    "l": st.integers(-(2**63), 2**63 - 1),
    "r": st.floats(),
    "m": st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    "s": st.one_of(
        st.text(max_size=12), st.sampled_from(["x=1", "a1b2", '{"a": 1}', "10.0.0.1", "2026-01-01", "(", "%zz"])
    ),
    "t": st.one_of(st.datetimes(timezones=st.just(dt.UTC)), st.just("2026-01-01T00:00:00.1234567Z")),
    "ts": st.one_of(st.timedeltas(), st.just("1.02:03:04.5")),
    "g": st.one_of(st.uuids(), st.uuids().map(str)),
    "d": _json,
    "a b": st.text(max_size=5),
}
fitting_rows = st.fixed_dictionaries({}, optional=_fitting)
any_rows = st.one_of(
    fitting_rows,
    st.dictionaries(
        st.sampled_from([*COLUMNS]), st.one_of(_json, st.binary(max_size=3), st.just(uuid.UUID(int=0))), max_size=5
    ),
    _json,
)
