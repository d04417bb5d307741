"""What lives as long as the server: its store, clock, identity, faults, request counts and typed caches."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.emulator.clock import Clock
    from provisioner.emulator.entra.tokens import TokenService
    from provisioner.emulator.faults import Faults
    from provisioner.emulator.http.application import Application
    from provisioner.emulator.server_identity import ServerIdentity
    from provisioner.emulator.store import Store
    from provisioner.fact_evidence import EvidencePolicy

K = TypeVar("K")
V = TypeVar("V")


RECENT_REQUESTS = 200
"""How many requests are remembered, for people who watch."""


@dataclass(frozen=True, slots=True)
class RecentRequest:
    """One answered request: when (ISO text), what, with which status, and how many milliseconds it took."""

    time: str
    method: str
    path: str
    status: int
    milliseconds: float


@dataclass(frozen=True, slots=True, eq=False)
class CacheName(Generic[K, V]):
    """Declares one cache: the types of its keys and values, and after how many entries it is emptied (None: never).

    A module that caches declares its own as a constant, so that this module imports none of their types.
    """

    name: str
    limit: int | None = None


@dataclass(slots=True)
class EmulatorState:
    """Handed to every handler as `request.state`; `version` is the fingerprint of the running code.

    `policy` says which evidence decides what is accepted. `end_server` makes the server end once the requests under way
    are answered; any thread may call it.
    """

    store: Store
    clock: Clock
    identity: ServerIdentity
    tokens: TokenService
    faults: Faults
    version: str
    application: Application
    policy: EvidencePolicy = "newest"
    request_counts: dict[str, int] = field(default_factory=dict)
    recent_requests: deque[RecentRequest] = field(default_factory=lambda: deque(maxlen=RECENT_REQUESTS))
    end_server: Callable[[], None] = lambda: None
    _caches: dict[CacheName[Any, Any], dict[Any, Any]] = field(default_factory=dict)

    def cache(self, name: CacheName[K, V]) -> dict[K, V]:
        """The entries of a cache, emptied first where they are more than its limit."""
        entries: dict[K, V] = self._caches.setdefault(name, {})
        # Emptying is simpler than evicting, and rare: the limits are far above what one test run touches.
        if name.limit is not None and len(entries) > name.limit:
            entries.clear()
        return entries

    def clear_caches(self) -> None:
        """Empty every cache: after a reset no entry speaks of a stored resource any more."""
        self._caches.clear()

    def without_memory(self, faults: Faults) -> EmulatorState:
        """The same store, clock and identity with other faults, and with nothing of what requests keep in memory."""
        return replace(self, faults=faults, request_counts={}, recent_requests=deque(maxlen=1), _caches={})
