"""Azure's regions by cloud, and how people spell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.model import Manifest
from provisioner.package_data import load_facts

Path = tuple[str, ...]


def short(name: str) -> str:
    """A region's short name however it is written: Azure compares without case and spaces."""
    return "".join(name.split()).lower()


def cloud_of(name: str) -> str | None:
    """The cloud that has a region of this name; None if no cloud is known to."""
    return next((cloud for cloud, regions in clouds().items() if short(name) in regions), None)


def clouds() -> Mapping[str, Mapping[str, str]]:
    """Cloud → short name → name for people."""
    found: Mapping[str, Mapping[str, str]] = load_facts("regions.yaml")["clouds"]
    return found


def locations(manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Every place of a manifest that names a region, with the name."""
    yield ("target", "location"), manifest.target.location
    yield ("workspace", "location"), manifest.workspace.location
    if manifest.endpoint:
        yield ("endpoint", "location"), manifest.endpoint.location


def offered(feature: str, cloud: str, region: str) -> str | None:
    """None where a feature is offered as far as is known, else what is known against it."""
    known: Mapping[str, Any] = load_facts("regions.yaml")["offers"][feature]
    missing = cloud in known["clouds"] or short(region) in known["regions"]
    return str(known["note"]) if missing else None
