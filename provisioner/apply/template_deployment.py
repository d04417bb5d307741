"""Applies a plan through ARM template deployments, and shows Azure's what-if beside our plan."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner import render
from provisioner.apply.applied import Applied
from provisioner.apply.apply_options import APPLY_DEFAULTS, ApplyOptions
from provisioner.apply.dependency_waves import dependency_waves
from provisioner.apply.execution import Execution, executing
from provisioner.apply.flow_errors import ErrorLocator
from provisioner.apply.outcome import Outcome
from provisioner.errors import CloudError, ProvisionerError
from provisioner.package_data import load_facts
from provisioner.plan import Change, Plan, merge_body
from provisioner.progress import ProgressEvent
from provisioner.resources import Body, Graph, Key, iterate_refs

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.model import Manifest

# ARM measures a template after its expressions are expanded; what is left free is room for that expansion.
_FILLED_SHARE = 0.83


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """Azure's what-if of one resource (`azure_change`, its changeType) beside the action in our plan."""

    id: str
    azure_change: str
    our_action: str

    def json(self) -> dict[str, str]:
        """The row as JSON values."""
        return {"id": self.id, "azure": self.azure_change, "ours": self.our_action}


def deployment_templates(plan: Plan, manifest: Manifest) -> Iterator[tuple[tuple[Change, ...], Body]]:
    """The changes that templates can express, in parts within ARM's limits, each with its template.

    Bodies are merged with the live ones, since a deployment replaces resources as a PUT does. The resource group, and
    changes that patch, replace or delete, are left out: templates cannot express them. So are grants for applications
    that are not made yet.
    """
    changes = [
        change
        for wave in dependency_waves(plan.changes)
        for change in wave
        if _fits_template(change) and not any(iterate_refs(change.body))
    ]
    for part in _split_by_size(changes):
        yield part, _rendered_template(plan, manifest, {change.key: change for change in part})


def what_if_rows(plan: Plan, manifest: Manifest, azure: Azure) -> tuple[WhatIfRow, ...]:
    """Azure's what-if of the plan's templates, a row a resource. The group must exist. Raises CloudError."""
    action_by_id = {change.id.lower(): change.action for change in plan.changes}
    rows = []
    for number, (_, template) in enumerate(deployment_templates(plan, manifest)):
        for forecast in azure.management.what_if(
            manifest.target.resource_group, _deployment_name(plan, number), template
        ):
            id_ = str(forecast.get("resourceId", ""))
            if forecast.get("changeType") not in {"Ignore", "NoChange"} or id_.lower() in action_by_id:
                rows.append(WhatIfRow(id_, str(forecast.get("changeType")), action_by_id.get(id_.lower(), "no-op")))
    return tuple(rows)


def deploy_plan(
    plan: Plan,
    manifest: Manifest,
    azure: Azure,
    options: ApplyOptions = APPLY_DEFAULTS,
    state_directory: Path | None = None,
    locate_error: ErrorLocator | None = None,
) -> Applied:
    """Carry out a plan with deployments where templates can express its changes, else by single writes.

    Parameters, result and errors are those of `execution.apply`; the bodies of deployed resources are not known.
    """
    with executing(plan, azure, options, state_directory, locate_error) as execution:
        # Single writes that others build on (the group) go first, removals last, as dependency_waves orders them.
        execution.write([change for change in plan.changes if not _fits_template(change) and change.action != "delete"])
        if not execution.stopped:
            # From here on every application is made, so that the grants for them can be expressed too.
            changes = tuple(execution.with_principals(change) for change in plan.changes)
            execution.plan = replace(plan, changes=changes)
        TemplateDeployer(execution, manifest).deploy()
        execution.write([change for change in plan.changes if change.action == "delete"])
    return execution.applied()


