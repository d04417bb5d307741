"""Writes one change: the body merged with the live one, and retried while its refusal passes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.azure.error_translation import retry_advice
from provisioner.errors import CloudError
from provisioner.plan import Change, merge_body, patch_body
from provisioner.resources import Body

if TYPE_CHECKING:
    from provisioner.azure import Azure

RETRY_DEADLINE = 300.0
"""Seconds for which a refusal that passes by itself is retried: long enough for a new table to be usable by a DCR."""
_FIRST_DELAY, _MAX_DELAY = 0.5, 15.0


@dataclass(slots=True)
class ChangeWriter:
    """Writes changes; `has_created` says that this run has created a resource, so that some refusals are retried."""

    azure: Azure
    retry_deadline: float = RETRY_DEADLINE
    has_created: bool = False

    def write(self, change: Change, report_wait: Callable[[str], None]) -> Body | None:
        """Write the change and return the body that Azure shows after it, None after a delete. Raises CloudError.

        `report_wait` gets the reason of each wait.
        """
        started, delay = time.monotonic(), _FIRST_DELAY
        with self.azure.management.reporting_waits(report_wait):
            while True:
                try:
                    return self._write_once(change)
                except CloudError as error:
                    retry = retry_advice(error)
                    # A role assignment that exists, for one: an earlier attempt wrote it and its answer was lost.
                    if retry.already_done:
                        return body_to_send(change)
                    can_pass = retry.when == "always" or (retry.when == "created" and self.has_created)
                    limit = self.retry_deadline if retry.max_wait is None else min(retry.max_wait, self.retry_deadline)
                    if not can_pass or time.monotonic() - started + delay > limit:
                        raise
                    report_wait(f"{error.code}; trying again in {delay:.1f} s")
                time.sleep(delay)
                delay = min(delay * 1.7, _MAX_DELAY)

    def _write_once(self, change: Change) -> Body | None:
        resource = change.desired or change.live
        assert resource is not None
        management = self.azure.writer_of(resource.type)
        if change.action == "delete":
            management.delete(resource.type, change.id)
            return None
        assert change.body is not None
        # What is replaced has a change that Azure refuses on the existing resource, so it is deleted first.
        if change.action == "replace":
            management.delete(resource.type, change.id)
        if change.live is None or change.action == "replace":
            return management.put(resource.type, str(resource.id), body_to_send(change))
        if change.conversion is not None:
            self.azure.management.run_action(resource.type, change.id, change.conversion)
        # With If-Match a resource that another run has written since our read is refused, not overwritten.
        # A property of the workspace is written after the workspace itself, whose etag has changed by then.
        etag = None if resource.type.property_of_scope else change.live.body.get("etag")
        match = etag if isinstance(etag, str) else None
        if resource.type.write.update_method == "patch":
            body = patch_body(resource.type, change.body, change.live.body)
            return management.patch(resource.type, change.id, body, if_match=match)
        # A table's PATCH merges columns and cannot remove one; only PUT can.
        if resource.type.write.update_method == "merge" and not change.removed_columns:
            return management.patch(resource.type, change.id, body_to_send(change), if_match=match)
        return management.put(resource.type, change.id, body_to_send(change), if_match=match)


def body_to_send(change: Change) -> Body:
    """The body that a write of this change sends: merged with the live one, unless the resource is created."""
    if change.desired is None or change.body is None:
        return {}
    if change.live is None or change.action == "replace":
        return change.body
    return merge_body(change.desired.type, change.body, change.live.body, change.removed_columns)
