"""Whether an emulator runs, and where, as text and as JSON values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.reports.report_format import Views

if TYPE_CHECKING:
    from provisioner.emulator.lifecycle import ReadyLine


@dataclass(frozen=True, slots=True)
class EmulatorStatus:
    """The emulator that runs on a state directory; None where none does."""

    state_directory: Path
    ready: ReadyLine | None


def status_text(status: EmulatorStatus) -> str:
    """Address, process and version in a line, or that none runs."""
    ready = status.ready
    if ready is None:
        return f"no emulator runs on {status.state_directory}\n"
    return f"{ready.endpoint} (process {ready.pid}, version {ready.version}, state {status.state_directory})\n"


def status_data(status: EmulatorStatus) -> dict[str, Any]:
    """What the ready line says, without the secret."""
    # Status output ends up in logs and issues; `emulator env` prints the secret where it is needed.
    shown = (
        {key: value for key, value in asdict(status.ready).items() if key != "client_secret"} if status.ready else None
    )
    return {"running": status.ready is not None, "emulator": shown}


VIEWS: Views[EmulatorStatus] = {
    "text": lambda status, _: status_text(status),
    "data": lambda status, _: status_data(status),
}
