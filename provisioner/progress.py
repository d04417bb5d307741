"""What long work says while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Event:
    """`start` and `done`/`failed` frame one piece of work, told by its subject; `wait` says why it takes longer."""

    kind: Literal["start", "wait", "done", "failed"]
    subject: str
    message: str = ""


Progress = Callable[[Event], None]


def silent(_: Event) -> None:
    """Nobody is listening."""