class TemplateDeployer:
    """Deploys the parts of an execution's plan that templates can express, one after another."""

    def __init__(self, execution: Execution, manifest: Manifest) -> None:
        self.execution, self.manifest = execution, manifest
        self.plan, self.azure, self.progress = execution.plan, execution.azure, execution.progress

    def deploy(self) -> None:
        """Deploy all parts; their outcomes are kept in the execution. After a failure no further part is begun."""
        for number, (part, _) in enumerate(deployment_templates(self.plan, self.manifest)):
            outcomes = self._deploy_part(number, part)
            self.execution.outcome_by_key |= {outcome.key: outcome for outcome in outcomes}

    def _deploy_part(self, number: int, part: tuple[Change, ...]) -> list[Outcome]:
        if self.execution.stopped:
            return [Outcome.of_change(change, "skipped") for change in part]
        name = _deployment_name(self.plan, number)
        self.progress(ProgressEvent("start", f"deployment {name}", f"{len(part)} resources"))
        started = time.monotonic()
        try:
            self._send_part(name, self.execution.refresh(part))
        except ProvisionerError as error:
            self.execution.failed = True
            self.progress(ProgressEvent("failed", f"deployment {name}", error.message))
            return self._record_part(part, name, time.monotonic() - started, error)
        seconds = time.monotonic() - started
        self.progress(ProgressEvent("done", f"deployment {name}", f"deployed in {seconds:.1f} s"))
        return self._record_part(part, name, seconds, None)

    def _send_part(self, name: str, part: tuple[Change, ...]) -> None:
        template = _rendered_template(self.plan, self.manifest, {change.key: change for change in part})
        for change in part:
            self.execution.journal.begin(change)
        with self.azure.management.reporting_waits(
            lambda why: self.progress(ProgressEvent("wait", f"deployment {name}", why))
        ):
            self.azure.management.deploy(self.manifest.target.resource_group, name, template)

    def _record_part(
        self, part: tuple[Change, ...], name: str, seconds: float, error: ProvisionerError | None
    ) -> list[Outcome]:
        """Journal and return the outcomes of a part; a failed deployment has still written some of its resources."""
        deployed_ids = {change.id.lower() for change in part} if error is None else self._succeeded_ids(name)
        outcomes = []
        for change in part:
            ok = change.id.lower() in deployed_ids
            outcome = Outcome.of_change(change, "applied" if ok else "failed", seconds, None if ok else error)
            self.execution.journal.end(change, outcome, change.live.body if change.live else None, None)
            outcomes.append(outcome)
        return outcomes

    def _succeeded_ids(self, name: str) -> set[str]:
        group = self.plan.desired.of_type("group")[0].id
        version = str(load_facts("deployments.yaml")["api_version"])
        try:
            listed = self.azure.management.list(f"{group}/deployments/{name}/operations", version)
        except CloudError:
            # The deployment has failed already, and its own error is the one to report.
            return set()
        return {
            str(((operation.get("properties") or {}).get("targetResource") or {}).get("id", "")).lower()
            for operation in listed or ()
            if (operation.get("properties") or {}).get("provisioningState") == "Succeeded"
        }


def _fits_template(change: Change) -> bool:
    """Whether a template can express the change: a creation, or an update by PUT."""
    if change.desired is None or change.desired.type.write.update_method == "never":
        return False
    # Neither an action, such as the migration of a table, nor a property of a workspace that stands there already.
    type_ = change.desired.type
    if type_.api != "arm" or type_.property_of_scope or change.conversion is not None:
        return False
    return change.action == "create" or (
        change.action == "update" and change.desired.type.write.update_method != "patch"
    )


def _split_by_size(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    """The changes in order, split where a template would hold too many resources or bytes."""
    limit = int(load_facts("deployments.yaml")["max_resources"])
    most_bytes = _FILLED_SHARE * load_facts("template.yaml")["limits"]["template_bytes"]["most"]
    part: list[Change] = []
    size = 0
    for change in changes:
        own = len(json.dumps(_merged_body(change)))
        if part and (len(part) == limit or size + own > most_bytes):
            yield tuple(part)
            part, size = [], 0
        part.append(change)
        size += own
    if part:
        yield tuple(part)


def _merged_body(change: Change) -> Body:
    assert change.desired is not None
    assert change.body is not None
    if change.live is None:
        return change.body
    return merge_body(change.desired.type, change.body, change.live.body, change.removed_columns)


def _rendered_template(plan: Plan, manifest: Manifest, part: dict[Key, Change]) -> Body:
    """The ARM template of a part's changes with their merged bodies."""
    # All other resources are marked as existing: they are referenced, and written by another part or not at all.
    graph = Graph(
        replace(resource, body=_merged_body(part[resource.key]), after=tuple(resource.dependencies()))
        if resource.key in part
        else replace(resource, existing=True)
        for resource in plan.desired
    )
    template: dict[str, Any] = json.loads(render.render(manifest, graph, "arm")["template.json"])
    # Outputs refer to resources of other parts, which may not exist yet when this part is deployed.
    template.pop("outputs", None)
    return template


def _deployment_name(plan: Plan, number: int) -> str:
    return f"provisioner-{plan.fingerprint}-{number}"
