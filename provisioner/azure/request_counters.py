"""Counts the HTTP requests that were sent, by method."""

from __future__ import annotations

import threading


class RequestCounters:
    """Requests sent: `reads` (GET, HEAD), `writes` (PUT, PATCH, DELETE), `others` (POST), and how many were retries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reads = 0
        self.writes = 0
        self.others = 0
        self.retries = 0

    def count(self, method: str, *, retry: bool = False) -> None:
        """Add one request."""
        with self._lock:
            self.retries += retry
            if method in {"GET", "HEAD"}:
                self.reads += 1
            elif method in {"PUT", "PATCH", "DELETE"}:
                self.writes += 1
            else:
                self.others += 1

    def count_as_read(self) -> None:
        """Count the POST that was sent last as a read: a batch of reads is one."""
        with self._lock:
            self.others -= 1
            self.reads += 1

    def snapshot(self) -> dict[str, int]:
        """Reads and writes so far, in the documented shape of `requests`."""
        with self._lock:
            return {"reads": self.reads, "writes": self.writes}
