"""The quota of calls and bytes that each data collection rule has a minute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from provisioner.emulator.azure_facts import ingestion_quotas
from provisioner.emulator.http.response import ApiError
from provisioner.emulator.state import CacheName

if TYPE_CHECKING:
    from provisioner.emulator.state import EmulatorState

_MINUTES: CacheName[str, tuple[float, int, int]] = CacheName("ingestion quota minutes")
"""Immutable id of a rule → start of its current minute, calls and bytes in it."""


def charge_quota(state: EmulatorState, immutable_id: str, size: int) -> None:
    """Count a call of `size` bytes; raises ApiError 429 with Retry-After where the minute's quota is used up."""
    reduced = next((fault.values for fault in state.faults.active if fault.fault == "small_quota"), None)
    quotas = reduced or ingestion_quotas()
    now = time.monotonic()
    minutes = state.cache(_MINUTES)
    start, calls, total = minutes.get(immutable_id, (now, 0, 0))
    if now - start >= 60:
        start, calls, total = now, 0, 0
    if calls + 1 > quotas["requests"] or total + size > quotas["gigabytes"] * 2**30:
        wait = max(1, int(60 - (now - start)) + 1)
        message = (
            f"The data collection rule '{immutable_id}' exceeded its quota of this minute; retry after {wait} seconds."
        )
        raise ApiError(429, "TooManyRequests", message, headers={"Retry-After": str(wait)})
    minutes[immutable_id] = (start, calls + 1, total + size)
