"""Bound expressions: a class for each way of computing; what one says of itself follows from its parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from provisioner import kql
from provisioner.diagnostics import Span
from provisioner.kql.evaluation.expression_writer import ExpressionWriter
from provisioner.kql.ir import composed_expressions
from provisioner.kql.ir.bound_expression import BoundExpression, Constant, TypeName, Variable
from provisioner.kql.ir.composed_expressions import (
    And,
    Case,
    ComposedExpression,
    Equality,
    LetIn,
    MemberAccess,
    NullAwareTemplate,
    NullPropagatingTemplate,
    Or,
    TemplateExpression,
)
from tests.support.kql_texts import COLUMNS, transforms

EXAMPLES = {
    "7": Constant,
    "i": Variable,
    "i + 1": NullPropagatingTemplate,
    "bag_pack('k', i)": NullAwareTemplate,
    "d.member": MemberAccess,
    "d['member']": MemberAccess,
    "d[0]": NullPropagatingTemplate,
    "i == 1": Equality,
    "i != 1": Equality,
    "i > 1 and i < 9": And,
    "i > 1 or i < 9": Or,
    "iif(i > 1, 'a', 'b')": Case,
    "case(i > 1, 'a', i > 0, 'b', 'c')": Case,
    "twice(i + 1)": LetIn,
}
WIDE = {"i": "long", "d": "dynamic", "s": "string"}


def bound(text: str) -> BoundExpression:
    query, diagnostics = kql.bind(f"let twice = (n: long) {{ n + n }}; source | project made = {text}", WIDE)
    assert query is not None, diagnostics
    return next(value for name, _, value in query.column_definitions if name == "made")


def with_all_arguments(expression: BoundExpression) -> list[BoundExpression]:
    return [expression, *(part for argument in expression.arguments for part in with_all_arguments(argument))]


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_text_is_bound_to_the_class_of_its_kind(text):
    assert type(bound(text)) is EXAMPLES[text]


def test_every_class_of_expression_has_an_example():
    kinds = {kind for kind in vars(composed_expressions).values() if isinstance(kind, type)}
    bases = {BoundExpression, ComposedExpression, TemplateExpression, composed_expressions.Logic}
    composed = {kind for kind in kinds if issubclass(kind, BoundExpression)} - bases
    assert composed | {Constant, Variable} == set(EXAMPLES.values())


def test_the_name_of_a_type_is_an_argument_of_its_own_class():
    call = bound("extract('a(.)', 1, s, typeof(long))")
    assert call.type == "long"
    assert any(isinstance(part, TypeName) and part.value == "long" for part in with_all_arguments(call))


@settings(max_examples=100, deadline=None)
@given(transforms)
def test_an_expression_reads_what_its_arguments_read(text):
    query, _ = kql.bind(text, COLUMNS)
    for _, _, value in query.column_definitions if query is not None else ():
        for part in with_all_arguments(value):
            if isinstance(part, ComposedExpression):
                assert part.reads == frozenset().union(*(argument.reads for argument in part.arguments))
                assert part.volatile >= frozenset().union(*(argument.volatile for argument in part.arguments))
            assert not (part.type == "string" and part.nullable and isinstance(part, ComposedExpression))


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_renamed_expression_differs_in_its_name_and_place_alone(text):
    expression = bound(text)
    renamed = expression.renamed("other", Span(1, 2))
    assert (renamed.name, renamed.span) == ("other", Span(1, 2))
    assert type(renamed) is type(expression)
    fields = {name: value for name, value in vars(renamed).items() if name not in ("name", "span")}
    assert fields == {name: value for name, value in vars(expression).items() if name not in ("name", "span")}
    assert ExpressionWriter().write(renamed) == ExpressionWriter().write(expression)
