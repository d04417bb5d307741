"""Workspace, endpoint and data collection rules stand in one region.

Why: a rule writes only into a workspace of its own region and takes rows only from an endpoint there. The rules of a
manifest stand where its workspace stands.
Wrong:
    workspace: {name: law-webshop, location: westeurope}
    endpoint: {name: dce-webshop, location: northeurope}
Right:
    workspace: {name: law-webshop, location: westeurope}
    endpoint: {name: dce-webshop, location: westeurope}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Endpoint
from provisioner.validate.azure_regions import cloud_of_region, region_short_name
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("REG004", on=Endpoint)
def region_same(endpoint: Endpoint, context: Context) -> Iterator[Diagnostic]:
    workspace = context.manifest.workspace
    # A misspelt region is REG001.
    both_exist = cloud_of_region(endpoint.location) and cloud_of_region(workspace.location)
    if both_exist and region_short_name(endpoint.location) != region_short_name(workspace.location):
        right = region_short_name(workspace.location)
        yield context.error(
            f"the endpoint {endpoint.name!r} stands in {endpoint.location!r}, "
            f"its workspace {workspace.name!r} in {workspace.location!r}",
            "location",
            # No fix: which of the two regions is meant decides where rows are stored.
            hint=f"they must share a region: {right!r}, or leave the endpoint's `location` out",
        )
