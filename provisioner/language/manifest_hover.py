"""What a word of a manifest is: a key with its page, a table with its plan and retention in words, a variable."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.language.kql_hover import Hover, short_json
from provisioner.language.language_file import ManifestPlace
from provisioner.language.manifest_shapes import as_mapping, as_scalar, field_at
from provisioner.language.pipeline_steps import last_pipeline
from provisioner.load.schema.shapes import Choice, FixedKeys, Shape
from provisioner.model import Application, Dcr, Grant, Manifest, PrincipalReference, Stream, Table
from provisioner.text import plural
from provisioner.transforms.builtin_tables import builtin_columns_date, builtin_table, published_columns

Path = tuple[str | int, ...]
_MAX_COLUMNS = 60
"""Columns of a table that a hover lists; the widest of Azure's have hundreds."""


def hover_manifest(place: ManifestPlace) -> Hover | None:
    """What the key or value at a place is; None where there is nothing to say."""
    cursor = place.cursor
    if cursor.role in {"comment", "content"} or cursor.token.start == cursor.token.end:
        return None
    written = place.file.source.text[cursor.token.start : cursor.token.end].strip().strip("\"'")
    # An item of a list of words looks like a key until a colon follows it.
    if cursor.role == "key" and not (cursor.path and isinstance(cursor.path[-1], int) and as_scalar(place.shape)):
        markdown = _key_markdown(place, (*cursor.path, written))
    else:
        markdown = _value_markdown(place, cursor.path, written)
    return Hover(markdown, cursor.token) if markdown else None


def _key_markdown(place: ManifestPlace, path: Path) -> str:
    if description := _described_name(place, path):
        return description
    field = field_at(place.file.root_shape, path)
    if field is None:
        return ""
    lines = [f"**{field.name}** · {'required' if field.required else field.shape.noun}", "", field.description]
    if field.default is not None:
        lines += ["", f"Default: `{field.default}`"]
    if field.example is not None:
        lines += ["", f"Example: `{field.example}`"]
    scalar = as_scalar(field.shape)
    if isinstance(scalar, Choice):
        lines += ["", "One of " + ", ".join(f"`{value}`" for value in scalar.values)]
    mapping = as_mapping(field.shape)
    if isinstance(mapping, FixedKeys):
        lines += ["", *(f"- `{inner.name}`: {inner.description}" for inner in mapping.fields)]
    return "\n".join(lines)


def _described_name(place: ManifestPlace, path: Path) -> str:
    """A table, stream or column that the author names by a key."""
    manifest = place.analysis.manifest
    pattern = path[2:] if path[:1] == ("environments",) else path
    match pattern:
        case ("tables" | "workspace_transforms", str(table)):
            return describe_table(table, manifest)
        case ("streams", str(stream)) if manifest and stream in manifest.streams:
            return _stream_markdown(manifest.streams[stream])
        case ("tables", str(table), "columns", str(column)):
            return _written_by(table, column, manifest)
        case ("streams", str(stream), "columns", str(column)) if manifest and stream in manifest.streams:
            return _read_by(manifest.streams[stream], column)
        case ("streams", str(stream), "samples", int(), str(column)) if manifest and stream in manifest.streams:
            return _read_by(manifest.streams[stream], column)
        case ("streams", str(stream), "tests", int(), "given", int(), str(column)) if (
            manifest and stream in manifest.streams
        ):
            return _read_by(manifest.streams[stream], column)
        case ("streams", str(stream), "tests", int(), "expect", int(), str(column)) if (
            manifest and stream in manifest.streams and manifest.streams[stream].flows
        ):
            return _written_by(manifest.streams[stream].flows[0].table, column, manifest)
        case ("streams", str(_), "tests", int(), "expect", str(table), int(), str(column)):
            return _written_by(table, column, manifest)
        case ("streams" | "workspace_transforms", str(_), "tests", int(), "expect", str(table)):
            return describe_table(table, manifest)
        case ("dcrs", str(name)) if manifest and name in manifest.dcrs:
            return _dcr_markdown(manifest.dcrs[name])
        case ("applications", str(name)) if manifest and name in manifest.applications:
            return _application_markdown(manifest.applications[name], manifest)
        case ("grants", str(name)) if manifest and name in manifest.grants:
            return _grant_markdown(manifest.grants[name])
    return ""


def _value_markdown(place: ManifestPlace, path: Path, written: str) -> str:
    manifest = place.analysis.manifest
    pattern = path[2:] if path[:1] == ("environments",) else path
    if "$(" in written:
        return _variables_markdown(place, written)
    match pattern:
        case ("streams", _, "table") | ("streams", _, "flows", _, "table") | ("streams", _):
            return describe_table(written, manifest)
        case ("dcrs", _, "streams", _) if manifest and written in manifest.streams:
            return _stream_markdown(manifest.streams[written])
        case ("grants", _, "dcrs", *_) if manifest and written in manifest.dcrs:
            return _dcr_markdown(manifest.dcrs[written])
        case ("grants", _, "principal", "application") if manifest and written in manifest.applications:
            return _application_markdown(manifest.applications[written], manifest)
    return _choice_markdown(place.shape, written)


def _choice_markdown(shape: Shape | None, written: str) -> str:
    scalar = as_scalar(shape)
    if not isinstance(scalar, Choice) or written.lower() not in scalar.by_spelling:
        return ""
    value = scalar.by_spelling[written.lower()]
    others = ", ".join(f"`{other}`" for other in scalar.values if other != value)
    return f"**{value}** · {scalar.choice_noun}; others: {others}"


