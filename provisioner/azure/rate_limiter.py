"""Delays calls before Azure answers 429: ARM reports in each answer how many calls remain."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

_BUCKETS: Mapping[str, tuple[str, float]] = {
    "GET": ("reads", 25.0),
    "HEAD": ("reads", 25.0),
    "PUT": ("writes", 10.0),
    "PATCH": ("writes", 10.0),
    "POST": ("writes", 10.0),
    "DELETE": ("deletes", 10.0),
}
"""Method → ARM's token bucket and how many calls a second it gains.
Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling"""

# Calls remaining from which on calls are spread out: as many as `connect` allows at once, since that many threads may
# still send after an older, higher number.
_PACE_BELOW = 16

_PROVIDER_HEADER = "x-ms-ratelimit-remaining-subscription-resource-requests"
# Calls a second for a provider's own budget once it is low. Its refill rate is not documented (budgets of 60 and 150
# were seen), so a low one is taken.
_PROVIDER_RATE = 2.0


@dataclass(slots=True)
class _Bucket:
    calls_per_second: float
    remaining: int | None = None
    next_slot: float = 0.0


@dataclass(slots=True)
class RateLimiter:
    """The calls that remain as ARM last reported them, and when the next call of each bucket may be sent."""

    clock: object = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve_slot(self, method: str, provider: str) -> float:
        """Reserve the next slot for a call, and return the seconds to wait until it."""
        now = self.clock()  # type: ignore[operator]
        with self._lock:
            waits = [self._delay_in(bucket, now) for bucket in self._buckets_for(method, provider)]
        return max(waits, default=0.0)

    def record_remaining(self, method: str, provider: str, headers: Mapping[str, str]) -> None:
        """Record the remaining calls that an answer's headers report."""
        kind, rate = _BUCKETS.get(method, ("writes", 10.0))
        remaining_values = [
            int(value)
            for name, value in headers.items()
            if name.lower() in {f"x-ms-ratelimit-remaining-{scope}-{kind}" for scope in ("subscription", "tenant")}
            and value.isdecimal()
        ]
        own = headers.get(_PROVIDER_HEADER, "")
        with self._lock:
            if remaining_values:
                self._buckets.setdefault(kind, _Bucket(rate)).remaining = min(remaining_values)
            if own.isdecimal():
                self._buckets.setdefault(f"{provider}/{method}", _Bucket(_PROVIDER_RATE)).remaining = int(own)

    def _buckets_for(self, method: str, provider: str) -> list[_Bucket]:
        kind, _ = _BUCKETS.get(method, ("writes", 10.0))
        return [bucket for name in (kind, f"{provider}/{method}") if (bucket := self._buckets.get(name))]

    @staticmethod
    def _delay_in(bucket: _Bucket, now: float) -> float:
        if bucket.remaining is None or bucket.remaining > _PACE_BELOW:
            return 0.0
        # Each call below the mark takes the next slot of the bucket's own rate.
        slot = max(now, bucket.next_slot)
        bucket.next_slot = slot + 1.0 / bucket.calls_per_second
        return slot - now
