"""The output columns of a transform whose values another run, or Azure, would compute otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.kql import Query

_CLOCK_FUNCTIONS = frozenset({"now", "ago"})
_SERVER_SIDE_FUNCTIONS = frozenset({"geo_location", "lookup_string_am", "ingestion_time"})


def nondeterministic_columns(query: Query) -> frozenset[str]:
    """Columns that differ from run to run even under a fixed clock: fed by chance, or computed by Azure only."""
    return frozenset(name for name, functions in query.volatile.items() if functions - _CLOCK_FUNCTIONS)


def server_side_columns(query: Query) -> frozenset[str]:
    """Columns fed by functions that only Azure can compute; here they are null."""
    return frozenset(name for name, functions in query.volatile.items() if functions & _SERVER_SIDE_FUNCTIONS)
