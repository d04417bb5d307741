"""Slows down before Azure says 429: it tells in each answer how many calls are left."""

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
"""Method → bucket and how many tokens a second it gains.
Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling"""

_LOW = 16
"""From here on calls go out at the rate at which the bucket fills: threads under way may still take that many."""

_PROVIDER = "x-ms-ratelimit-remaining-subscription-resource-requests"
_PROVIDER_RATE = 2.0
"""A provider's own budget (60 and 150 were seen) fills by a rate nobody tells; a gentle one is taken."""


@dataclass(slots=True)
class _Bucket:
    rate: float
    left: int | None = None
    next: float = 0.0


@dataclass(slots=True)
class Pace:
    """The budgets as last told, and when the next call of each kind may leave."""

    clock: object = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def delay(self, method: str, provider: str) -> float:
        """Seconds to wait before this call; the slot is taken."""
        now = self.clock()  # type: ignore[operator]
        with self._lock:
            waits = [self._take(each, now) for each in self._of(method, provider)]
        return max(waits, default=0.0)

    def learn(self, method: str, provider: str, headers: Mapping[str, str]) -> None:
        """Take the budgets out of an answer's headers."""
        kind, rate = _BUCKETS.get(method, ("writes", 10.0))
        told = [
            int(value)
            for name, value in headers.items()
            if name.lower() in {f"x-ms-ratelimit-remaining-{scope}-{kind}" for scope in ("subscription", "tenant")}
            and value.isdecimal()
        ]
        own = headers.get(_PROVIDER, "")
        with self._lock:
            if told:
                self._buckets.setdefault(kind, _Bucket(rate)).left = min(told)
            if own.isdecimal():
                self._buckets.setdefault(f"{provider}/{method}", _Bucket(_PROVIDER_RATE)).left = int(own)

    def _of(self, method: str, provider: str) -> list[_Bucket]:
        kind, _ = _BUCKETS.get(method, ("writes", 10.0))
        return [found for name in (kind, f"{provider}/{method}") if (found := self._buckets.get(name))]

    @staticmethod
    def _take(bucket: _Bucket, now: float) -> float:
        if bucket.left is None or bucket.left > _LOW:
            return 0.0
        # Each call below the mark takes the next slot of the bucket's own rate.
        slot = max(now, bucket.next)
        bucket.next = slot + 1.0 / bucket.rate
        return slot - now
