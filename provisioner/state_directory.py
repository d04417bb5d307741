"""The directory beside a manifest for what the provisioner keeps on this machine."""

from __future__ import annotations

STATE_DIRECTORY = ".provisioner"
"""The name of the directory for the emulator's state, the journal of applies and the lock."""
