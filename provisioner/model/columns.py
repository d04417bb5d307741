"""Ordered column names with their types: the shape of rows in tables, streams and queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from provisioner.model.column_types import TYPES


class Columns(Mapping[str, str]):
    """Column names in order with their types as the manifest spells them; immutable and hashable."""

    __slots__ = ("_hash", "_items", "_types", "descriptions")

    def __init__(self, types: Mapping[str, str], descriptions: Mapping[str, str] | None = None) -> None:
        # Copies: the caller may go on changing its mapping, and these values are hashed.
        self._types = MappingProxyType(dict(types))
        self.descriptions: Mapping[str, str] = MappingProxyType(dict(descriptions or {}))
        # Compared and hashed for each look-up of a transform that is bound: once as a tuple, not each time anew.
        self._items = tuple(self._types.items())
        self._hash = hash(self._items)

    def __getitem__(self, name: str) -> str:
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Equal in names, types, order and descriptions; a plain mapping is compared without order and descriptions."""
        # Azure keeps the order of columns; a plain mapping in a test or a rule has none that is meant.
        if isinstance(other, Columns):
            return self is other or (self._items == other._items and self.descriptions == other.descriptions)
        return isinstance(other, Mapping) and dict(self._types) == dict(other)

    def __repr__(self) -> str:
        return f"Columns({dict(self._types)!r})"

    def kql(self) -> dict[str, str]:
        """Name → KQL's name of the type; a spelling that is no type stays as it is."""
        return {name: TYPES[type_].kql if type_ in TYPES else type_ for name, type_ in self._types.items()}
