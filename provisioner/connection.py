"""A connection to a target: to Azure, or to an emulator that is started or reused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.model import Target


def connect(target: Target, state_directory: Path, credential: Any = None, *, concurrency: int = 16) -> Azure:
    """Connect to a target; in the cloud `local` to the emulator of `state_directory`.

    `credential` is one of azure-identity's (default: DefaultAzureCredential), `concurrency` the number of requests at
    once. Signing in happens on first use; that raises NotSignedIn.
    """
    # Imported late: offline commands must not pay for Azure's SDKs, nor those against Azure for the emulator.
    from provisioner import azure

    if target.cloud == "local":
        from provisioner.emulator.lifecycle import ensure_running

        return azure.connect_local(target, ensure_running(state_directory), concurrency=concurrency)
    return azure.connect(target, credential=credential, concurrency=concurrency)
