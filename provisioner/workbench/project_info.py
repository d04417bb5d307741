"""The open project as the page shows it."""

from __future__ import annotations

from provisioner.diagnostics import Diagnostic
from provisioner.model import Columns, Stream
from provisioner.project import Project
from provisioner.transform_tests.run import tested_streams
from provisioner.transforms.table_columns import known_columns
from provisioner.workbench.messages.project_messages import (
    Column,
    Finding,
    FlowInfo,
    ProjectFindings,
    ProjectInfo,
    StreamInfo,
    TableInfo,
)
from provisioner.workbench.workbench import Workbench


def project_info(workbench: Workbench) -> ProjectInfo:
    """Streams and tables of the project as it is on the disk."""
    project = workbench.project
    document = project.document
    # Without a manifest the page still shows what is wrong with the file.
    manifest = document.manifest
    # Those of a workspace's own transformations too: they have transforms, samples and tests as streams have.
    streams = tuple(tested_streams(manifest).values()) if manifest else ()
    tables = dict.fromkeys(manifest.tables if manifest else ())
    tables |= dict.fromkeys(flow.table for stream in streams for flow in stream.flows)
    return ProjectInfo(
        name=manifest.name if manifest else document.file.name,
        file=project.position_of(()).file,
        environment=workbench.environment,
        environments=document.environments,
        revision=workbench.revision,
        readable=manifest is not None,
        allow_apply=workbench.allow_apply,
        streams=tuple(_stream_info(project, stream) for stream in streams),
        tables=tuple(TableInfo(name, column_list(known_columns(name, manifest))) for name in tables if manifest),
    )


def project_findings(workbench: Workbench) -> ProjectFindings:
    """What the checks say of the project as it is on the disk: in a large one they take seconds."""
    project, revision = workbench.project, workbench.revision
    return ProjectFindings(revision, tuple(_finding(one) for one in project.diagnostics))


def column_list(columns: Columns | None) -> tuple[Column, ...]:
    """Columns as a list; empty where they are not known."""
    return tuple(Column(name, kind) for name, kind in (columns or {}).items())


def _stream_info(project: Project, stream: Stream) -> StreamInfo:
    flows = []
    for flow in stream.flows:
        place = project.document.place((*flow.path, "transform") if flow.written else flow.path or stream.path)
        flows.append(FlowInfo(flow.table, flow.transform, flow.written, place.file, place.line))
    return StreamInfo(
        stream.key,
        column_list(stream.columns),
        tuple(flows),
        len(stream.samples),
        tuple(dict.fromkeys(test.name for test in stream.tests)),
    )


def _finding(diagnostic: Diagnostic) -> Finding:
    place = diagnostic.place
    return Finding(
        diagnostic.code,
        diagnostic.severity,
        diagnostic.message,
        diagnostic.hint,
        place.file if place else None,
        place.line if place else None,
    )
