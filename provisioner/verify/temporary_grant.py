"""The right to send for the time of a run: given to the running identity, taken back afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provisioner.errors import CloudError, NotFound, ProvisionerError
from provisioner.model import PUBLISHER
from provisioner.probes.live_state import Scene
from provisioner.progress import Progress, ProgressEvent
from provisioner.resources import resource_type
from provisioner.resources.grant_resource import assignment_name, role_id
from provisioner.text import plural

if TYPE_CHECKING:
    from provisioner.azure import Azure

_SUBJECT = "grant to self"


@contextmanager
def permit(azure: Azure, scene: Scene, dcrs: Collection[str], *, keep: bool, progress: Progress) -> Iterator[None]:
    """Within it the running identity may send to these DCRs.

    A grant that is there already, whoever made it, stays; `keep` leaves ours too. Raises CloudError where roles may
    not be assigned, ProvisionerError where the token does not say who runs.
    """
    principal = azure.identity.object_id
    if principal is None:
        raise ProvisionerError(
            "the token does not tell the object id of the running identity, so it cannot be granted anything",
            hint="grant it by its object id in `grants`, and run verify without `--grant-self`",
        )
    with ThreadPoolExecutor(8, "grant") as pool:
        made = [id_ for id_ in pool.map(lambda name: _grant(azure, scene, name, principal), sorted(dcrs)) if id_]
    if made:
        scene.forget()
        progress(ProgressEvent("done", _SUBJECT, f"{PUBLISHER} on {plural(len(made), 'rule')} for this run"))
    try:
        yield
    finally:
        if made and not keep:
            _withdraw(azure, made, progress)


def _grant(azure: Azure, scene: Scene, dcr: str, principal: str) -> str | None:
    """The id of an assignment that was made now; None where the right was there."""
    scope, role = scene.id("dcr", dcr), role_id(PUBLISHER)
    type_ = resource_type("grant")
    name = assignment_name(scope, principal, role)
    id_ = f"{scope}/providers/{type_.name}/{name}"
    held = scene.assignments(scope) or ()
    if any(_is(each, principal, role) for each in held):
        return None
    definition = (
        f"/subscriptions/{scene.manifest.target.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    )
    body = {
        "properties": {
            "roleDefinitionId": definition,
            "principalId": principal,
            "description": "made by provisioner verify for one run",
        }
    }
    try:
        azure.management.put(type_, id_, body)
    except CloudError as error:
        # A rule that is gone is for the diagnosis to tell.
        if error.code == "RoleAssignmentExists" or isinstance(error, NotFound):
            return None
        raise
    return id_


def _withdraw(azure: Azure, ids: Collection[str], progress: Progress) -> None:
    """Take back what was given; one that cannot be taken back is named, for a person to do it."""

    def take(id_: str) -> str | None:
        try:
            azure.management.delete(resource_type("grant"), id_)
        except CloudError as error:
            return f"{id_}: {error.message}"
        return None

    with ThreadPoolExecutor(8, "grant") as pool:
        left = [why for why in pool.map(take, ids) if why]
    if left:
        progress(ProgressEvent("failed", _SUBJECT, f"could not be taken back, please delete: {'; '.join(left)}"))


def _is(assignment: dict[str, object], principal: str, role: str) -> bool:
    properties = assignment.get("properties")
    if not isinstance(properties, dict):
        return False
    same = str(properties.get("principalId", "")).lower() == principal.lower()
    return same and str(properties.get("roleDefinitionId", "")).lower().endswith(role)
