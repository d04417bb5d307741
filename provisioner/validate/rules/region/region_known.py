"""A region is one that is known.

Why: a misspelt region is refused. New regions come before lists do, so an unknown one is a warning; and as rows would be
stored on another continent, a region is changed by no fix but where its spelling alone differs.
Wrong: `workspace: {name: law-webshop, location: westeuropa}`
Right: `workspace: {name: law-webshop, location: westeurope}`
Source: https://learn.microsoft.com/azure/reliability/regions-list
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.fact_evidence import describe_evidence, judge
from provisioner.model import Manifest
from provisioner.validate.azure_regions import manifest_locations, near_regions, region_evidence, respelt_region
from provisioner.validate.context import Context
from provisioner.validate.name_matching import join_with_and
from provisioner.validate.rule import rule


@rule("REG001", on=Manifest, severity="warning")
def region_known(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    for path, location in manifest_locations(manifest):
        evidence = region_evidence(location)
        # New regions come before lists do: whatever the evidence, this is at most a warning.
        if not context.document.explicit(path) or judge(evidence, context.policy).accepted:
            continue
        if evidence:
            described = "; ".join(describe_evidence(entry) for entry in evidence)
            yield context.warning(f"the region {location!r} is on no list: {described}", *path)
            continue
        respelt = respelt_region(location)
        near = near_regions(location)
        if respelt:
            hint = f"{respelt!r} is its short name"
        elif near:
            hint = f"regions of that geography: {join_with_and(near)}; `az account list-locations` lists yours"
        else:
            hint = "`az account list-locations` lists them"
        yield context.warning(
            f"{location!r} is no region that is known",
            *path,
            hint=hint,
            fix=context.change(f"write {respelt!r}", respelt, *path) if respelt else None,
        )
