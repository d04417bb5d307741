"""A saved plan with a project's face: what was reviewed is carried out, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.model import Manifest
from provisioner.plan import plan_file
from provisioner.project import STATE, Project

if TYPE_CHECKING:
    from provisioner.apply.flow_errors import Locate
    from provisioner.azure import Azure, Identity
    from provisioner.plan import Plan
    from provisioner.resources import Graph


class SavedPlan(Project):
    """Plans, applies and tells outputs from the file alone; the manifest may have changed since."""

    def __init__(self, file: Path) -> None:
        """Read it. Raises BadRequestFile."""
        self.file = file
        self.saved = plan_file.load(file)

    @property
    def environment(self) -> str | None:
        """The environment that was planned."""
        return self.saved.manifest.environment

    @property
    def accepted(self) -> tuple[str, ...]:
        """What the plan was made with, and reviewed with."""
        return self.saved.allow

    @property
    def state(self) -> Path:
        """Beside the manifest that was planned, or here where that is not to be found."""
        return self.saved.root / STATE

    @property
    def manifest(self) -> Manifest:
        """As much of it as the file holds."""
        return self.saved.manifest

    def raise_if_invalid(self) -> Manifest:
        """It was valid when it was planned."""
        return self.manifest

    def plan(
        self, azure: Azure, *, prune: bool = False, allow: Collection[str] = (), only: Collection[str] = ()
    ) -> Plan:
        """The same plan against Azure as it is now. Raises StalePlan where it is another one by now."""
        chosen = self.saved
        made = super().plan(
            azure,
            prune=prune or chosen.prune,
            allow=(*chosen.allow, *allow),
            only=(*chosen.only, *only),
        )
        plan_file.require(chosen.fingerprint, made)
        return made

    def locate(self) -> Locate | None:
        """The manifest is not at hand."""
        return None

    def _expanded(self, manifest: Manifest, identity: Identity | None) -> Graph:
        del manifest
        return plan_file.load(self.file, identity.object_id if identity else None).desired
