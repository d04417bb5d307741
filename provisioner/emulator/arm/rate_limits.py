"""What ARM says is left of a caller's token buckets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from provisioner.emulator.state import CacheName

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

# Size and refill a second, for each subscription, principal and operation; the global buckets are 15 times as large.
# Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
_BUCKETS = {"reads": (250.0, 25.0), "writes": (200.0, 10.0), "deletes": (200.0, 10.0)}
_GLOBAL_FACTOR = 15

_LEVELS: CacheName[tuple[str, str, str], tuple[float, float]] = CacheName("rate limit buckets", limit=1000)
"""Subscription, object id and operation → level and when it was measured."""


def rate_limit_headers(request: Request) -> dict[str, str]:
    """`x-ms-ratelimit-remaining-*`, one request less than before; the fault `throttle` refuses, not these numbers."""
    operation = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}.get(request.method, "writes")
    size, refill = _BUCKETS[operation]
    levels = request.state.cache(_LEVELS)
    key = (request.path_params.get("subscription", ""), request.principal.object_id, operation)
    level, measured_at = levels.get(key, (size, 0.0))
    now = time.monotonic()
    remaining = max(min(size, level + (now - measured_at) * refill) - 1.0, 0.0)
    levels[key] = (remaining, now)
    scope = "subscription" if "subscription" in request.path_params else "tenant"
    return {
        f"x-ms-ratelimit-remaining-{scope}-{operation}": str(int(remaining)),
        f"x-ms-ratelimit-remaining-{scope}-global-{operation}": str(int(size * _GLOBAL_FACTOR - (size - remaining))),
    }
