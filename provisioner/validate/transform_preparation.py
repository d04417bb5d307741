"""The transforms of documents bound one by one: what the checks would do all at once when they first need them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.load import Document
from provisioner.model import Flow
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.transforms.table_columns import known_columns
from provisioner.validate.diagnostic_filter import DiagnosticFilter
from provisioner.validate.manifest_parts import iterate_parts


def prepare_transforms(documents: Iterable[Document], transforms: BoundTransforms) -> Iterator[None]:
    """Bind each transform and compare it with its table, one a step. Raises ProvisionerError for wrong settings."""
    for document in documents:
        if document.manifest is None:
            continue
        policy = DiagnosticFilter.from_settings(document.root, (), (), {}).policy
        bound = transforms.with_policy(policy)
        for flow, _, stream in iterate_parts(document, document.manifest, Flow):
            columns = known_columns(flow.table, document.manifest)
            bound.facts(stream, flow)
            if columns is not None:
                bound.fit(stream, flow, columns)
            yield
