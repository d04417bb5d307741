"""Every request that the page can make, its messages, and who answers it; the client of the page is made of this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from provisioner.workbench.handlers import azure_handlers, edit_handlers, project_handlers, transform_handlers
from provisioner.workbench.messages import (
    azure_messages,
    edit_messages,
    graph_messages,
    local_messages,
    project_messages,
    transform_messages,
)


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """`POST /api/path`: a message in, a message out. `name` is that of the page's function; slow ones go to Azure."""

    name: str
    path: str
    handler: Callable[..., Any]
    request: type
    response: type
    slow: bool = False


_NOTHING = project_messages.Nothing

ROUTES = (
    ApiRoute("getProject", "project", project_handlers.get_project, _NOTHING, project_messages.ProjectInfo),
    ApiRoute("getFindings", "findings", project_handlers.get_findings, _NOTHING, project_messages.ProjectFindings),
    ApiRoute("runTests", "tests", project_handlers.run_tests, edit_messages.TestsRequest, edit_messages.TestRun),
    ApiRoute("readFile", "file", project_handlers.read_file, graph_messages.SourceRequest, graph_messages.SourceFile),
    ApiRoute(
        "drawGraph", "graph", project_handlers.draw_graph, graph_messages.GraphRequest, graph_messages.GraphPicture
    ),
    ApiRoute(
        "readRecords",
        "records",
        transform_handlers.read_records,
        transform_messages.RecordsText,
        transform_messages.RecordSet,
    ),
    ApiRoute(
        "keptRecords",
        "records/kept",
        transform_handlers.kept_records,
        transform_messages.KeptRecords,
        transform_messages.RecordSet,
    ),
    ApiRoute(
        "streamRecords",
        "records/stream",
        transform_handlers.stream_records,
        transform_messages.StreamRecords,
        transform_messages.RecordSet,
    ),
    ApiRoute(
        "runTransform",
        "transform",
        transform_handlers.run,
        transform_messages.TransformRun,
        transform_messages.TransformResult,
    ),
    ApiRoute(
        "showStep",
        "transform/step",
        transform_handlers.show_step,
        transform_messages.StepRun,
        transform_messages.StepResult,
    ),
    ApiRoute(
        "openEditor",
        "editor",
        transform_handlers.open_editor,
        transform_messages.EditorRequest,
        transform_messages.EditorAddress,
    ),
    ApiRoute(
        "compareTransform",
        "transform/compare",
        transform_handlers.compare,
        transform_messages.TransformComparison,
        transform_messages.ComparisonResult,
        slow=True,
    ),
    ApiRoute(
        "previewTransform",
        "edits/transform",
        edit_handlers.preview_transform,
        edit_messages.TransformEdit,
        edit_messages.EditPreview,
    ),
    ApiRoute(
        "previewRecords",
        "edits/records",
        edit_handlers.preview_records,
        edit_messages.RecordsEdit,
        edit_messages.EditPreview,
    ),
    ApiRoute(
        "previewExpectation",
        "edits/expectation",
        edit_handlers.preview_expectation,
        edit_messages.ExpectationEdit,
        edit_messages.EditPreview,
    ),
    ApiRoute("writeEdit", "edits/write", edit_handlers.write_edit, edit_messages.EditWrite, edit_messages.EditOutcome),
    ApiRoute("runAzure", "azure", azure_handlers.run, azure_messages.AzureRun, azure_messages.AzureReport, slow=True),
    ApiRoute("localStatus", "local", azure_handlers.local_status, _NOTHING, local_messages.LocalStatus, slow=True),
    ApiRoute(
        "queryLocal",
        "local/query",
        azure_handlers.query_local,
        local_messages.LocalQuery,
        local_messages.LocalRows,
        slow=True,
    ),
    ApiRoute(
        "setLocalFault",
        "local/fault",
        azure_handlers.set_local_fault,
        local_messages.LocalFault,
        local_messages.LocalOutcome,
        slow=True,
    ),
    ApiRoute(
        "sendLocal",
        "local/send",
        azure_handlers.send_local,
        local_messages.LocalSend,
        local_messages.LocalOutcome,
        slow=True,
    ),
)

EVENTS = {"progress": azure_messages.RunProgress}
"""Messages that the server sends to every page without being asked, by the name of their event at `/api/events`."""
