"""Requests that change files: shown first, then written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provisioner.diagnostics import Edit
from provisioner.workbench.file_changes import expected_edits, new_test_edits, sample_edits, transform_edit
from provisioner.workbench.list_edits import NotEditable
from provisioner.workbench.messages.edit_messages import (
    EditOutcome,
    EditPreview,
    EditWrite,
    ExpectationEdit,
    RecordsEdit,
    TransformEdit,
)
from provisioner.workbench.workbench import Workbench


def preview_transform(workbench: Workbench, request: TransformEdit) -> EditPreview:
    """Show how the manifest changes when a text becomes the transform of a flow."""

    def edits() -> Sequence[Edit]:
        edit = transform_edit(workbench.project, request.stream, request.table, request.transform)
        return [edit] if edit else []

    return _preview(workbench, edits)


def preview_records(workbench: Workbench, request: RecordsEdit) -> EditPreview:
    """Show how files change when records are kept as a sample or as a test."""
    project = workbench.project
    # All records of the set where none is chosen; a number that is not there is left out.
    kept = workbench.records.get(request.records)
    records = [kept[number] for number in request.numbers if 0 <= number < len(kept)] if request.numbers else kept
    if request.keep_as == "sample":
        return _preview(workbench, lambda: sample_edits(project, request.stream, records))
    return _preview(
        workbench,
        lambda: new_test_edits(project, request.stream, request.table, request.name, records, request.transform),
    )


def preview_expectation(workbench: Workbench, request: ExpectationEdit) -> EditPreview:
    """Show how a failed test changes when it expects what comes now."""
    return _preview(workbench, lambda: expected_edits(workbench.project, request))


def write_edit(workbench: Workbench, request: EditWrite) -> EditOutcome:
    """Write a change that was shown. Raises LookupError for one that is no longer kept."""
    outcome = workbench.edits.write(request.id)
    if outcome is None:
        raise LookupError("this change is no longer kept: show it again")
    workbench.refresh()
    return outcome


def _preview(workbench: Workbench, make_edits: Callable[[], Sequence[Edit]]) -> EditPreview:
    try:
        edits = make_edits()
    except NotEditable as error:
        return EditPreview("", "", (), str(error))
    if not edits:
        return EditPreview("", "", (), "nothing changes: the file says this already")
    return workbench.edits.preview(edits, workbench.project.document.root)
