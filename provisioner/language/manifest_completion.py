"""What can be written at a place of a manifest: keys, words, names of tables, streams, DCRs and variables, files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provisioner.language.completion_item import CompletionItem, CompletionKind
from provisioner.language.kql_text import written_stream
from provisioner.language.language_file import ManifestPlace
from provisioner.language.manifest_names import file_items, ingestible_tables, name_items, without_environment
from provisioner.language.manifest_shapes import FILE_PATH, as_list, as_mapping, as_scalar
from provisioner.language.manifest_snippets import entry_snippet, whole_manifest_snippet
from provisioner.load.schema.shapes import (
    Boolean,
    Choice,
    Constant,
    Field,
    FixedKeys,
    JsonRecord,
    KqlText,
    MapOf,
    Shape,
    ValueOrFile,
)
from provisioner.load.variables import BUILT_IN_VARIABLES
from provisioner.model import Manifest
from provisioner.transforms.table_columns import known_columns

Path = tuple[str | int, ...]


def complete_manifest(place: ManifestPlace) -> list[CompletionItem]:
    """The proposals at a place outside of KQL."""
    cursor = place.cursor
    if cursor.role in {"comment", "content"}:
        return []
    if (variable := _open_variable(cursor.text)) is not None and cursor.role == "value":
        return list(_variables(place, variable))
    # An item of a list of words looks like a key until a colon follows it.
    if cursor.role == "key" and not (cursor.path and isinstance(cursor.path[-1], int) and as_scalar(place.shape)):
        return list(_keys(place))
    return list(_values(place))


def _open_variable(text: str) -> str | None:
    """The text before a `$(` that no bracket closes yet; None where there is none."""
    start = text.rfind("$(")
    return text[:start] if start >= 0 and ")" not in text[start:] else None


def _variables(place: ManifestPlace, before: str) -> Iterator[CompletionItem]:
    declared = _declared_variables(place)
    for name in dict.fromkeys((*declared, *BUILT_IN_VARIABLES)):
        yield CompletionItem(f"$({name})", "variable", f"{before}$({name})", declared.get(name, "built in"), rank=1)


def _declared_variables(place: ManifestPlace) -> dict[str, str]:
    """The declared variables with what they are for."""
    document = place.analysis.document
    written = document.written_section("variables") if document is not None else None
    # Written as the author has it by now: anything can stand in the place of a declaration, and of all of them.
    return {
        name: str((declaration.get("description") if isinstance(declaration, Mapping) else None) or "a variable")
        for name, declaration in (written.items() if isinstance(written, Mapping) else ())
    }


# -- keys


def _keys(place: ManifestPlace) -> Iterator[CompletionItem]:
    cursor = place.cursor
    if not cursor.path and not cursor.keys and place.file.is_main:
        yield whole_manifest_snippet()
    mapping = as_mapping(place.shape if cursor.path else place.file.root_shape)
    if isinstance(mapping, FixedKeys):
        for field in mapping.fields:
            if field.name not in cursor.keys and not _is_excluded(mapping, field.name, cursor.keys):
                yield _field_item(field, place)
    if isinstance(place.shape, ValueOrFile) and not cursor.keys:
        yield CompletionItem("file", "key", "file: ", "the content of a file", rank=4)
    if isinstance(mapping, MapOf):
        yield from _entries(place, mapping)
    if isinstance(mapping, JsonRecord):
        yield from _record_members(place)
    if as_list(place.shape) is not None and mapping is None:
        item = entry_snippet(without_environment(cursor.path), flow=cursor.flow, indent=cursor.indent)
        if item is not None:
            yield item


def _is_excluded(shape: FixedKeys, name: str, present: Iterable[str]) -> bool:
    written = set(present)
    return any(name in pair and set(pair) - {name} <= written for pair in shape.exclusive_pairs)


def _field_item(field: Field, place: ManifestPlace) -> CompletionItem:
    default = "" if field.default is None else f"\n\nDefault: `{field.default}`"
    example = "" if field.example is None else f"\n\nExample: `{field.example}`"
    return CompletionItem(
        field.name,
        "key",
        f"{field.name}:{_value_start(field.shape, place)}",
        "required" if field.required else field.shape.noun,
        f"{field.description}{default}{example}",
        snippet=True,
        rank=1 if field.required else 2,
    )


def _value_start(shape: Shape, place: ManifestPlace) -> str:
    """What follows a new key: a line for what is nested, a block for KQL, else a space."""
    if place.cursor.flow:
        return " "
    # The editor indents the lines of a snippet as the line it is put into.
    if isinstance(shape, ValueOrFile) and isinstance(shape.value_shape, KqlText):
        return " |\n  ${0:source}"
    if as_list(shape) is not None and as_scalar(shape) is None and not isinstance(shape, ValueOrFile):
        return "\n  - $0"
    return "\n  $0" if as_mapping(shape) is not None and as_scalar(shape) is None else " "


def _entries(place: ManifestPlace, mapping: MapOf) -> Iterator[CompletionItem]:
    """Entries that the author names: a snippet, and the names that are likely meant."""
    cursor = place.cursor
    pattern = without_environment(cursor.path)
    is_overlay = cursor.path[:1] == ("environments",)
    if is_overlay and pattern == ("variables",):
        # Values of what is declared, and no declarations.
        for name, description in _declared_variables(place).items():
            if name not in cursor.keys:
                yield CompletionItem(name, "variable", f"{name}: ", description, rank=1)
        return
    item = entry_snippet(pattern, flow=cursor.flow, indent=cursor.indent)
    if item is not None:
        yield item
    manifest = place.analysis.manifest
    if manifest is None:
        return
    # What is written as one word stays on the line of its key.
    tail = "" if as_scalar(mapping.value_shape) is not None or cursor.flow else "\n  "
    for name, kind, detail in _entry_names(pattern, manifest, is_overlay=is_overlay):
        if name not in cursor.keys:
            # A key that stands there already would be a duplicate.
            yield CompletionItem(name, kind, f"{name}:{tail or ' '}", detail, rank=3)


def _entry_names(pattern: Path, manifest: Manifest, *, is_overlay: bool) -> Iterator[tuple[str, CompletionKind, str]]:
    match pattern:
        case ("tables",):
            if is_overlay:
                yield from ((name, "table", "declared table") for name in manifest.tables)
            else:
                yield from ((name, "table", "one of Azure's tables") for name in ingestible_tables())
        case ("streams",):
            if is_overlay:
                yield from ((name, "stream", "declared stream") for name in manifest.streams)
            else:
                yield from ((f"Microsoft-{name}", "stream", "the stream of a table") for name in ingestible_tables())
        case ("workspace_transforms",):
            if is_overlay:
                yield from ((name, "table", "declared transform") for name in manifest.workspace_transforms)
            else:
                yield from ((name, "table", "one of Azure's tables") for name in ingestible_tables())
        case ("dcrs",):
            yield from ((name, "dcr", "declared DCR") for name in manifest.dcrs)
        case ("applications",):
            yield from ((name, "value", "declared application") for name in manifest.applications)
        case ("grants",):
            yield from ((name, "value", "declared grant") for name in manifest.grants)
        case ("tables", name, "columns") if name in manifest.tables:
            columns = _missing_columns(str(name), manifest)
            yield from ((column, "column", type_) for column, type_ in columns.items())
        case ("streams", name, "columns") if name in manifest.streams:
            stream = manifest.streams[str(name)]
            from provisioner.kql import infer

            records = [*stream.samples, *(record for test in stream.tests for record in test.given)]
            yield from ((column, "column", type_) for column, type_ in infer(records).items())
        case ("streams", name, "tests", int(), "expect") if name in manifest.streams:
            yield from ((flow.table, "table", "a table of the stream") for flow in manifest.streams[str(name)].flows)


def _missing_columns(table: str, manifest: Manifest) -> dict[str, str]:
    """Columns that transforms write to a table, with types, those that it has included."""
    from provisioner.language.pipeline_steps import last_pipeline

    columns: dict[str, str] = {"TimeGenerated": "datetime"}
    for stream in manifest.streams.values():
        for flow in stream.flows:
            if flow.table == table and flow.written:
                columns.update(last_pipeline(flow.transform, stream.columns.kql()).steps[-1].columns)
    return columns


def _record_members(place: ManifestPlace) -> Iterator[CompletionItem]:
    """The names of a record: of the stream's columns where it goes in, of the table's where it comes out."""
    manifest = place.analysis.manifest
    pattern = without_environment(place.cursor.path)
    stream = written_stream(pattern, manifest) if manifest is not None else None
    if manifest is None or stream is None:
        return
    if "expect" in pattern:
        tables = {step for step in pattern if isinstance(step, str)} & {flow.table for flow in stream.flows}
        names = {
            name: type_
            for table in tables or {flow.table for flow in stream.flows}
            for name, type_ in (known_columns(table, manifest) or {}).items()
        }
    else:
        names = dict(stream.columns)
    for name, type_ in names.items():
        if name not in place.cursor.keys:
            yield CompletionItem(name, "column", f"{name}: ", type_, rank=1)


# -- values


def _values(place: ManifestPlace) -> Iterator[CompletionItem]:
    scalar = as_scalar(place.shape)
    pattern = without_environment(place.cursor.path)
    if isinstance(scalar, Choice):
        for word in scalar.values:
            yield CompletionItem(word, "value", word, scalar.choice_noun, rank=1)
    elif isinstance(scalar, Boolean):
        for word in ("true", "false"):
            yield CompletionItem(word, "value", word, rank=1)
    elif isinstance(scalar, Constant):
        yield CompletionItem(str(scalar.value), "value", str(scalar.value), rank=1)
    if place.shape is FILE_PATH or pattern[:1] == ("include",):
        yield from file_items(place)
        return
    if isinstance(place.shape, ValueOrFile):
        yield CompletionItem("{file: …}", "snippet", "{file: $1}", "the content of a file", snippet=True, rank=6)
        if isinstance(scalar, KqlText):
            yield CompletionItem("source", "keyword", "source", "the rows as they are", rank=2)
    yield from name_items(pattern, place)
