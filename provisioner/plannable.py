"""What can be planned and applied: a manifest, and a plan that was saved to a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from provisioner.apply import Applied, ApplyOptions
    from provisioner.apply.template_deployment import WhatIfRow
    from provisioner.azure import Azure
    from provisioner.model import Target
    from provisioner.plan import Plan, PlanOptions
    from provisioner.resources.sender_outputs import Outputs


class Plannable(Protocol):
    """The steps that a `Project` and a `SavedPlan` have in common; their docstrings say what each does."""

    @property
    def environment(self) -> str | None:
        """The environment's name; None for the manifest without one."""

    @property
    def target(self) -> Target:
        """Where the resources are deployed."""

    @property
    def state_directory(self) -> Path:
        """The directory for the journal and the lock."""

    def raise_if_invalid(self) -> object:
        """Raise InvalidManifest where nothing can be planned."""

    def connect(self, credential: Any = None, *, concurrency: int = 16) -> Azure:
        """Connect to the target."""

    def lock(self, timeout: float = 600, on_wait: Callable[[str], None] = ...) -> AbstractContextManager[None]:
        """Keep other runs on this machine from writing."""

    def plan(self, azure: Azure, options: PlanOptions = ...) -> Plan:
        """What apply would do."""

    def what_if(self, plan: Plan, azure: Azure) -> tuple[WhatIfRow, ...]:
        """Azure's own forecast of a plan."""

    def apply(self, plan: Plan, azure: Azure, options: ApplyOptions = ...) -> Applied:
        """Carry out a plan."""

    def outputs(self, azure: Azure, after: Applied) -> Outputs:
        """What senders need, as it is after an apply."""
