"""Budgets: what ARM says is left of its buckets, and the ingestion quota of each rule."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from provisioner.emulator.http.response import Refusal
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call

_BUCKETS = {"reads": (250.0, 25.0), "writes": (200.0, 10.0), "deletes": (200.0, 10.0)}
_GLOBAL = 15


def remaining(call: Call) -> dict[str, str]:
    """The headers that tell what is left; told and not enforced: the fault `throttle` does that."""
    kind = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}.get(call.method, "writes")
    size, refill = _BUCKETS[kind]
    buckets: dict[tuple[str, str, str], tuple[float, float]] = call.world.memory.setdefault("buckets", {})
    key = (call.names.get("subscription", ""), call.principal.object_id, kind)
    level, at = buckets.get(key, (size, 0.0))
    now = time.monotonic()
    left = max(min(size, level + (now - at) * refill) - 1.0, 0.0)
    if len(buckets) > 1000:
        buckets.clear()
    buckets[key] = (left, now)
    scope = "subscription" if "subscription" in call.names else "tenant"
    return {
        f"x-ms-ratelimit-remaining-{scope}-{kind}": str(int(left)),
        f"x-ms-ratelimit-remaining-{scope}-global-{kind}": str(int(size * _GLOBAL - (size - left))),
    }


def spend(call: Call, rule: str, size: int) -> None:
    """Take a call from a rule's quota of this minute; 429 with Retry-After when it is used up."""
    small = next((each.values for each in call.world.faults.active if each.fault == "small_quota"), None)
    quotas = small or load_facts("emulator.yaml")["quotas"]
    now = time.monotonic()
    minutes: dict[str, tuple[float, int, int]] = call.world.memory.setdefault("minutes", {})
    since, calls, total = minutes.get(rule, (now, 0, 0))
    if now - since >= 60:
        since, calls, total = now, 0, 0
    if calls + 1 > quotas["requests"] or total + size > quotas["gigabytes"] * 2**30:
        wait = max(1, int(60 - (now - since)) + 1)
        message = f"The data collection rule '{rule}' exceeded its quota of this minute; retry after {wait} seconds."
        raise Refusal(429, "TooManyRequests", message, headers={"Retry-After": str(wait)})
    minutes[rule] = (since, calls + 1, total + size)
