"""Text of any kind: a diagnostic, never a traceback, and never longer than its size deserves."""

from __future__ import annotations

import pytest

from provisioner import kql
from provisioner.kql.binding.expression_binder import BUDGET, ExpressionBinder

COLUMNS = {"x": "long", "s": "string", "d": "dynamic", "t": "datetime", "b": "bool", "r": "real"}
CHAIN = "".join(f"let f{n} = (a: long) {{ f{n - 1}(a) + f{n - 1}(a) }};" for n in range(1, 40))

REFUSED = {
    "a thousand parentheses": "source | where " + "(" * 1000 + "true" + ")" * 1000,
    "a thousand open parentheses": "source | where " + "(" * 1000,
    "a thousand signs": "source | extend y = " + "-" * 1000 + "1",
    "a thousand calls": "source | extend y = " + "abs(" * 1000 + "1" + ")" * 1000,
    "deep members": "source | extend y = d" + ".a" * 7000,
    "deep indexes": "source | extend y = d" + "[0]" * 4500,
    "a deep dynamic": "source | extend y = dynamic(" + "[" * 5000 + ")",
    "brackets": "[" * 15_000,
    "braces": "{" * 15_000,
    "double quotes": '"' * 15_000,
    "mixed quotes": "'\"" * 7500,
    "verbatim quotes": '@"' * 7500,
    "back-ticks": "```" * 5000,
    "null bytes": "\0" * 15_000,
    "null bytes in a pipeline": "source | where\0 x == 1",
    "pipes": "source" + "|" * 14_000,
    "commas": "source | project " + "," * 14_000,
    "digits": "source | extend y = " + "1" * 14_000,
    "open literals": "source | extend y = " + "datetime(" * 1600,
    "unknown names": "source | extend " + ",".join(f"y{n}=Xx{n}" for n in range(1000)),
    "unknown functions": "source | extend " + ",".join(f"y{n}=xx{n}()" for n in range(1000)),
    "doubling functions": "let f0 = (a: long) { a + 1 };" + CHAIN + "source | extend y = f39(x)",
    "doubling texts": "let a0 = strcat('x');"
    + "".join(f"let a{n} = strcat(a{n - 1}, a{n - 1});" for n in range(1, 40))
    + "print a39",
    "doubling arrays": "let a0 = dynamic(1);"
    + "".join(f"let a{n} = pack_array(a{n - 1}, a{n - 1});" for n in range(1, 40))
    + "print a39",
    "doubling columns": "source" + "| extend s = strcat(s, s, s, s, s, s, s, s, s, s)" * 12,
    "recursion": "let f = (a: long) { f(a) }; source | extend y = f(x)",
    "a table of itself": "let T = T | where x == 1; T",
    "an unclosed block": "let f = (a: long) { a; source",
    "nothing": "",
    "a comment": "// nothing",
    "semicolons": ";;;",
    "lets alone": "let a = 1",
    "two answers": "source; source",
    "a repetition bomb": 'source | where s matches regex "(((a{100}){100}){100})"',
    "a look-ahead": 'source | where s matches regex "(?=a)"',
    "a surrogate pattern": 'source | where s matches regex "\ud800("',
    "too big a number": "source | extend y = 99999999999999999999",
    "control characters": "source | extend \x01\x02 = 1",
}
TAKEN = {
    "parentheses": "source | where " + "(" * 90 + "true" + ")" * 90,
    "a long or": "source | where " + " or ".join(f"x == {n}" for n in range(1000)),
    "a long sum": "source | extend y = " + "+".join(["x"] * 5000),
    "a long concatenation": "source | extend y = strcat(" + ",".join(["s"] * 3000) + ")",
    "a long case": "source | extend y = case(" + "x == 1, 2, " * 500 + "3)",
    "many extends": "source" + "".join(f"| extend y{n} = x + {n}" for n in range(500)),
    "many lets": "let a0 = 1;" + "".join(f"let a{n} = a{n - 1} + a{n - 1};" for n in range(1, 300)) + "print a299",
    "a lone surrogate": 'source | extend y = "\ud800", z = strlen(s)',
    "an escaped surrogate": r'source | extend y = "\ud800" | where y has "x" or y matches regex "x" or y == ""',
    "the smallest long": "source | extend y = -9223372036854775808",
    "a huge real": "source | extend y = 1e999 - 1e999, z = toint(1e300)",
    "a long name": "source | extend " + "a" * 14_000 + " = 1",
    "many stars": "source | project-away " + "*a" * 5000,
    "a byte order mark and carriage returns": "\ufeffsource\r\n| where x == 1 // why\r\n| project\u00a0x",
    "a slow pattern": 'source | where s matches regex "(a*)*b"',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("dialect", ["transform", "query"])
@pytest.mark.timeout(10)
def test_what_is_no_query_is_reported_and_nothing_raised(text, dialect):
    query, diagnostics = kql.bind(text, COLUMNS, dialect=dialect)
    assert query is None
    errors = [d for d in diagnostics if d.severity == "error"]
    assert errors
    assert all(0 <= d.span.start <= d.span.end <= len(text) for d in errors)


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
@pytest.mark.timeout(10)
def test_what_is_only_long_or_odd_binds_and_runs(text):
    query, diagnostics = kql.bind(text, COLUMNS, dialect="query")
    assert query is not None, [(d.code, d.message[:100]) for d in diagnostics]
    assert len(list(kql.evaluate(query, [{"x": 1, "s": "a" * 1000}, {}]))) <= 2


def test_every_mistake_of_a_text_is_reported_in_one_run():
    text = """source
        | extend a = nope + 1, b = tolowr(s)
        | where s ==
        | project-away missing
        | extend c = t + t
    """
    _, diagnostics = kql.bind(text, COLUMNS)
    assert [d.code for d in diagnostics] == ["KQL101", "KQL103", "KQL001", "KQL107"]


def test_binding_is_bounded_by_a_budget_and_not_by_patience():
    text = "let f0 = (a: long) { a + 1 };" + CHAIN + "source | extend y = f39(x)"
    _, (diagnostic,) = kql.bind(text, COLUMNS)
    assert diagnostic.code == "KQL003"
    assert ExpressionBinder("", "transform").budget == BUDGET
