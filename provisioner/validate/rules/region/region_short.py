"""A region is written by its short name.

Why: Azure takes "West Europe" for westeurope, yet a rule written with the long form has been seen to miss its workspace.
Wrong: `workspace: {name: law-webshop, location: West Europe}`
Right: `workspace: {name: law-webshop, location: westeurope}`
Source: https://github.com/Azure/bicep/issues/9566
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.azure_regions import cloud_of_region, manifest_locations, region_short_name
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("REG002", on=Manifest, severity="warning")
def region_short(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    for path, _ in manifest_locations(manifest):
        written = context.written_value(path)
        if isinstance(written, str) and written != region_short_name(written) and cloud_of_region(written):
            right = region_short_name(written)
            message = f"the region {written!r} is not in its short form {right!r}"
            yield context.warning(message, *path, fix=context.change(f"write {right!r}", right, *path))
