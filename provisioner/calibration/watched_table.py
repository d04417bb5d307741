"""The rows of a table by probe, read by one query for all threads that wait for theirs.

The query API takes few queries in a time from one user, and a run waits for hundreds of rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

PROBE_COLUMN = "Probe"


class WatchedTable:
    """Rows by what stands in their column `Probe`; `read` queries all rows, `clock` gives seconds."""

    def __init__(self, read: Callable[[], Sequence[Mapping[str, Any]]], clock: Callable[[], float]) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._rows: dict[str, dict[str, Any]] = {}
        self._read_at = float("-inf")

    def row(self, probe: str) -> dict[str, Any] | None:
        """The row of a probe by the newest reading, which began after this call; None where it is not there."""
        # Taken before the lock is: a reading that began after it has seen what this caller waits for.
        asked_at = self._clock()
        with self._lock:
            # Another thread may have read while this one waited for the lock.
            if probe not in self._rows and self._read_at < asked_at:
                self._read_at = self._clock()
                self._rows = {str(row.get(PROBE_COLUMN)): dict(row) for row in self._read()}
            return self._rows.get(probe)
