"""Actions about where things stand: a transform moved into a file and back, and columns inferred from samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path as FilePath

from provisioner.diagnostics import Edit, Span
from provisioner.kql import infer
from provisioner.language.code_actions import CodeAction
from provisioner.language.column_actions import file_edits_of
from provisioner.language.kql_text import FlowContext, TransformText
from provisioner.language.language_file import KqlPlace, LanguageFile, ManifestPlace, node_at
from provisioner.load.yaml.nodes import MappingNode, ScalarNode
from provisioner.load.yaml.source_text import UnreadableFile
from provisioner.load.yaml.yaml_writer import dump_scalar
from provisioner.model import Stream
from provisioner.model.column_types import column_type
from provisioner.suggest import numbered_names


def transform_actions(file: LanguageFile, offset: int) -> Iterator[CodeAction]:
    """What can be moved or inferred at a place."""
    place = file.place(offset)
    if isinstance(place, KqlPlace):
        if place.text.style == "file":
            yield from _into_manifest(place)
        elif place.contexts:
            yield from _into_file(place, place.contexts[0])
        return
    yield from _columns_from_samples(place)


def _into_file(place: KqlPlace, context: FlowContext) -> Iterator[CodeAction]:
    """The transform as a file beside the one that holds it, named after its stream."""
    text = place.text
    name = re.sub(r"[^A-Za-z0-9]+", "-", context.stream.key.removeprefix("Custom-")).strip("-").lower() or "transform"
    if len(context.stream.flows) > 1:
        name += "-" + re.sub(r"[^A-Za-z0-9]+", "-", context.flow.table).strip("-").lower()
    node = _scalar_of(text, place.file)
    if node is None or node.shared:
        return
    content = text.text.rstrip() + "\n"
    path, is_new = _file_for(place, name, content)
    end = node.start + len(text.source.text[node.start : node.end].rstrip())
    edit = Edit(Span(node.start, end), f"{{file: {dump_scalar(path.name)}}}")
    yield CodeAction(
        f"Move the transform into {path.name}",
        "refactor.extract",
        ((text.source.path, edit),),
        new_files=((path, content),) if is_new else (),
    )


def _file_for(place: KqlPlace, name: str, content: str) -> tuple[FilePath, bool]:
    """A file beside the one of a place that may hold a text, and whether it has to be made: another's is left alone."""
    buffers = place.file.project.buffers
    for free_name in chain((name,), numbered_names(f"{name}-", 2)):
        path = place.text.source.path.with_name(f"{free_name}.kql")
        if not path.exists() and not buffers.is_open(path):
            return path, True
        try:
            if buffers.source(path).text.rstrip() == content.rstrip():
                return path, False
        except UnreadableFile:
            continue
    raise AssertionError("numbers do not end")


def _scalar_of(text: TransformText, file: LanguageFile) -> ScalarNode | None:
    node = file.tree
    for step in text.path:
        if isinstance(node, MappingNode):
            node = node.values.get(str(step))
        else:
            items = getattr(node, "items", [])
            node = items[step] if isinstance(step, int) and step < len(items) else None
    return node if isinstance(node, ScalarNode) else None


def _into_manifest(place: KqlPlace) -> Iterator[CodeAction]:
    """The content of a `.kql` file as a block where the manifest names the file; the file itself stays."""
    for context in place.contexts:
        document = context.document
        match = document.source_map.lookup((*context.path, "file")) if document.source_map else None
        source_map = document.source_map
        if match is None or source_map is None:
            continue
        node = _file_mapping(context)
        if node is None or node.shared:
            continue
        source = node.source
        key_line = source.line_start(node.start)
        line = source.text[key_line : node.start]
        indent = " " * (len(line) - len(line.lstrip(" -")) + 2)
        if line.lstrip(" -").startswith("{") or "{" in line:
            continue
        lines = [f"{indent}{one}" if one.strip() else "" for one in place.text.text.rstrip().split("\n")]
        end = node.start + len(source.text[node.start : node.end].rstrip())
        block = source.newline.join(["|", *lines])
        edit = Edit(Span(node.start, end), block)
        name = source.path.relative_to(place.file.project.manifest_file.parent).as_posix()
        # Several streams may name the file: each takes it over for itself.
        owner = f" of {context.stream.key}" if len(place.contexts) > 1 else ""
        yield CodeAction(f"Move the transform{owner} into {name}", "refactor.inline", ((source.path, edit),))


def _file_mapping(context: FlowContext) -> MappingNode | None:
    """The `{file: …}` that stands for a flow's transform."""
    document = context.document
    node = document.source_map.root if document.source_map else None
    path: tuple[str | int, ...] = context.path
    if path[-3:-2] == ("flows",) and isinstance(node, MappingNode):
        owner = document.source_map.lookup(path[:-3]).node if document.source_map else None
        if isinstance(owner, MappingNode) and "flows" not in owner.values:
            path = (*path[:-3], "transform")
    node = node_at(node, path)
    return node if isinstance(node, MappingNode) and "file" in node.values else None


def _columns_from_samples(place: ManifestPlace) -> Iterator[CodeAction]:
    """The columns of a stream as its samples have them, where the author has written none, or others."""
    path = place.cursor.path
    written = place.file.source.text[place.cursor.token.start : place.cursor.token.end].strip("\"' :")
    manifest = place.analysis.manifest
    document = place.analysis.document
    if manifest is None or document is None or path[:1] != ("streams",):
        return
    key = str(path[1]) if len(path) > 1 else written
    stream = manifest.streams.get(key)
    # A stream that names no table yet has no flow.
    if stream is None or not stream.samples or not stream.flows:
        return
    columns = inferred_columns(stream)
    context = FlowContext(None, document, manifest, stream, stream.flows[0])
    missing = {name: type_ for name, type_ in columns.items() if name not in stream.columns}
    if not stream.declared:
        inner = ", ".join(f"{dump_scalar(name)}: {type_}" for name, type_ in columns.items())
        edit = document.insert(("streams", key), "columns", f"{{{inner}}}")
        edits = file_edits_of(context, (edit,))
        title = f"Infer the columns of {key} from its samples"
    else:
        inserted = [document.insert(("streams", key, "columns"), name, type_) for name, type_ in missing.items()]
        edits = file_edits_of(context, _joined(inserted))
        title = f"Add the columns that the samples of {key} have"
    if edits:
        yield CodeAction(title, "refactor.rewrite", edits)


def _joined(edits: list[Edit | None]) -> list[Edit | None]:
    """Insertions at one place as one edit."""
    whole = [edit for edit in edits if edit is not None]
    if len(whole) != len(edits) or not whole:
        return list(edits)
    return [Edit(whole[0].span, "".join(edit.text for edit in whole), whole[0].file)]


def inferred_columns(stream: Stream) -> dict[str, str]:
    """The columns that a stream's samples have, in the manifest's types; a stream has no guid."""
    columns = {}
    for name, kql_type in infer(stream.samples).items():
        type_ = column_type(kql_type)
        columns[name] = "string" if type_ is None or type_.stream is None else type_.name
    return columns
