"""A column type that Azure never changes: the column stays, and one of the new type is filled beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.diagnostics import Edit, Fix, Span
from provisioner.model import TYPES, Flow, Manifest, Stream, Table, column_type
from provisioner.plan.change import Change
from provisioner.suggest import unused_name

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.transforms.bound_transforms import BoundTransforms

_TYPE_PATTERN = "properties.schema.columns[].type"


@dataclass(frozen=True, slots=True)
class SideBySideColumn:
    """A column of a table that keeps `live_type`, and the new column beside it with the type that the author wants."""

    table: str
    column: str
    live_type: str
    new_column: str
    new_type: str

    @property
    def transform_steps(self) -> str:
        """What follows a transform that writes the column in the new type: the new column, and the old one cast."""
        from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS

        cast = CAST_FUNCTIONS[TYPES[self.live_type].kql]
        return f"| extend {self.new_column} = {self.column} | extend {self.column} = {cast}({self.column})"


def side_by_side_columns(change: Change, manifest: Manifest) -> Iterator[SideBySideColumn]:
    """The columns whose type a change of a table would change; none for a table that others own."""
    table = manifest.tables.get(change.name) if change.type == "table" else None
    if table is None or table.existing:
        return
    used = {name.lower() for name in table.columns}
    for delta in change.deltas:
        live = column_type(str(delta.before))
        declared = table.columns.get(delta.name)
        if delta.pattern != _TYPE_PATTERN or live is None or declared is None:
            continue
        new_column = unused_name(f"{delta.name}_{declared}", used)
        # Two columns may change in one plan; Azure compares the names without case.
        used.add(new_column.lower())
        yield SideBySideColumn(change.name, delta.name, live.name, new_column, declared)


def side_by_side_fix(change: Change, document: Document, transforms: BoundTransforms) -> Fix | None:
    """The edits of the author's text that keep the column and add the new one; None where they cannot all be made."""
    manifest = document.manifest
    if manifest is None:
        return None
    columns = tuple(side_by_side_columns(change, manifest))
    edits = [edit for one in columns for edit in _edits(one, document, manifest, transforms)]
    if not columns or not all(edits):
        return None
    names = ", ".join(f"{one.new_column} ({one.new_type}) beside {one.column} ({one.live_type})" for one in columns)
    return Fix(f"declare {names}, and fill both", tuple(edit for edit in edits if edit is not None))


def writing_flows(
    table: str, column: str, manifest: Manifest, transforms: BoundTransforms
) -> Iterator[tuple[Stream, Flow]]:
    """The flows into a table whose transform, one of the author's, writes a column."""
    for stream in manifest.streams.values():
        for flow in stream.flows:
            if flow.table == table and flow.written and column in transforms.facts(stream, flow).spans:
                yield stream, flow


def end_of_query(text: str) -> int:
    """The offset behind the last token of a transform: what follows are comments and white space."""
    from provisioner.kql.syntax.lexer import tokenize

    tokens, _ = tokenize(text)
    return max((token.end for token in tokens if token.kind != "end" and token.text != ";"), default=0)


def _edits(
    one: SideBySideColumn, document: Document, manifest: Manifest, transforms: BoundTransforms
) -> Iterator[Edit | None]:
    table: Table = manifest.tables[one.table]
    path = (*table.path, "columns", one.column)
    # A column is written as its type alone, or as a mapping that has the type.
    yield document.edit((*path, "type") if document.explicit((*path, "type")) else path, one.live_type)
    yield document.insert((*table.path, "columns"), one.new_column, one.new_type)
    for _, flow in writing_flows(one.table, one.column, manifest, transforms):
        end = end_of_query(flow.transform)
        yield document.edit((*flow.path, "transform"), f"\n{one.transform_steps}", span=Span(end, end))
