"""A manifest → the graph of resources that it declares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provisioner.model import Manifest, PrincipalReference
from provisioner.resources import (
    alert_resource,
    application_resource,
    dcr_resource,
    endpoint_resource,
    grant_resource,
    group_resource,
    monitoring_resource,
    sentinel_resource,
    table_resource,
    workspace_resource,
    workspace_transform_resource,
)
from provisioner.resources.body_templates import BodyTemplates
from provisioner.resources.expansion_context import ExpansionContext
from provisioner.resources.graph import Graph

RESOURCE_PAGES = (
    group_resource,
    workspace_resource,
    sentinel_resource,
    table_resource,
    endpoint_resource,
    dcr_resource,
    workspace_transform_resource,
    application_resource,
    grant_resource,
    monitoring_resource,
    alert_resource,
)
"""One module a type, with what its facts and its template cannot say; in the order of dependencies."""


def expand_manifest(
    manifest: Manifest,
    principal: str | None = None,
    templates: Path | None = None,
    principal_type: str | None = None,
    object_ids: Mapping[PrincipalReference, str] | None = None,
) -> Graph:
    """The desired graph: every resource that the manifest declares.

    `principal` is the object id that a grant's `self` means, `principal_type` its type (ServicePrincipal, User);
    without them such a grant holds a Param. `object_ids` has the principals that were looked up: without it a grant
    that needs one holds a Param, with it one of an application that is not there yet a Ref. `templates` is a directory
    whose files replace the built-in definitions. Raises BadRequestFile for one that gives no body.
    """
    context = ExpansionContext(manifest, BodyTemplates(templates), principal, principal_type, object_ids)
    return Graph(resource for page in RESOURCE_PAGES for resource in page.expand(context))
