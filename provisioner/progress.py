"""Progress events that long-running work emits, and the callable that receives them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """`start` and `done`/`failed` frame one piece of work, named by `subject`; `wait` says why it takes longer."""

    kind: Literal["start", "wait", "done", "failed"]
    subject: str
    message: str = ""


Progress = Callable[[ProgressEvent], None]


def ignore_progress(_: ProgressEvent) -> None:
    """Drop the event: the caller did not ask for progress."""
