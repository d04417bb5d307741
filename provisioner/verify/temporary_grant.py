"""The right to send for the time of a run: granted to the running identity, withdrawn afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provisioner.errors import CloudError, NotFound, ProvisionerError
from provisioner.model import PUBLISHER
from provisioner.probes.live_bodies import properties_of
from provisioner.probes.live_state import LiveState
from provisioner.progress import Progress, ProgressEvent
from provisioner.resources import Body, resource_type
from provisioner.resources.grant_resource import assignment_name, role_id
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.azure import Azure

_SUBJECT = "grant to self"
_THREADS = 8


@contextmanager
def temporary_grant(
    azure: Azure, live: LiveState, dcrs: Collection[str], *, keep: bool, progress: Progress
) -> Iterator[None]:
    """Within it the running identity may send to these DCRs.

    A grant that is there already stays, and so do ours with `keep`. Raises CloudError where roles may not be assigned,
    ProvisionerError where the token does not say who runs.
    """
    principal = azure.identity.object_id
    if principal is None:
        raise ProvisionerError(
            "the token does not tell the object id of the running identity, so it cannot be granted anything",
            hint="grant it by its object id in `grants`, and run verify without `--grant-self`",
        )
    with ThreadPoolExecutor(_THREADS, "grant") as pool:
        ids = pool.map(lambda name: _grant(azure, live, name, principal), sorted(dcrs))
        created = [id_ for id_ in ids if id_]
    if created:
        # The assignments were read before there was one.
        live.invalidate()
        progress(ProgressEvent("done", _SUBJECT, f"{PUBLISHER} on {plural(len(created), 'rule')} for this run"))
    try:
        yield
    finally:
        # Also after an error or an interrupt: the right must not outlive its run.
        if created and not keep:
            _withdraw(azure, created, progress)


def _grant(azure: Azure, live: LiveState, dcr: str, principal: str) -> str | None:
    """The id of an assignment that was created now; None where the right was there, or the DCR is not."""
    scope, role = live.id_of("dcr", dcr), role_id(PUBLISHER)
    if any(_gives(assignment, principal, role) for assignment in live.role_assignments(scope) or ()):
        return None
    assignment_type = resource_type("grant")
    id_ = f"{scope}/providers/{assignment_type.arm_type}/{assignment_name(scope, principal, role)}"
    subscription = f"/subscriptions/{live.manifest.target.subscription}"
    body = {
        "properties": {
            "roleDefinitionId": f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "principalId": principal,
            "description": "made by provisioner verify for one run",
        }
    }
    try:
        azure.management.put(assignment_type, id_, body)
    except CloudError as error:
        # A missing DCR is left to the diagnosis, which names it.
        # Azure refuses a second assignment of a role to a principal at one scope: another run was faster.
        if error.code == "RoleAssignmentExists" or isinstance(error, NotFound):
            return None
        raise
    return id_


def _withdraw(azure: Azure, ids: Collection[str], progress: Progress) -> None:
    """Delete assignments; one that cannot be deleted is reported, for a person to do it."""

    def delete(id_: str) -> str | None:
        try:
            azure.management.delete(resource_type("grant"), id_)
        except CloudError as error:
            return f"{id_}: {error.message}"
        return None

    with ThreadPoolExecutor(_THREADS, "grant") as pool:
        failures = [failure for failure in pool.map(delete, ids) if failure]
    if failures:
        progress(ProgressEvent("failed", _SUBJECT, f"could not be taken back, please delete: {'; '.join(failures)}"))


def _gives(assignment: Body, principal: str, role: str) -> bool:
    properties = properties_of(assignment)
    is_own = str(properties.get("principalId", "")).lower() == principal.lower()
    return is_own and str(properties.get("roleDefinitionId", "")).lower().endswith(role)
