"""The throw-away resource group of a run: created with a tag, removed with all in it, found again by the tag."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.calibration.calibration_facts import calibration_facts
from provisioner.errors import CloudError, ProvisionerError
from provisioner.resources import resource_type
from provisioner.resources.resource_ids import group_id, resource_id

if TYPE_CHECKING:
    from provisioner.azure import Azure

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME_START = "rg-provisioner-calibration-"


@dataclass(frozen=True, slots=True)
class ThrowawayGroup:
    """A group that a run made: its name, the run's id (the tag's value) and when it was made (None: unreadable)."""

    name: str
    run_id: str
    created: dt.datetime | None

    @classmethod
    def new(cls, now: dt.datetime) -> ThrowawayGroup:
        """A group with a name that no other run has."""
        run_id = f"{now.strftime(_STAMP)}-{secrets.token_hex(3)}".lower()
        return cls(f"{_NAME_START}{run_id}", run_id, now)

    @property
    def workspace_name(self) -> str:
        """The name of its workspace: unique, as a deleted workspace keeps its name for 14 days."""
        return f"law-calibration-{self.run_id}"

    def is_leftover(self, now: dt.datetime) -> bool:
        """Whether it is so old that no run can still use it."""
        limit = dt.timedelta(hours=calibration_facts()["leftover_hours"])
        return self.created is None or now - self.created > limit


def create_group(azure: Azure, group: ThrowawayGroup, location: str) -> None:
    """Create the group with its tag. Raises CloudError."""
    body = {"location": location, "tags": {calibration_facts()["tag"]: group.run_id}}
    azure.management.put(resource_type("group"), _id_of(azure, group), body)


def remove_group(azure: Azure, group: ThrowawayGroup) -> None:
    """Remove the group with all in it, and wait until it is gone; one that is not there is no error.

    Raises ProvisionerError for a group without the tag, which is another owner's, and CloudError.
    """
    id_ = _id_of(azure, group)
    body = azure.management.get(id_, resource_type("group").api_version)
    if body is None:
        return
    if calibration_facts()["tag"] not in (body.get("tags") or {}):
        raise ProvisionerError(
            f"the group {group.name} has no tag {calibration_facts()['tag']}: it is not removed",
            hint="look at what it holds, and remove it by hand",
        )
    workspace_type = resource_type("workspace")
    workspace = resource_id(id_, workspace_type.arm_type, group.workspace_name)
    # With force, so that neither its name nor its rows are kept for 14 days.
    _delete(azure, workspace, workspace_type.api_version, "&force=true")
    _delete(azure, id_, resource_type("group").api_version)


def find_groups(azure: Azure) -> tuple[ThrowawayGroup, ...]:
    """The groups of the subscription that carry the tag, oldest first. Raises CloudError."""
    tag = calibration_facts()["tag"]
    path = f"/subscriptions/{azure.target.subscription}/resourcegroups"
    query = f"&$filter=tagName eq '{tag}'"
    bodies = azure.management.list(path, resource_type("group").api_version, query) or []
    tagged = [_group_of(body, tag) for body in bodies if tag in (body.get("tags") or {})]
    return tuple(sorted(tagged, key=lambda group: group.run_id))


def _group_of(body: dict[str, Any], tag: str) -> ThrowawayGroup:
    run_id = str(body["tags"][tag])
    try:
        created = dt.datetime.strptime(run_id.partition("-")[0].upper(), _STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        created = None
    return ThrowawayGroup(str(body["name"]), run_id, created)


def _id_of(azure: Azure, group: ThrowawayGroup) -> str:
    return group_id(azure.target.subscription, group.name)


def _delete(azure: Azure, id_: str, api_version: str, query: str = "") -> None:
    status, answer, request_id = azure.management.exchange("DELETE", id_, api_version, query=query)
    if status >= 400 and status != 404:
        error = (answer or {}).get("error") or {}
        message = f"{id_}: could not be removed: {error.get('message') or f'Azure answered {status}'}"
        raise CloudError(message, status=status, code=error.get("code"), target=id_, request_id=request_id)
