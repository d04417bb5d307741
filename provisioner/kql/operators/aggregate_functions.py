"""The aggregates of `summarize`: what each takes, gives, and is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, nan, sqrt
from typing import Any

from provisioner.kql import values

Values = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate.

    `takes`: the types of its first argument, "" for none. `arity`: how many arguments, least and most.
    `result`: from the type of the first argument to that of the result. `prefix`: what its column's name begins with.
    `compute`: from the argument tuples of a group to the value. `conditional`: the last argument says which rows count.
    """

    takes: frozenset[str] | None
    arity: tuple[int, int]
    result: Callable[[str], str]
    prefix: str
    compute: Callable[[Values], Any]
    conditional: bool = False


def _present(rows: Values) -> list[Any]:
    return [row[0] for row in rows if row[0] is not None]


def _sum(rows: Values) -> Any:
    found = _present(rows)
    if not found:
        return 0
    if isinstance(found[0], (float, Decimal)):
        return sum(found)
    return values.wrap_long(sum(found))


def _sum_real(rows: Values) -> Any:
    return float(_sum(rows))


def _average(rows: Values) -> Any:
    """The mean; of nothing it is NaN, as measured on Kusto."""
    found = _present(rows)
    return sum(found) / len(found) if found else nan


def _average_decimal(rows: Values) -> Decimal | None:
    found = _present(rows)
    return sum(found, Decimal(0)) / len(found) if found else None


def _average_ticks(rows: Values) -> int | None:
    found = _present(rows)
    return sum(found) // len(found) if found else None


def _variance(rows: Values, *, sample: bool = True) -> float:
    found = [float(value) for value in _present(rows)]
    if len(found) < 2:
        return 0.0
    mean = sum(found) / len(found)
    return sum((value - mean) * (value - mean) for value in found) / (len(found) - sample)


def _covariance(rows: Values, *, sample: bool = True) -> float:
    pairs = [(float(row[0]), float(row[1])) for row in rows if row[0] is not None and row[1] is not None]
    if len(pairs) < 2:
        return 0.0
    left, right = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    return float(sum((one - left) * (other - right) for one, other in pairs) / (len(pairs) - sample))


def _percentile(rows: Values) -> Any:
    """The nearest-rank percentile of the values; the rank is the second argument."""
    found = sorted(row[0] for row in rows if row[0] is not None)
    if not found:
        return None
    rank = float(rows[0][1] or 0)
    return found[min(max(ceil(rank / 100 * len(found)), 1), len(found)) - 1]


def _percentile_real(rows: Values) -> float | None:
    found = _percentile(rows)
    return None if found is None else float(found)


def _bag(rows: Values) -> dict[str, Any]:
    """The bags laid over one another; of two values for a key the first stays."""
    made: dict[str, Any] = {}
    for bag in _present(rows):
        if isinstance(bag, dict):
            for key, value in bag.items():
                made.setdefault(key, value)
    return made


def _list(rows: Values) -> list[Any]:
    return _cut([row[0] for row in rows if row[0] is not None], rows)


def _list_with_nulls(rows: Values) -> list[Any]:
    return _cut([row[0] for row in rows], rows)


def _set(rows: Values) -> list[Any]:
    """The distinct values; of arrays, the distinct members of all of them."""
    seen: dict[Any, Any] = {}
    for row in rows:
        for member in row[0] if isinstance(row[0], list) else [row[0]]:
            if member is not None:
                seen.setdefault(values.identity(member), member)
    return _cut(list(seen.values()), rows)


def _count(rows: Values) -> int:
    """The rows for which the condition is true."""
    return sum(1 for row in rows if row[0])


def _cut(found: list[Any], rows: Values) -> list[Any]:
    most = rows[0][1] if rows and len(rows[0]) > 1 and type(rows[0][1]) is int else 1_048_576
    return found[: max(most, 0)]


def _distinct(rows: Values) -> int:
    return len({values.identity(row[0]) for row in rows if row[0] is not None})


def _first(rows: Values) -> Any:
    """Any value will do: the first that is there."""
    return next((row[0] for row in rows if row[0] is not None and row[0] != ""), rows[0][0] if rows else None)


def _all_bits(rows: Values) -> Any:
    made: int | None = None
    for value in _present(rows):
        made = value if made is None else made & value
    return made


def _any_bits(rows: Values) -> Any:
    made: int | None = None
    for value in _present(rows):
        made = value if made is None else made | value
    return made


def _odd_bits(rows: Values) -> Any:
    made: int | None = None
    for value in _present(rows):
        made = value if made is None else made ^ value
    return made


def _same(kind: str) -> str:
    return kind


def _always(kind: str) -> Callable[[str], str]:
    return lambda _: kind


def _summed(kind: str) -> str:
    return "long" if kind == "int" else kind


def _ranked(kind: str) -> str:
    return {"int": "long", "decimal": "real"}.get(kind, kind)


def _averaged(kind: str) -> str:
    return "real" if kind in ("int", "long") else kind


