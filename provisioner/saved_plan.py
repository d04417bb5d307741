"""`SavedPlan`: a plan file in the place of a project. The plan that was reviewed is applied, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.plan import PLAN_DEFAULTS, Plan, PlanOptions, plan_against_azure, plan_file
from provisioner.state_directory import STATE_DIRECTORY

if TYPE_CHECKING:
    from provisioner.apply import Applied, ApplyOptions
    from provisioner.apply.template_deployment import WhatIfRow
    from provisioner.azure import Azure, Identity
    from provisioner.model import Manifest, PrincipalReference, Target
    from provisioner.resources import Graph
    from provisioner.resources.sender_outputs import Outputs


class SavedPlan:
    """Plans and applies what a plan file holds; the manifest is not read again.

    It is `Plannable` as a `Project` is. What needs the manifest's text or its columns (checks, transform tests,
    positions, rendering, verification) it does not offer.
    """

    def __init__(self, file: Path) -> None:
        """Read a plan file that `Project.save_plan` wrote. Raises BadRequestFile."""
        self._file = file
        self._content = plan_file.load_plan(file)

    @property
    def environment(self) -> str | None:
        """The environment that was planned, None for the manifest without one."""
        return self._content.manifest_outline.environment

    @property
    def target(self) -> Target:
        """Where the resources are deployed."""
        return self._content.manifest_outline.target

    @property
    def state_directory(self) -> Path:
        """The directory beside the planned manifest, or below the current one where that does not exist."""
        return self._content.root / STATE_DIRECTORY

    def raise_if_invalid(self) -> None:
        """Nothing: the manifest was valid when it was planned."""

    def connect(self, credential: Any = None, *, concurrency: int = 16) -> Azure:
        """Connect to the planned target, as `Project.connect` does."""
        from provisioner.connection import connect

        return connect(self.target, self.state_directory, credential, concurrency=concurrency)

    def plan(self, azure: Azure, options: PlanOptions = PLAN_DEFAULTS) -> Plan:
        """The plan against Azure as it is now, with the file's options added to these.

        Raises StalePlan where it is no longer the plan in the file.
        """
        saved = self._content
        merged = PlanOptions(
            only=(*saved.options.only, *options.only),
            prune=options.prune or saved.options.prune,
            allow=(*saved.options.allow, *options.allow),
        )
        new_plan = plan_against_azure(saved.manifest_outline, self._expand, azure, merged)
        # The fingerprint covers what is changed and how; properties that no manifest declares may have moved meanwhile.
        plan_file.require_fingerprint(saved.fingerprint, new_plan)
        return replace(new_plan, accepted=saved.options.allow)

    def lock(
        self, timeout: float = 600, on_wait: Callable[[str], None] = lambda _: None
    ) -> AbstractContextManager[None]:
        """Hold the state directory, as `Project.lock` does."""
        from provisioner.apply.state_lock import state_lock

        purpose = f"apply {self.environment or ''}".strip()
        return state_lock(self.state_directory, purpose, timeout=timeout, on_wait=on_wait)

    def what_if(self, plan: Plan, azure: Azure) -> tuple[WhatIfRow, ...]:
        """Azure's own forecast of a plan, a row a resource. The group must exist. Raises CloudError."""
        from provisioner.apply.template_deployment import what_if_rows

        return what_if_rows(plan, self._content.manifest_outline, azure)

    def apply(self, plan: Plan, azure: Azure, options: ApplyOptions | None = None) -> Applied:
        """Carry out the plan, as `Project.apply` does; refused flows have no position in a manifest."""
        from provisioner.apply import APPLY_DEFAULTS, apply_plan

        outline = self._content.manifest_outline
        return apply_plan(plan, outline, azure, options or APPLY_DEFAULTS, self.state_directory)

    def outputs(self, azure: Azure, after: Applied) -> Outputs:
        """The endpoints, immutable ids and stream URLs that senders need, as they are after an apply."""
        from provisioner.resources.sender_outputs import OUTPUT_TYPES, read_outputs

        live = after.live_graph(azure, OUTPUT_TYPES)
        outline, identity = self._content.manifest_outline, azure.identity
        return read_outputs(outline, live, azure.cloud.ingestion_audience, identity.tenant_id)

    def _expand(self, _: Manifest, identity: Identity, __: Mapping[PrincipalReference, str] | None) -> Graph:
        # The file holds the expanded resources with the principals that were looked up, and `self` as a placeholder.
        return plan_file.load_plan(self._file, identity.object_id).desired
