"""The table of the aggregate functions: their arguments, result types, column names and computations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from provisioner.kql.operators.aggregate_computations import (
    ArgumentRows,
    average_decimals,
    average_ticks,
    average_values,
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    count_distinct,
    count_true,
    covariance,
    extreme_of,
    first_value,
    make_list,
    make_list_with_nulls,
    make_set,
    merge_bags,
    percentile,
    percentile_as_real,
    sum_reals,
    sum_values,
    variance,
)
from provisioner.kql.values import Value


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate function.

    `argument_types`: the types of its first argument, None for any. `argument_count`: the least and greatest number.
    `result_type`: from the type of the first argument to that of the result.
    `name_prefix`: the beginning of its column's name, "" for the name of the first argument alone.
    `compute`: from the argument tuples of a group to the value.
    `conditional`: only the rows count for which the last argument is true.
    """

    argument_types: frozenset[str] | None
    argument_count: tuple[int, int]
    result_type: Callable[[str], str]
    name_prefix: str
    compute: Callable[[ArgumentRows], Value]
    conditional: bool = False


def _same_type(type_name: str) -> str:
    return type_name


# As functions: the type of a result may depend on that of the first argument, and all entries are called alike.
def _fixed_type(type_name: str) -> Callable[[str], str]:
    return lambda _: type_name


def _sum_type(type_name: str) -> str:
    return "long" if type_name == "int" else type_name


def _percentile_type(type_name: str) -> str:
    return {"int": "long", "decimal": "real"}.get(type_name, type_name)


def _average_type(type_name: str) -> str:
    return "real" if type_name in ("int", "long") else type_name


NUMBERS = frozenset(("int", "long", "real", "decimal"))
SUMMABLE = NUMBERS | {"timespan"}
ORDERED = NUMBERS | {"datetime", "timespan", "string", "bool"}
SCALARS = ORDERED | {"guid"}


def _column_aggregate(
    argument_types: frozenset[str] | None,
    result_type: Callable[[str], str],
    name_prefix: str,
    compute: Callable[[ArgumentRows], Value],
    max_arguments: int = 1,
) -> Aggregate:
    return Aggregate(argument_types, (1, max_arguments), result_type, name_prefix, compute)


AGGREGATES: dict[str, Aggregate] = {
    "count": Aggregate(None, (0, 1), _fixed_type("long"), "count", count_true),
    "countif": Aggregate(None, (1, 1), _fixed_type("long"), "countif", len, conditional=True),
    "dcount": _column_aggregate(None, _fixed_type("long"), "dcount", count_distinct, 2),
    "count_distinct": _column_aggregate(SCALARS, _fixed_type("long"), "count_distinct", count_distinct),
    "sum": _column_aggregate(SUMMABLE, _sum_type, "sum", sum_values),
    "avg": _column_aggregate(SUMMABLE | {"datetime"}, _average_type, "avg", average_values),
    "min": _column_aggregate(ORDERED, _same_type, "min", extreme_of(min)),
    "max": _column_aggregate(ORDERED, _same_type, "max", extreme_of(max)),
    "stdev": _column_aggregate(NUMBERS, _fixed_type("real"), "stdev", lambda rows: sqrt(variance(rows))),
    "stdevp": _column_aggregate(
        NUMBERS, _fixed_type("real"), "stdevp", lambda rows: sqrt(variance(rows, sample=False))
    ),
    "covariance": Aggregate(NUMBERS, (2, 2), _fixed_type("real"), "covariance", covariance),
    "covariancep": Aggregate(
        NUMBERS, (2, 2), _fixed_type("real"), "covariancep", lambda rows: covariance(rows, sample=False)
    ),
    "variance": _column_aggregate(NUMBERS, _fixed_type("real"), "variance", variance),
    "variancep": _column_aggregate(
        NUMBERS, _fixed_type("real"), "variancep", lambda rows: variance(rows, sample=False)
    ),
    "percentile": Aggregate(ORDERED, (2, 2), _percentile_type, "percentile", percentile),
    "make_list": _column_aggregate(None, _fixed_type("dynamic"), "list", make_list, 2),
    "make_list_with_nulls": _column_aggregate(None, _fixed_type("dynamic"), "list", make_list_with_nulls),
    "make_set": _column_aggregate(None, _fixed_type("dynamic"), "set", make_set, 2),
    "make_bag": _column_aggregate(frozenset(("dynamic",)), _fixed_type("dynamic"), "bag", merge_bags, 2),
    "take_any": _column_aggregate(None, _same_type, "", first_value),
    "any": _column_aggregate(None, _same_type, "any", first_value),
    "binary_all_and": _column_aggregate(frozenset(("int", "long")), _same_type, "", bitwise_and),
    "binary_all_or": _column_aggregate(frozenset(("int", "long")), _same_type, "", bitwise_or),
    "binary_all_xor": _column_aggregate(frozenset(("int", "long")), _same_type, "", bitwise_xor),
}
"""`arg_max` and `arg_min` give several columns and are bound by `summarize` itself."""

_CONDITIONAL_AGGREGATES = {
    "sumif": "sum", "avgif": "avg", "minif": "min", "maxif": "max", "dcountif": "dcount", "stdevif": "stdev",
    "make_list_if": "make_list", "make_set_if": "make_set", "make_bag_if": "make_bag", "take_anyif": "take_any",
    "anyif": "any", "varianceif": "variance", "variancepif": "variancep",
    "covarianceif": "covariance", "covariancepif": "covariancep", "stdevpif": "stdevp",
    "count_distinctif": "count_distinct",
}  # fmt: skip


def _make_conditional(name: str, base_name: str) -> Aggregate:
    """The aggregate `base_name` with a condition as one more argument."""
    base = AGGREGATES[base_name]
    # Exactly one more than the least: `dcountif(x, condition)` has no accuracy, `make_list_if(x, condition)` no limit.
    argument_count = base.argument_count[0] + 1
    name_prefix = name if base.name_prefix == base_name else base.name_prefix
    return Aggregate(
        base.argument_types,
        (argument_count, argument_count),
        base.result_type,
        name_prefix,
        base.compute,
        conditional=True,
    )


AGGREGATES.update(
    {name: _make_conditional(name, base_name) for name, base_name in _CONDITIONAL_AGGREGATES.items()},
    makelist=AGGREGATES["make_list"],
    makeset=AGGREGATES["make_set"],
)


def computation_for(name: str, type_name: str) -> Callable[[ArgumentRows], Value]:
    """The computation of an aggregate for the type of its first argument."""
    compute = AGGREGATES[name].compute
    # Chosen when a query is bound: a sum of no reals is 0.0, an average of ticks is whole ticks, and so on.
    if compute is sum_values and type_name == "real":
        return sum_reals
    if compute is average_values and type_name == "decimal":
        return average_decimals
    if compute is count_true and type_name != "bool":
        return len
    if compute is percentile and type_name == "decimal":
        return percentile_as_real
    return average_ticks if compute is average_values and type_name in ("datetime", "timespan") else compute
