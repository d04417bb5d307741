"""One run: chunks go out in parallel, and what becomes of them is written down before it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provisioner import errors
from provisioner.send.chunks import Chunk
from provisioner.send.delivery import Interrupted, may_have_arrived
from provisioner.send.delivery_threads import DeliveryThreads, Finished
from provisioner.send.send_result import ChunkResult, DeadRecord, SendResult

if TYPE_CHECKING:
    from provisioner.send.checkpoint import Checkpoint
    from provisioner.send.dead_letters import DeadLetterFile
    from provisioner.send.delivery import Delivery

# Chunks read ahead of the threads: enough that none of them waits, few enough for flat memory.
_READ_AHEAD = 2
# Seconds for calls under way to end when the run is interrupted; what they become is unknown after that.
_DRAIN_SECONDS = 5.0


class SendRun:
    """Sends chunks and yields their results; `stop` ends the run early."""

    def __init__(
        self,
        delivery: Delivery,
        result: SendResult,
        stop: threading.Event,
        parallelism: int,
        *,
        dead_letters: DeadLetterFile | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self._result = result
        self._stop = stop
        self._parallelism = parallelism
        self._dead_letters = dead_letters
        self._checkpoint = checkpoint
        self._threads = DeliveryThreads(delivery.deliver, parallelism)
        self._unsent: list[Chunk] = []

    def results(self, chunks: Iterable[Chunk | None]) -> Iterator[ChunkResult]:
        """Results in the order in which chunks are done. Raises SendStopped where the service takes no more."""
        started = time.monotonic()
        try:
            for chunk in chunks:
                if chunk is not None:
                    self._threads.submit(chunk)
                is_full = self._threads.under_way >= self._parallelism + _READ_AHEAD
                while (finished := self._threads.take(wait=is_full)) is not None:
                    yield self._settle(finished)
                    is_full = False
            while (finished := self._threads.take(wait=True)) is not None:
                yield self._settle(finished)
        except errors.CloudError as error:
            raise self._stopped(error) from error
        finally:
            self._stop.set()
            self._result.seconds = time.monotonic() - started
            self._take_rest()
            self._threads.close()

    def _settle(self, finished: Finished) -> ChunkResult:
        """Write down what became of a chunk; raises what its thread raised."""
        chunk, outcome = finished
        if isinstance(outcome, BaseException):
            self._unsent.append(chunk)
            raise outcome
        # In this order: after a crash between the two a record is dead twice, and never lost.
        if self._dead_letters is not None:
            self._dead_letters.write(outcome.dead)
        if self._checkpoint is not None:
            self._checkpoint.record(chunk.source, outcome)
        result = self._result
        result.sent += outcome.sent
        result.repeated += outcome.repeated
        for dead in outcome.dead:
            result.add_dead(dead)
        return outcome

    def _take_rest(self) -> None:
        """Settle the chunks whose calls are just ending, so that a resuming run does not send them again."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            finished = self._threads.take(wait=True, timeout=left)
            if finished is None:
                return
            if isinstance(finished[1], (Interrupted, errors.CloudError)):
                self._unsent.append(finished[0])
            else:
                self._settle(finished)

    def _stopped(self, error: errors.CloudError) -> errors.SendStopped:
        self._stop.set()
        self._take_rest()
        unsent = sum(len(chunk.texts) for chunk in self._unsent)
        if self._checkpoint is not None:
            if self._checkpoint.is_empty and not may_have_arrived(error):
                # Nothing was sent: there is nothing to go on from.
                self._checkpoint.finish()
                return errors.SendStopped(error, unsent=unsent, hint=error.hint or "send again")
            hint = f"{error.hint}; then go on with --resume" if error.hint else "go on with --resume"
            return errors.SendStopped(error, unsent=unsent, hint=hint)
        # What came as a stream cannot be read again: its records must not be lost with the run.
        if self._dead_letters is not None:
            for chunk in self._unsent:
                dead = _dead_of(chunk, error)
                self._dead_letters.write(dead)
                for one in dead:
                    self._result.add_dead(one)
            hint = f"{error.hint or 'try again'}; what was read and not accepted is in {self._dead_letters.path}"
            return errors.SendStopped(error, unsent=unsent, hint=hint)
        return errors.SendStopped(error, unsent=unsent, hint=error.hint or "send again what was not accepted")


def _dead_of(chunk: Chunk, error: errors.CloudError) -> tuple[DeadRecord, ...]:
    """The records of a chunk that was not accepted, as dead ones."""
    reason = f"not sent: {error.message}"
    sendable = (
        DeadRecord(chunk.file, number, reason, text) for number, text in zip(chunk.numbers, chunk.texts, strict=True)
    )
    return tuple(sorted([*chunk.dead, *sendable], key=lambda one: one.record))
