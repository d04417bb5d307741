"""What the caller of apply decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioner.apply.change_writer import RETRY_DEADLINE
from provisioner.apply.outcome import Outcome
from provisioner.progress import Progress, ignore_progress


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out.

    `allow` names accepted risks (RISK:NAME), `parallelism` is the number of writes at once. With `deployment` ARM
    templates are deployed where they can express a change, in place of single writes. `retry_deadline` is the seconds
    for which a refusal that passes by itself is retried. On SIGINT or SIGTERM the writes under way are finished, and
    `on_interrupt` gets the outcomes before the signal is delivered.
    """

    allow: tuple[str, ...] = ()
    parallelism: int = 10
    deployment: bool = False
    retry_deadline: float = RETRY_DEADLINE
    progress: Progress = ignore_progress
    on_interrupt: Callable[[tuple[Outcome, ...]], None] | None = None


APPLY_DEFAULTS = ApplyOptions()
