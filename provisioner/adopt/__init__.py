"""Import: writes a manifest from what exists in Azure, or from files of other tools."""

from __future__ import annotations

from provisioner.adopt.codes import CODES
from provisioner.adopt.file_import import from_arm, from_bicep
from provisioner.adopt.live_import import from_live
from provisioner.adopt.live_source import ClassicChoice
from provisioner.adopt.manifest_draft import ImportedManifest, SkippedResource
from provisioner.adopt.payload_source import from_payload
from provisioner.adopt.placement import ImportOptions

__all__ = [
    "CODES",
    "ClassicChoice",
    "ImportOptions",
    "ImportedManifest",
    "SkippedResource",
    "from_arm",
    "from_bicep",
    "from_live",
    "from_payload",
]
