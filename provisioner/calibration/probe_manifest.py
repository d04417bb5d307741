"""Manifests of probes: from a fragment to a loaded document, and from it to the resources that Azure is sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from provisioner.load import DEFAULT_NAME, load_document
from provisioner.resources import TypeName
from provisioner.resources.expand import expand_manifest

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.model import Manifest, Target
    from provisioner.resources import Body, Resource

PROBE_TYPES: tuple[TypeName, ...] = ("table", "endpoint", "dcr")
"""What a probe's manifest may create: group and workspace are the site's, and a probe makes no grants."""
SITE_TYPES: tuple[TypeName, ...] = ("workspace", *PROBE_TYPES)
_NOMINAL_TARGET = {
    "subscription": "11111111-1111-1111-1111-111111111111",
    "resource_group": "rg-calibration",
    "location": "westeurope",
}


def probe_document(
    fragment: Mapping[str, Any], target: Target | None = None, workspace: str = "law-calibration"
) -> Document:
    """The document of a manifest that consists of a fragment and, where it names none, this target and workspace.

    Without a target it is a nominal one, of a manifest that is checked and not sent.
    """
    whole = {"version": 1, "name": "calibration", "target": _target_keys(target), "workspace": {"name": workspace}}
    # Through a file, as every manifest is loaded: predictions must take the way that authors' manifests take.
    with tempfile.TemporaryDirectory(prefix="provisioner-") as folder:
        file = Path(folder) / DEFAULT_NAME
        file.write_text(
            yaml.safe_dump({**whole, **fragment}, sort_keys=False, allow_unicode=True), encoding="utf-8", newline="\n"
        )
        return load_document(file)


def written_resources(manifest: Manifest, types: tuple[TypeName, ...] = PROBE_TYPES) -> Iterator[tuple[Resource, Body]]:
    """The resources of these types in a manifest with the bodies that Azure is sent, in the order of writing."""
    graph = expand_manifest(manifest)
    for type_name in types:
        for resource in graph:
            if resource.type.short_name == type_name and not resource.existing:
                yield resource, graph.resolved_body(resource)


def _target_keys(target: Target | None) -> dict[str, str]:
    if target is None:
        return _NOMINAL_TARGET
    keys = {"cloud": target.cloud, "resource_group": target.resource_group, "location": target.location}
    # The local Azure has one subscription, which a manifest does not name.
    return keys if target.cloud == "local" else {**keys, "subscription": target.subscription}
