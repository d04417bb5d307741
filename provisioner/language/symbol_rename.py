"""A name changed at every place that it is written at, so that everything means the same afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from provisioner.diagnostics import Edit, Span
from provisioner.errors import ProvisionerError
from provisioner.kql.table_fit import TIME_COLUMN
from provisioner.language.kql_completion import quoted_name
from provisioner.language.kql_names import name_uses
from provisioner.language.kql_text import FlowContext, TransformText
from provisioner.language.name_index import NameIndex
from provisioner.language.symbols import Occurrence, Symbol
from provisioner.load.yaml.text_edits import replace_scalar

_COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
FileEdit = tuple[FilePath, Edit]
"""An edit of a file; its span counts without the byte order mark."""


def rename_edits(index: NameIndex, file: FilePath, offset: int, new: str) -> list[FileEdit]:
    """The edits that give what is named at a place another name.

    Raises ProvisionerError where nothing is named there, the new name cannot be one or is in use, or a place cannot
    be edited.
    """
    symbols = index.symbols_at(file, offset)
    if not symbols:
        raise ProvisionerError("nothing here has a name that can be changed", hint="place the cursor on a name")
    # A dict: a text that two flows name is one text, and is edited once.
    edits: dict[FileEdit, None] = {}
    for symbol in _written_together(index, [symbol for symbol, _ in _most_specific(symbols)]):
        _check_name(index, symbol, new)
        for edit in _symbol_edits(index, symbol, new):
            edits[edit] = None
    return list(edits)


def _most_specific(symbols: list[tuple[Symbol, Span]]) -> list[tuple[Symbol, Span]]:
    """Of the names at a bare item of `project`, the column that it makes: what it reads keeps its name."""
    made_here = [item for item in symbols if item[0].kind in {"table_column", "local_column"}]
    read_here = [item for item in symbols if item[0].kind == "stream_column"]
    return made_here if made_here and read_here else symbols


def _written_together(index: NameIndex, symbols: list[Symbol]) -> list[Symbol]:
    """The symbols and all that share a place with one of them: in a file that several streams name."""
    places: dict[object, dict[Symbol, None]] = {}
    for one in index.occurrences:
        # By role: at a bare item stand two columns, of which each can have its own name.
        places.setdefault((one.file, one.span, one.role), {})[one.symbol] = None
    shared = [together for together in places.values() if len(together) > 1]
    all_symbols = dict.fromkeys(symbols)
    waiting = list(symbols)
    while waiting:
        current = waiting.pop()
        more = [other for together in shared if current in together for other in together if other not in all_symbols]
        all_symbols.update(dict.fromkeys(more))
        waiting += more
    return list(all_symbols)


def _check_name(index: NameIndex, symbol: Symbol, new: str) -> None:
    is_column = symbol.kind in {"table_column", "stream_column", "local_column", "let", "variable"}
    if not (_COLUMN_NAME if is_column and symbol.kind != "variable" else _OTHER_NAME).fullmatch(new):
        raise ProvisionerError(f"{new!r} cannot be a name here", hint="a letter, then letters, digits and _")
    if symbol.kind == "table_column" and symbol.name == TIME_COLUMN:
        raise ProvisionerError(
            f"{TIME_COLUMN} keeps its name: every table has this column", hint="rename what it is made of"
        )
    if new != symbol.name and any(
        other.symbol == Symbol(symbol.kind, new, symbol.owner) and other.is_definition for other in index.occurrences
    ):
        raise ProvisionerError(f"there is a {new!r} already", hint="choose another name")


def _symbol_edits(index: NameIndex, symbol: Symbol, new: str) -> Iterator[FileEdit]:
    appended: set[tuple[FilePath, int]] = set()
    occurrences = index.of(symbol)
    passed_on = {(one.file, one.span) for one in occurrences if one.derived_from == symbol}
    for occurrence in occurrences:
        if occurrence.text is not None:
            yield from _kql_edits(occurrence, symbol, new, passes_on=(occurrence.file, occurrence.span) in passed_on)
        else:
            yield _yaml_edit(occurrence, new)
    for occurrence in index.occurrences:
        # What comes out of such an item keeps the name that it took from this one.
        is_taken = occurrence.role == "derived" and occurrence.derived_from == symbol != occurrence.symbol
        if is_taken and occurrence.identity is not None:
            yield _named_item(occurrence, occurrence.identity.name)
    yield from _new_transforms(index, symbol, new)
    for text, contexts in index.transforms:
        for context in contexts:
            for edit in _renaming_operators(text, context, symbol, new):
                if (edit[0], edit[1].span.start) not in appended:
                    appended.add((edit[0], edit[1].span.start))
                    yield edit


def _yaml_edit(occurrence: Occurrence, new: str) -> FileEdit:
    if occurrence.node is None:
        # A variable inside of a text: only the characters of its name.
        return occurrence.file, Edit(occurrence.span, new)
    edit = replace_scalar(occurrence.node, new)
    if edit is None:
        line, column = occurrence.node.source.line_and_column(occurrence.span.start)
        raise ProvisionerError(
            f"{occurrence.node.source.name}:{line}:{column} cannot be edited: an alias repeats it",
            hint="write the value out first",
        )
    # Editors do not count the mark, the files of the command line do.
    shift = -occurrence.node.source.bom_length
    return occurrence.file, Edit(edit.span.shift(shift), edit.text)


def _kql_edits(occurrence: Occurrence, symbol: Symbol, new: str, *, passes_on: bool) -> Iterator[FileEdit]:
    """The edits of one name in a transform; `passes_on`: a bare item's column has the symbol's new name too."""
    name = quoted_name(new)
    old = quoted_name(symbol.name)
    if occurrence.role == "quoted":
        yield occurrence.file, Edit(occurrence.span, new)
    elif occurrence.role == "derived":
        # Renamed with the name that it is taken from, it follows by itself.
        if occurrence.derived_from != symbol:
            yield _named_item(occurrence, new)
    elif occurrence.role == "bare" and not passes_on:
        # What comes out keeps its name.
        yield occurrence.file, Edit(occurrence.span, f"{old} = {name}")
    elif occurrence.role == "write" and occurrence.derived_from not in {None, symbol}:
        yield occurrence.file, Edit(occurrence.span, f"{name} = {old}")
    else:
        yield occurrence.file, Edit(occurrence.span, name)


def _named_item(occurrence: Occurrence, name: str) -> FileEdit:
    """An item with a name, whose column was called after what stands in it."""
    return occurrence.file, Edit(Span(occurrence.span.start, occurrence.span.start), f"{quoted_name(name)} = ")


def _new_transforms(index: NameIndex, symbol: Symbol, new: str) -> Iterator[FileEdit]:
    """A transform for each flow that has none and that the column passes through under the name it had."""
    flows: set[tuple[str, str]] = set()
    for _, document, manifest in index.analysis.named():
        for stream in manifest.streams.values():
            for flow in stream.flows:
                pair = _renamed_pair(symbol, new, stream.key, flow.table)
                passes = stream.declared and not flow.written and symbol.name in stream.columns
                if pair is None or not passes or (stream.key, flow.table) in flows:
                    continue
                flows.add((stream.key, flow.table))
                edit = document.insert(flow.path, "transform", f"source | project-rename {pair}")
                source = index.analysis.sources.get(edit.file or "") if edit else None
                if edit is None or source is None:
                    raise ProvisionerError(
                        f"the flow of {stream.key} into {flow.table} needs a transform, and has no place for one",
                        hint="write `transform: source` there first",
                    )
                yield source.path, Edit(edit.span.shift(-source.bom_length), edit.text)


def _renamed_pair(symbol: Symbol, new: str, stream: str, table: str) -> str | None:
    """`new = old` of a `project-rename` behind which all has the table's names; None where the column is another's."""
    if symbol.kind == "stream_column" and symbol.owner == stream:
        return f"{quoted_name(symbol.name)} = {quoted_name(new)}"
    if symbol.kind == "table_column" and symbol.owner == table:
        return f"{quoted_name(new)} = {quoted_name(symbol.name)}"
    return None


def _renaming_operators(text: TransformText, context: FlowContext, symbol: Symbol, new: str) -> Iterator[FileEdit]:
    """`project-rename` at the end of a text through which the column passes without being named."""
    stream, flow = context.stream, context.flow
    # What goes in and what comes out are columns of one table, and are renamed as one.
    if not stream.declared or stream.key in context.manifest.workspace_transforms:
        return
    uses = name_uses(text.text, tuple(stream.columns.kql().items()))
    identity = uses.outputs.get(symbol.name)
    # What a text with errors gives is not known: an operator more would be a guess.
    if identity is None or identity.kind != "input" or not uses.is_bound:
        return
    pair = _renamed_pair(symbol, new, stream.key, flow.table)
    if pair is None:
        return
    end = len(text.text.rstrip())
    offset = text.span(Span(max(end - 1, 0), end)).end
    # A block's lines are indented by its key, a file's are not.
    is_multiline = "\n" in text.text.strip() or text.style in {"|", "file"}
    line_start = text.source.line_start(text.to_source(max(end - 1, 0)))
    line = text.source.text[line_start:offset]
    indent = line[: len(line) - len(line.lstrip())] if text.style == "|" else ""
    separator = f"{text.source.newline}{indent}" if is_multiline else " "
    yield text.source.path, Edit(Span(offset, offset), f"{separator}| project-rename {pair}")