def _variables_markdown(place: ManifestPlace, written: str) -> str:
    document = place.analysis.document
    if document is None:
        return ""
    lines = [
        f"`$({name})` = `{value.text}`" for name, value in document.variables.values.items() if f"$({name})" in written
    ]
    return "  \n".join(lines)


def describe_table(name: str, manifest: Manifest | None) -> str:
    """A table in words: what it is, its plan and retention, its columns; empty where it is not known."""
    table = manifest.tables.get(name) if manifest else None
    lines = [f"**{name}**"]
    if table is not None:
        lines += ["", _settings_in_words(table, manifest)]
        if table.description:
            lines += ["", table.description]
        columns: Mapping[str, str] = table.columns
    else:
        columns = {}
    if builtin_table(name) is not None:
        lines += ["", f"One of Azure's tables; its columns as of {builtin_columns_date(name)}."]
        columns = {**(published_columns(name) or {}), **columns}
    elif table is None:
        return ""
    if manifest:
        writers = [stream.key for stream in manifest.streams.values() if name in {flow.table for flow in stream.flows}]
        if writers:
            lines += ["", f"Written by {', '.join(writers)}."]
    lines += ["", *_column_lines(columns)]
    return "\n".join(lines)


def _column_lines(columns: Mapping[str, str]) -> list[str]:
    lines = [f"- `{column}`: {type_}" for column, type_ in list(columns.items())[:_MAX_COLUMNS]]
    more = len(columns) - len(lines)
    return [*lines, f"- and {more} more"] if more > 0 else lines


def _settings_in_words(table: Table, manifest: Manifest | None) -> str:
    plan = f"plan {table.plan}" if table.plan_declared or table.custom else "the plan that it has"
    if table.existing:
        return f"A table of others: transforms are checked against it, and it is never written; {plan}."
    default = manifest.workspace.retention if manifest else None
    days = table.retention if table.retention not in {None, -1} else default
    kept = f"rows can be queried for {plural(days, 'day')}" if days else "rows are kept as the workspace says"
    total_days = table.total_retention or 0
    total = f", and are kept for {plural(total_days, 'day')} in all" if total_days > 0 else ""
    return f"{plan[0].upper()}{plan[1:]}; {kept}{total}."


def _stream_markdown(stream: Stream) -> str:
    tables = ", ".join(flow.table for flow in stream.flows)
    columns = ", ".join(f"`{name}`: {type_}" for name, type_ in stream.columns.items())
    counts = f"{plural(len(stream.samples), 'sample')}, {plural(len(stream.tests), 'test')}"
    return f"**{stream.key}** into {tables}\n\n{columns}\n\n{counts}"


def _dcr_markdown(dcr: Dcr) -> str:
    described = f"\n\n{dcr.description}" if dcr.description else ""
    streams = ", ".join(dcr.streams) or "no stream"
    return f"**{dcr.name}** · a data collection rule, endpoint {dcr.endpoint}{described}\n\nIt takes {streams}."


def _application_markdown(application: Application, manifest: Manifest) -> str:
    """How an application signs in, and what it may do."""
    lines = [f"**{application.name}** · an app registration without a secret", ""]
    lines += [f"- signs in as `{token.subject}` of {token.issuer}" for token in application.federated]
    grants = [
        grant.name
        for grant in manifest.grants.values()
        if isinstance(grant.principal, PrincipalReference)
        and (grant.principal.kind, grant.principal.value) == ("application", application.name)
    ]
    return "\n".join([*lines, f"- named by {', '.join(grants) if grants else 'no grant: it may not send'}"])


def _grant_markdown(grant: Grant) -> str:
    return f"**{grant.name}** · {grant.principal} has the role {grant.role} on {', '.join(grant.dcrs) or 'no DCR'}"


def _written_by(table: str, column: str, manifest: Manifest | None) -> str:
    """Which transforms write a column, and from which of the stream's."""
    if manifest is None or table not in manifest.tables:
        return ""
    declared = manifest.tables[table]
    lines = [f"**{table}.{column}**: {declared.columns.get(column, 'a column of the table')}"]
    if description := declared.columns.descriptions.get(column):
        lines.append(description)
    for stream in manifest.streams.values():
        for flow in stream.flows:
            if flow.table != table:
                continue
            step = last_pipeline(flow.transform, stream.columns.kql()).steps[-1]
            if column in step.columns:
                origins = ", ".join(f"`{name}`" for name in step.origins.get(column, ())) or "no column"
                lines.append(f"written by {stream.key} from {origins}")
    return "  \n".join(lines)


def _read_by(stream: Stream, column: str) -> str:
    """Which columns of tables come from a stream's column."""
    lines = [f"**{stream.key}.{column}**: {stream.columns.get(column, 'a column of the stream')}"]
    if description := stream.columns.descriptions.get(column):
        lines.append(description)
    for flow in stream.flows:
        step = last_pipeline(flow.transform, stream.columns.kql()).steps[-1]
        targets = [name for name, origins in step.origins.items() if column in origins]
        if targets:
            lines.append(f"goes into {', '.join(f'`{flow.table}.{name}`' for name in targets)}")
    values = [record[column] for record in stream.samples if column in record][:3]
    lines += [f"in the samples: {', '.join(f'`{short_json(value)}`' for value in values)}"] if values else []
    return "  \n".join(lines)
