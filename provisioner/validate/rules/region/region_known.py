"""A region is one that Azure has.

Why: Azure refuses resources in a region it does not know.
Wrong: `workspace: {name: law-webshop, location: westeuropa}`
Right: `workspace: {name: law-webshop, location: westeurope}`
Source: https://learn.microsoft.com/azure/reliability/regions-list
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.azure_regions import cloud_of, clouds, locations
from provisioner.validate.context import Context
from provisioner.validate.name_matching import near
from provisioner.validate.rule import rule


@rule("REG001", on=Manifest)
def region_known(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    for path, location in locations(manifest):
        if context.document.explicit(path) and cloud_of(location) is None:
            names = [name for regions in clouds().values() for name in regions]
            right = near("".join(location.split()), names)
            yield context.error(
                f"{location!r} is no region that is known",
                *path,
                hint=f"did you mean {right!r}?" if right else "`az account list-locations` lists them",
                fix=context.change(f"write {right!r}", right, *path) if right else None,
            )
