"""What differs of columns whatever the records are: types, lineage, what is read, what stream and table declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.plan.effects.flow_effect import Aspect, ColumnEffect
from provisioner.plan.effects.flow_pairs import FlowPair
from provisioner.plan.effects.row_effects import NamedRecord, TransformSide


def column_effects(
    pair: FlowPair, before: TransformSide, after: TransformSide, records: Sequence[NamedRecord]
) -> Iterator[ColumnEffect]:
    """The columns of rows, of the stream and of the table that differ, in this order."""
    yield from _row_columns(before, after)
    yield from _stream_members(pair, records)
    yield from _columns_read(pair, before, after)
    if pair.live.table_columns is not None and pair.desired.table_columns is not None:
        # A column that the table gains or loses shows as one that rows gain or lose, if any flow writes it.
        kept = before.types.keys() & after.types.keys()
        tables = [
            {name: type_ for name, type_ in columns.items() if name in kept}
            for columns in (pair.live.table_columns, pair.desired.table_columns)
        ]
        yield from _typed_effects("table", *tables)


def _row_columns(before: TransformSide, after: TransformSide) -> Iterator[ColumnEffect]:
    """Columns that rows gain or lose, that change their type, or that come from other columns of the stream."""
    for name in dict.fromkeys([*before.types, *after.types]):
        old, new = before.types.get(name), after.types.get(name)
        if old is None or new is None:
            yield ColumnEffect("written", name, old, new)
            continue
        if old != new:
            yield ColumnEffect("type", name, old, new)
        sources, new_sources = before.query.lineage.get(name, ()), after.query.lineage.get(name, ())
        if {*sources} != {*new_sources}:
            yield ColumnEffect("lineage", name, tuple(sources), tuple(new_sources))


def _stream_members(pair: FlowPair, records: Sequence[NamedRecord]) -> Iterator[ColumnEffect]:
    """Members of records that the stream no longer takes, newly takes, or takes as another type."""
    for effect in _typed_effects("member", pair.live.columns, pair.desired.columns):
        holders = sum(one.record.get(effect.column) is not None for one in records)
        yield ColumnEffect(effect.aspect, effect.column, effect.before, effect.after, holders)


def _columns_read(pair: FlowPair, before: TransformSide, after: TransformSide) -> Iterator[ColumnEffect]:
    """Columns that both sides of the stream declare and only one side's transform uses."""
    reads, new_reads = _columns_used(before), _columns_used(after)
    for name, type_ in pair.desired.columns.items():
        if name in pair.live.columns and (name in reads) != (name in new_reads):
            yield ColumnEffect("read", name, type_ if name in reads else None, type_ if name in new_reads else None)


def _columns_used(side: TransformSide) -> frozenset[str]:
    """The columns of the stream that a transform uses or passes on."""
    return frozenset(side.query.reads).union(*side.query.lineage.values())


def _typed_effects(aspect: Aspect, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ColumnEffect]:
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield ColumnEffect(aspect, name, before.get(name), after.get(name))
