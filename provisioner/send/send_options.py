"""How records are sent: parallelism, patience, and what is done beside sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provisioner.send.record_formats import InputFormat


@dataclass(frozen=True, slots=True)
class SendProgress:
    """How far a run is: records and bytes read, records accepted, and the share of the input, where it is known."""

    read: int
    sent: int
    dead: int
    bytes: int
    share: float | None = None
    reason: str = ""
    """Why it waits; empty where it does not."""
    retry_in: float = 0.0
    """Seconds for which it waits."""

    @property
    def wait_text(self) -> str:
        """Why it waits, and for how long; empty where it does not."""
        return f"{self.reason}; trying again in {self.retry_in:.0f} s" if self.retry_in else self.reason


@dataclass(frozen=True, slots=True)
class SendOptions:
    """The options of one run.

    `patience` are seconds without an accepted call after which a service in trouble is given up; `dcr` names the rule,
    where several have the stream; `grant_self` gives the running identity the right to send, for the run (None: in the
    local emulator). `dead_letters` is a directory (None: beside the manifest's state).
    """

    parallelism: int = 8
    patience: float = 900.0
    input_format: InputFormat | None = None
    dcr: str | None = None
    grant_self: bool | None = None
    dead_letters: Path | None = None
    resume: bool = False
    restart: bool = False
    progress: Callable[[SendProgress], None] = lambda _: None


SEND_DEFAULTS = SendOptions()
