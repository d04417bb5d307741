"""Transform tests over what is written on the page and not yet saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from provisioner.model import Manifest, Stream
from provisioner.project import Project
from provisioner.transform_tests import TestResult, run_transform_tests
from provisioner.workbench.messages.edit_messages import Draft


def run_draft_tests(project: Project, streams: Sequence[str], drafts: Sequence[Draft]) -> tuple[TestResult, ...]:
    """The tests of some streams, or of all, with drafts in place of what is saved.

    Raises ValueError for a stream that the manifest does not have.
    """
    document = project.document
    if document.manifest is None:
        return ()
    drafted = replace(document, manifest=with_drafts(document.manifest, drafts))
    return run_transform_tests(drafted, tuple(streams), transforms=project.transforms)


def with_drafts(manifest: Manifest, drafts: Iterable[Draft]) -> Manifest:
    """The manifest with these texts as the transforms of their flows; a draft of a flow that is gone is left out."""
    texts = {(draft.stream, draft.table): draft.transform for draft in drafts}
    if not texts:
        return manifest
    return replace(
        manifest,
        streams={key: _with_texts(stream, texts) for key, stream in manifest.streams.items()},
        workspace_transforms={key: _with_texts(one, texts) for key, one in manifest.workspace_transforms.items()},
    )


def _with_texts(stream: Stream, texts: dict[tuple[str, str], str]) -> Stream:
    flows = tuple(replace(flow, transform=texts.get((stream.key, flow.table), flow.transform)) for flow in stream.flows)
    # The same object where nothing is another: what is known of it stays known.
    return stream if flows == stream.flows else replace(stream, flows=flows)
