"""Requests about the project: what it is, its tests, the texts of its files, its picture."""

from __future__ import annotations

from provisioner.pipeline_graph.graph_elements import PipelineGraph
from provisioner.pipeline_graph.graph_selection import UnknownName, collapsed
from provisioner.pipeline_graph.layered_layout import layered_layout
from provisioner.pipeline_graph.svg_drawing import line_path
from provisioner.transform_tests import TestResult
from provisioner.validate.source_files import read_source
from provisioner.workbench.draft_transforms import run_draft_tests
from provisioner.workbench.messages.edit_messages import CellDifference, TestOutcome, TestRow, TestRun, TestsRequest
from provisioner.workbench.messages.graph_messages import (
    GraphBox,
    GraphLine,
    GraphPicture,
    GraphRequest,
    SourceFile,
    SourceRequest,
)
from provisioner.workbench.messages.project_messages import Nothing, ProjectFindings, ProjectInfo
from provisioner.workbench.project_info import project_findings, project_info
from provisioner.workbench.workbench import Workbench


def get_project(workbench: Workbench, _: Nothing) -> ProjectInfo:
    """The project as it is on the disk now."""
    return project_info(workbench)


def get_findings(workbench: Workbench, _: Nothing) -> ProjectFindings:
    """What the checks say of the project now; apart from the project, whose views need not wait for it."""
    return project_findings(workbench)


def run_tests(workbench: Workbench, request: TestsRequest) -> TestRun:
    """Run transform tests. Raises ValueError for a stream that the manifest does not have."""
    results = run_draft_tests(workbench.project, request.streams, request.drafts)
    outcomes = tuple(_outcome(result) for result in results)
    passed = sum(outcome.ok for outcome in outcomes)
    return TestRun(outcomes, passed, len(outcomes) - passed)


def _outcome(result: TestResult) -> TestOutcome:
    data = result.json()
    rows = tuple(
        TestRow(
            row["expected"],
            row["actual"],
            tuple(
                CellDifference(cell["column"], cell["expected"], cell["actual"], bool(cell.get("absent")))
                for cell in row["differences"]
            ),
        )
        for row in data["rows"]
    )
    errors = "; ".join(diagnostic.message for diagnostic in result.diagnostics)
    reason = ": ".join(part for part in (result.reason, errors) if part) or None
    return TestOutcome(result.stream, result.table, result.name, result.ok, reason, data["file"], data["line"], rows)


def read_file(workbench: Workbench, request: SourceRequest) -> SourceFile:
    """The text of one of the files that the project was read from. Raises LookupError for any other."""
    # Looked up by name, never opened by it: no path from the page reaches the file system.
    path = workbench.source_files().get(request.file)
    if path is None:
        raise LookupError("this is no file of the project")
    return SourceFile(request.file, read_source(str(path)).removeprefix("\ufeff"))


def draw_graph(workbench: Workbench, request: GraphRequest) -> GraphPicture:
    """The picture of the pipeline, laid out; a name that is not there is a problem in words."""
    project = workbench.project_in(request.environment)
    if project.document.manifest is None:
        return _without_picture("the manifest cannot be read: mend it first")
    whole = project.graph()
    try:
        is_part = bool(request.focus or request.lineage)
        picture = project.graph(focus=request.focus or None, lineage=request.lineage or None) if is_part else whole
    except UnknownName as error:
        return _without_picture(str(error), whole)
    if request.drift:
        from provisioner.workbench.live_differences import with_drift

        picture = with_drift(picture, project)
    # Laid out here and not in the browser: page, SVG and HTML show one picture, and the page stays small.
    shown = collapsed(picture)
    layout = layered_layout(shown)
    boxes = tuple(
        GraphBox(
            box.node.id,
            box.node.type,
            tuple(box.node.label.split("\n")),
            box.node.place.file if box.node.place else None,
            box.node.place.line if box.node.place else None,
            box.node.errors,
            box.node.warnings,
            box.node.drift,
            box.node.count,
            box.x,
            box.y,
            box.width,
            box.height,
        )
        for box in layout.boxes.values()
    )
    lines = tuple(
        GraphLine(edge.source, edge.target, edge.kind, line_path(layout.boxes[edge.source], layout.boxes[edge.target]))
        for edge in layout.edges
    )
    names = tuple(node.name for node in whole.nodes if node.type not in ("flow", "sender"))
    hidden = len(picture.nodes) - len(shown.nodes)
    return GraphPicture(shown.title, boxes, lines, layout.width, layout.height, names, hidden)


def _without_picture(problem: str, whole: PipelineGraph | None = None) -> GraphPicture:
    names = tuple(node.name for node in whole.nodes) if whole else ()
    return GraphPicture("", (), (), 0, 0, names, 0, problem)