NUMBERS = frozenset(("int", "long", "real", "decimal"))
SUMMABLE = NUMBERS | {"timespan"}
ORDERED = NUMBERS | {"datetime", "timespan", "string", "bool"}
SCALARS = ORDERED | {"guid"}


def _extreme(choose: Callable[[Iterable[Any]], Any]) -> Callable[[Values], Any]:
    def compute(rows: Values) -> Any:
        found = [value for value in _present(rows) if value == value]  # noqa: PLR0124 - NaN is no extreme
        return choose(found) if found else None

    return compute


def _plain(
    takes: frozenset[str] | None,
    result: Callable[[str], str],
    prefix: str,
    compute: Callable[[Values], Any],
    most: int = 1,
) -> Aggregate:
    return Aggregate(takes, (1, most), result, prefix, compute)


AGGREGATES: dict[str, Aggregate] = {
    "count": Aggregate(None, (0, 1), _always("long"), "count", _count),
    "countif": Aggregate(None, (1, 1), _always("long"), "countif", len, conditional=True),
    "dcount": _plain(None, _always("long"), "dcount", _distinct, 2),
    "count_distinct": _plain(SCALARS, _always("long"), "count_distinct", _distinct),
    "sum": _plain(SUMMABLE, _summed, "sum", _sum),
    "avg": _plain(SUMMABLE | {"datetime"}, _averaged, "avg", _average),
    "min": _plain(ORDERED, _same, "min", _extreme(min)),
    "max": _plain(ORDERED, _same, "max", _extreme(max)),
    "stdev": _plain(NUMBERS, _always("real"), "stdev", lambda rows: sqrt(_variance(rows))),
    "stdevp": _plain(NUMBERS, _always("real"), "stdevp", lambda rows: sqrt(_variance(rows, sample=False))),
    "covariance": Aggregate(NUMBERS, (2, 2), _always("real"), "covariance", _covariance),
    "covariancep": Aggregate(
        NUMBERS, (2, 2), _always("real"), "covariancep", lambda rows: _covariance(rows, sample=False)
    ),
    "variance": _plain(NUMBERS, _always("real"), "variance", _variance),
    "variancep": _plain(NUMBERS, _always("real"), "variancep", lambda rows: _variance(rows, sample=False)),
    "percentile": Aggregate(ORDERED, (2, 2), _ranked, "percentile", _percentile),
    "make_list": _plain(None, _always("dynamic"), "list", _list, 2),
    "make_list_with_nulls": _plain(None, _always("dynamic"), "list", _list_with_nulls),
    "make_set": _plain(None, _always("dynamic"), "set", _set, 2),
    "make_bag": _plain(frozenset(("dynamic",)), _always("dynamic"), "bag", _bag, 2),
    "take_any": _plain(None, _same, "", _first),
    "any": _plain(None, _same, "any", _first),
    "binary_all_and": _plain(frozenset(("int", "long")), _same, "", _all_bits),
    "binary_all_or": _plain(frozenset(("int", "long")), _same, "", _any_bits),
    "binary_all_xor": _plain(frozenset(("int", "long")), _same, "", _odd_bits),
}
"""`arg_max` and `arg_min` give several columns and are bound by `summarize` itself."""

_CONDITIONAL = {
    "sumif": "sum", "avgif": "avg", "minif": "min", "maxif": "max", "dcountif": "dcount", "stdevif": "stdev",
    "make_list_if": "make_list", "make_set_if": "make_set", "make_bag_if": "make_bag", "take_anyif": "take_any",
    "anyif": "any", "varianceif": "variance", "variancepif": "variancep",
    "covarianceif": "covariance", "covariancepif": "covariancep", "stdevpif": "stdevp",
    "count_distinctif": "count_distinct",
}  # fmt: skip
for _name, _base in _CONDITIONAL.items():
    _found = AGGREGATES[_base]
    AGGREGATES[_name] = Aggregate(
        _found.takes,
        (_found.arity[0] + 1, _found.arity[0] + 1),
        _found.result,
        _name if _found.prefix == _base else _found.prefix,
        _found.compute,
        conditional=True,
    )
for _name, _base in {"makelist": "make_list", "makeset": "make_set"}.items():
    AGGREGATES[_name] = AGGREGATES[_base]


def whole(name: str, kind: str) -> Callable[[Values], Any]:
    """The computation of an aggregate for one type: sums of reals start at 0.0, averages of ticks stay ticks."""
    compute = AGGREGATES[name].compute
    if compute is _sum and kind == "real":
        return _sum_real
    if compute is _average and kind == "decimal":
        return _average_decimal
    if compute is _count and kind != "bool":
        return len
    if compute is _percentile and kind == "decimal":
        return _percentile_real
    return _average_ticks if compute is _average and kind in ("datetime", "timespan") else compute


def pick(rows: Values, *, greatest: bool) -> tuple[Any, ...] | None:
    """The row whose first value is the greatest or the smallest; any row where none has a value."""
    best: tuple[Any, ...] | None = None
    for row in rows:
        if row[0] is None or row[0] != row[0]:
            continue
        if best is None or (row[0] > best[0] if greatest else row[0] < best[0]):
            best = row
    return best if best is not None or not rows else rows[0]
