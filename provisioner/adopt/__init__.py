"""What exists, live or in other tools' files, as a manifest."""

from __future__ import annotations

from provisioner.adopt.codes import CODES
from provisioner.adopt.file_import import from_arm
from provisioner.adopt.live_import import from_live
from provisioner.adopt.manifest_draft import Adopted, Left
from provisioner.adopt.placement import Given

__all__ = ["CODES", "Adopted", "Given", "Left", "from_arm", "from_live"]
