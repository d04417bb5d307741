"""A region belongs to the target's cloud.

Why: each cloud has regions of its own; Azure refuses the others'.
Wrong: `workspace: {name: law-webshop, location: usgovvirginia}`
Right: `workspace: {name: law-webshop, location: eastus}`
Source: https://learn.microsoft.com/azure/reliability/regions-list
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.azure_regions import cloud_of_region, manifest_locations
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("REG003", on=Manifest)
def region_cloud(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    cloud = manifest.target.cloud
    # The emulator takes the regions of every cloud.
    if cloud == "local" or context.is_broken("target", "cloud"):
        return
    for path, location in manifest_locations(manifest):
        region_cloud_name = cloud_of_region(location)
        if context.document.explicit(path) and region_cloud_name not in (None, cloud):
            message = (
                f"the region {location!r} belongs to the cloud {region_cloud_name!r}, and the target's is {cloud!r}"
            )
            yield context.error(message, *path, hint="change the region, or `target.cloud`")
