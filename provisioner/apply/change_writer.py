"""One change, written: merged with what is there, again where that is worth it, within a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.azure.error_translation import advice
from provisioner.errors import CloudError
from provisioner.plan import Change, merged, patch
from provisioner.resources import Body

if TYPE_CHECKING:
    from provisioner.azure import Azure

DEADLINE = 300.0
"""Seconds for which a refusal that passes by itself is tried again. A table becomes usable for a rule within that."""
_FIRST, _SLOWEST = 0.5, 15.0


@dataclass(slots=True)
class Writer:
    """Writes changes; `fresh` says when this run last created something, which makes some refusals worth a wait."""

    azure: Azure
    deadline: float = DEADLINE
    fresh: bool = False

    def write(self, change: Change, tell: Callable[[str], None]) -> Body | None:
        """Do what the change says and give what Azure then shows. Raises CloudError."""
        started, delay = time.monotonic(), _FIRST
        with self.azure.management.listening(tell):
            while True:
                try:
                    return self._once(change)
                except CloudError as error:
                    known = advice(error)
                    if known.settled:
                        return sent(change)
                    worth = known.when == "always" or (known.when == "created" and self.fresh)
                    limit = self.deadline if known.patience is None else min(known.patience, self.deadline)
                    if not worth or time.monotonic() - started + delay > limit:
                        raise
                    tell(f"{error.code}; trying again in {delay:.1f} s")
                time.sleep(delay)
                delay = min(delay * 1.7, _SLOWEST)

    def _once(self, change: Change) -> Body | None:
        management = self.azure.management
        resource = change.desired or change.live
        assert resource is not None
        if change.action == "delete":
            management.delete(resource.type, change.id)
            return None
        assert change.body is not None
        if change.action == "replace":
            management.delete(resource.type, change.id)
        if change.live is None or change.action == "replace":
            return management.put(resource.type, str(resource.id), sent(change))
        etag = change.live.body.get("etag")
        match = etag if isinstance(etag, str) else None
        if resource.type.update == "patch":
            body = patch(resource.type, change.body, change.live.body)
            return management.patch(resource.type, change.id, body, if_match=match)
        if resource.type.update == "merge" and not change.drops:
            return management.patch(resource.type, change.id, sent(change), if_match=match)
        return management.put(resource.type, change.id, sent(change), if_match=match)


def sent(change: Change) -> Body:
    """The body that a write of this change carries: merged with what is there, unless it is made anew."""
    if change.desired is None or change.body is None:
        return {}
    if change.live is None or change.action == "replace":
        return change.body
    return merged(change.desired.type, change.body, change.live.body, change.drops)
