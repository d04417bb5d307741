"""What names mean at one place of a text, and the rows that flow through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.kql.ir.bound_expression import Bound, Column
from provisioner.kql.vocabulary.struct_class import Record

if TYPE_CHECKING:
    from provisioner.kql.syntax import tree


class Assign(Record):
    """`variable = expression` for each row."""

    variable: str
    value: Bound


class Keep(Record):
    """Only rows for which the condition is true."""

    condition: Bound


class Unfold(Record):
    """One row for each member of what `function` makes of the arguments; its parts become `variables`."""

    variables: list[str]
    function: Callable[..., Iterator[Any]]
    arguments: list[Bound]


class Limit(Record):
    """Only the first rows."""

    count: int


class Unique(Record):
    """Only the first row of each key."""

    keys: list[Bound]


class Barrier(Record):
    """All rows have to be seen: `function(tuples of the arguments, context)` gives tuples for `variables`."""

    function: Callable[..., Iterator[tuple[Any, ...]]]
    arguments: list[Bound]
    variables: list[str]


Step = Assign | Keep | Unfold | Limit | Unique | Barrier


@dataclass(slots=True)
class Origin:
    """Where rows begin: a table's columns by variable, constant tuples, or other rows one after the other."""

    table: str | None = None
    columns: list[Column] = field(default_factory=list)
    constants: list[tuple[Any, ...]] = field(default_factory=list)
    parts: list[Rows] = field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """The rows at one place of a pipeline: their columns, and the steps that lead there.

    `open`: what stands before could not be read, so any column may exist.
    """

    columns: dict[str, Column]
    origin: Origin
    steps: list[Step] = field(default_factory=list)
    open: bool = False
    filters: frozenset[str] = frozenset()

    def then(self, columns: dict[str, Column], *steps: Step) -> Rows:
        """The rows after further steps."""
        return Rows(columns, self.origin, [*self.steps, *steps], self.open, self.filters)


class Function(Record):
    """A user function with the names that were known where it was written."""

    body: tree.Body
    scope: Scope


class Lazy(Record):
    """A `let` variable that holds rows: bound anew wherever it is used."""

    pipeline: tree.Pipeline
    scope: Scope


Meaning = Bound | Function | Lazy


@dataclass(slots=True)
class Scope:
    """Names from `let` and parameters, one block inside another, with the columns of the rows at hand."""

    names: dict[str, Meaning] = field(default_factory=dict)
    outer: Scope | None = None
    rows: Rows | None = None

    def find(self, name: str) -> Meaning | None:
        """What a name stands for, innermost first; None where nothing."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def known(self) -> list[str]:
        """Every name in sight, for a suggestion."""
        inner = list(self.rows.columns) if self.rows is not None else []
        return [*inner, *self.names, *(self.outer.known() if self.outer is not None else [])]

    def over(self, rows: Rows | None) -> Scope:
        """The same names with other rows."""
        return Scope({}, self, rows)

    def column(self, name: str) -> Column | None:
        """The column of that name in the rows at hand."""
        scope: Scope | None = self
        while scope is not None:
            if scope.rows is not None:
                return scope.rows.columns.get(name)
            scope = scope.outer
        return None

    @property
    def is_open(self) -> bool:
        """Whether names that nobody knows have to be taken on trust."""
        scope: Scope | None = self
        while scope is not None:
            if scope.rows is not None:
                return scope.rows.open
            scope = scope.outer
        return False
