"""One chunk brought to the service: tried again while that can help, halved around a record that it refuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner import errors
from provisioner.send.chunks import Chunk, compressed_body
from provisioner.send.pacing import Pacer, backoff_seconds
from provisioner.send.send_result import ChunkResult, DeadRecord

if TYPE_CHECKING:
    from provisioner.azure.ingestion_client import IngestionClient

# A new sender's address or network may be wrong: without any success this many seconds are enough to know.
_FIRST_PATIENCE = 60.0
_REPLACEMENT_PATIENCE = 300.0
# After these the service may have stored the rows all the same; 429 and 503 say that it has not begun.
_UNDECIDED_STATUSES = frozenset({408, 500, 502, 504})
_TRANSIENT_STATUSES = _UNDECIDED_STATUSES | {429, 503}
# Refusals of what a body holds, after which a part of it may be taken.
_BODY_STATUSES = frozenset({400, 413})
# Refused records after which, where none was ever accepted, the cause is not in the records.
_MOST_REFUSED_AT_FIRST = 20


@dataclass(frozen=True, slots=True)
class SendTarget:
    """Where records go: the stream of a rule, by its immutable id at an endpoint."""

    endpoint: str
    immutable_id: str
    stream: str


class Interrupted(Exception):
    """The run stops before this chunk was accepted."""


class Delivery:
    """Sends chunks to one target, for several threads; `find_target` looks it up again where the rule was replaced.

    `patience` are seconds without an accepted call after which trouble is final, `forbidden_patience` those for which
    a refused right may still come into effect. `report` hears why a call waits, and for how many seconds.
    """

    def __init__(
        self,
        ingestion: IngestionClient,
        target: SendTarget,
        pacer: Pacer,
        *,
        patience: float,
        forbidden_patience: float = 0.0,
        find_target: Callable[[], SendTarget | None] = lambda: None,
        report: Callable[[str, float], None] = lambda _reason, _seconds: None,
    ) -> None:
        self._ingestion = ingestion
        self._target = target
        self._pacer = pacer
        self._patience = patience
        self._forbidden_patience = forbidden_patience
        self._find_target = find_target
        self._report = report
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._last_success: float | None = None
        self._refused = 0

    def deliver(self, chunk: Chunk) -> ChunkResult:
        """Send a chunk. Raises CloudError for what no retry helps against, Interrupted where the run stops."""
        part = _Part(self, chunk.file)
        if chunk.texts:
            part.send(chunk.texts, chunk.numbers)
        dead = sorted([*chunk.dead, *part.dead], key=lambda one: one.record)
        return ChunkResult(chunk.file, chunk.first, chunk.last, part.sent, tuple(dead), part.repeated)

    def attempt(self, body: bytes, size: int) -> bool:
        """Send a body until it is accepted; whether a try before may have stored it too. Raises as `deliver` does."""
        may_be_repeated = has_new_token = False
        attempt = 0
        while True:
            if not self._pacer.wait_for_slot(size):
                raise Interrupted
            target = self._target
            try:
                self._ingestion.send_body(target.endpoint, target.immutable_id, target.stream, body)
            except errors.CloudError as error:
                if error.status == 401 and not has_new_token:
                    has_new_token = True
                    self._ingestion.forget_tokens()
                elif error.status == 404 and self._follow_replaced_rule(target):
                    continue
                else:
                    may_be_repeated |= may_have_arrived(error)
                    self._wait_after(error, attempt)
                    attempt += 1
            else:
                self._last_success = time.monotonic()
                return may_be_repeated

    def count_refused(self, error: errors.CloudError) -> None:
        """Count a record that was refused alone; raises `error` where all are, and none was ever accepted."""
        self._refused += 1
        if self._last_success is None and self._refused >= _MOST_REFUSED_AT_FIRST:
            raise error

    def _follow_replaced_rule(self, tried: SendTarget) -> bool:
        """Take the target of a rule that was replaced; whether there is another one now."""
        with self._lock:
            # Other threads may have looked it up already.
            if self._target != tried:
                return True
            replacement = self._find_target()
            if replacement is None or replacement == tried:
                return False
            self._report(f"the rule was replaced; going on with {replacement.immutable_id}", 0.0)
            self._target = replacement
            return True

    def _wait_after(self, error: errors.CloudError, attempt: int) -> None:
        """Wait for the next try; raises `error` where another try helps nothing, or the patience is used up."""
        patience = self._patience_with(error)
        idle = time.monotonic() - (self._last_success or self._started)
        delay = error.retry_after or backoff_seconds(attempt)
        if idle + delay > patience:
            raise error
        reason = error.message if error.status is None else f"the service answered {error.status}"
        self._report(reason, delay)
        if error.status == 429:
            # The quota is the rule's: what one call was told holds for all.
            self._pacer.pause(delay)
        if not self._pacer.wait(delay):
            raise Interrupted

    def _patience_with(self, error: errors.CloudError) -> float:
        """For how many seconds such an error is waited out; raises `error` where waiting helps nothing."""
        if error.status == 403:
            return self._forbidden_patience
        if error.status == 404:
            # Between the end of a rule and the one that replaces it there is none.
            return min(self._patience, _REPLACEMENT_PATIENCE)
        if isinstance(error, errors.Unreachable):
            # Where nothing was ever accepted: an address that is wrong does not become right.
            return self._patience if self._last_success is not None else min(self._patience, _FIRST_PATIENCE)
        if error.status in _TRANSIENT_STATUSES:
            return self._patience
        raise error


class _Part:
    """Sends the records of one chunk, in halves where the whole is refused."""

    def __init__(self, delivery: Delivery, file: str) -> None:
        self._delivery = delivery
        self._file = file
        self.sent = 0
        self.repeated = 0
        self.dead: list[DeadRecord] = []

    def send(self, texts: Sequence[str], numbers: Sequence[int]) -> None:
        """Send records, or name the dead among them; raises as `Delivery.deliver` does."""
        size = sum(map(len, texts))
        try:
            may_be_repeated = self._delivery.attempt(compressed_body(texts), size)
        except errors.CloudError as error:
            if error.status not in _BODY_STATUSES or error.code == "InvalidStream":
                raise
            if len(texts) == 1:
                self._delivery.count_refused(error)
                self.dead.append(DeadRecord(self._file, numbers[0], _refusal(error), texts[0]))
                return
            # One record fails a whole call: halving meets it in a few calls, and the rest is sent.
            middle = len(texts) // 2
            self.send(texts[:middle], numbers[:middle])
            self.send(texts[middle:], numbers[middle:])
        else:
            self.sent += len(texts)
            self.repeated += len(texts) if may_be_repeated else 0


def _refusal(error: errors.CloudError) -> str:
    return f"the service refuses it: {error.code or error.status}: {error.message}"[:500]


def may_have_arrived(error: errors.CloudError) -> bool:
    """Whether the service may have stored the rows of a call that failed."""
    if isinstance(error, errors.Unreachable):
        # One that broke may have broken before the answer came.
        return not error.nothing_sent
    return error.status in _UNDECIDED_STATUSES
