"""What exists, live or in other tools' files, as a manifest."""

from __future__ import annotations

from provisioner.adopt.arm import from_arm
from provisioner.adopt.codes import CODES
from provisioner.adopt.draft import Adopted, Left
from provisioner.adopt.ground import Given
from provisioner.adopt.live import from_live

__all__ = ["CODES", "Adopted", "Given", "Left", "from_arm", "from_live"]
