"""A manifest as the graph of resources that it wants."""

from __future__ import annotations

from pathlib import Path

from provisioner.model import Manifest
from provisioner.resources import (
    dcr_resource,
    endpoint_resource,
    grant_resource,
    group_resource,
    table_resource,
    workspace_resource,
)
from provisioner.resources.body_templates import Templates
from provisioner.resources.expansion_context import Context
from provisioner.resources.graph import Graph

PAGES = (group_resource, workspace_resource, table_resource, endpoint_resource, dcr_resource, grant_resource)
"""One page for each type: what its facts and its template cannot say."""


def expand(
    manifest: Manifest,
    principal: str | None = None,
    templates: Path | None = None,
    principal_type: str | None = None,
) -> Graph:
    """Every resource that the manifest declares, desired.

    `principal` is the object id that a grant's `self` means, `principal_type` what it is (ServicePrincipal, User);
    without them such a grant holds a Param. `templates` is a directory whose files replace ours. Raises BadRequestFile
    for an override that gives no body.
    """
    context = Context(manifest, Templates(templates), principal, principal_type)
    return Graph(resource for page in PAGES for resource in page.expand(context))
