"""How many requests went out, by kind."""

from __future__ import annotations

import threading


class Counters:
    """Attempts on the wire: reads (GET, HEAD), writes (PUT, PATCH, DELETE), others (POST), and waits for a slot."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reads = 0
        self.writes = 0
        self.others = 0
        self.retries = 0

    def count(self, method: str, *, again: bool = False) -> None:
        """One more attempt."""
        with self._lock:
            self.retries += again
            if method in {"GET", "HEAD"}:
                self.reads += 1
            elif method in {"PUT", "PATCH", "DELETE"}:
                self.writes += 1
            else:
                self.others += 1

    def snapshot(self) -> dict[str, int]:
        """The public shape: contract, "requests"."""
        with self._lock:
            return {"reads": self.reads, "writes": self.writes}
