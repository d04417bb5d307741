"""Records of some sources to one stream: looked at only, or sent, with what is written down beside it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.errors import BadRequestFile, ProvisionerError
from provisioner.model import Manifest
from provisioner.progress import ignore_progress
from provisioner.resources import Graph
from provisioner.resources.sender_outputs import read_outputs
from provisioner.send.checkpoint import Checkpoint, SettledRecords, dead_letter_name, directory_lock
from provisioner.send.chunks import Chunk
from provisioner.send.dead_letters import DeadLetterFile, SpoolFile, prepare_directory
from provisioner.send.delivery import Delivery, SendTarget
from provisioner.send.live_rule import live_stream, quotas_of, rule_of
from provisioner.send.pacing import Pacer
from provisioner.send.raw_record import DiscardingWriter, OpenOversize
from provisioner.send.record_chunks import RecordChunker
from provisioner.send.record_sources import FileSource, RecordSource
from provisioner.send.send_options import SendOptions, SendProgress
from provisioner.send.send_result import ChunkResult, SendResult, TableCount
from provisioner.send.send_run import SendRun
from provisioner.send.stream_plan import find_stream, find_target, plan_stream
from provisioner.transforms.bound_transforms import BoundTransforms

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.send.arrival_count import ArrivalCounter

ReadLive = Callable[[], Graph]
"""Reads the live rules and endpoints, once more each time."""
# Seconds for a right that was granted for this run to come into effect. Source: tutorial-logs-ingestion-code.
_GRANT_PATIENCE = 1800.0


class SendJob:
    """One stream and the sources of its records; `result` fills while `send` or `look` goes on.

    Raises ProvisionerError for a stream that the manifest does not have.
    """

    def __init__(
        self,
        manifest: Manifest,
        transforms: BoundTransforms,
        stream_key: str,
        sources: Sequence[RecordSource],
        options: SendOptions,
    ) -> None:
        self._manifest = manifest
        self._transforms = transforms
        self.options = options
        self._sources = sources
        self._plan = plan_stream(manifest, find_stream(manifest, stream_key), transforms)
        self._waits = ("", 0.0)
        self.result = SendResult(self._plan.stream.key)

    @property
    def stream_key(self) -> str:
        """The stream's key in the manifest."""
        return self._plan.stream.key

    @property
    def files(self) -> tuple[FileSource, ...]:
        """The sources that can be read a second time; empty where any of them cannot."""
        files = [source for source in self._sources if isinstance(source, FileSource) and not source.input.is_stream]
        return tuple(files) if len(files) == len(self._sources) else ()

    def look(self, rows: int) -> SendResult:
        """Read and check everything, and send nothing; the result has the first rows as they would be stored."""
        self.result.dry_run = True
        started = time.monotonic()
        chunker = RecordChunker(self._plan, self.result, dt.datetime.now(dt.UTC), keep_rows=rows)
        for number, source in enumerate(self._sources):
            records = source.records(self._plan.stream.columns, DiscardingWriter)
            for chunk in chunker.chunks(number, source.name, records, SettledRecords()):
                for dead in chunk.dead if chunk is not None else ():
                    self.result.add_dead(dead)
                self._report()
        self.result.seconds = time.monotonic() - started
        self._conclude()
        return self.result

    def send(self, azure: Azure, read_live: ReadLive, directory: Path | None) -> Iterator[ChunkResult]:
        """Send, and yield what becomes of the records.

        Dead records and the checkpoint go to `directory`; without one the results alone have them. Raises SendStopped
        where the service takes no more, CloudError, and BadRequestFile where the directory cannot be used.
        """
        stop = threading.Event()
        with ExitStack() as stack:
            if directory is not None:
                prepare_directory(directory)
                stack.enter_context(directory_lock(directory))
            live = read_live()
            target = self._find_target(live, azure)
            self._follow_live_rule(live, target)
            granted = self._grant(stack, azure, live)
            # Last, so that a run which cannot begin leaves nothing to resume.
            checkpoint, dead_letters = self._open_files(stack, directory)
            delivery = Delivery(
                azure.ingestion,
                target,
                Pacer(quotas_of(live, target), stop),
                patience=self.options.patience,
                forbidden_patience=_GRANT_PATIENCE if granted else 0.0,
                find_target=lambda: self._replaced_target(read_live, azure),
                report=self._note_wait,
            )
            run = SendRun(
                delivery,
                self.result,
                stop,
                self.options.parallelism,
                dead_letters=dead_letters,
                checkpoint=checkpoint,
            )
            for chunk_result in run.results(self._chunks(checkpoint, _oversize_opener(dead_letters))):
                self._report()
                yield chunk_result
            self._conclude()
            if checkpoint is not None:
                checkpoint.finish()

    def arrival_counter(self, azure: Azure, live: Graph) -> ArrivalCounter:
        """What counts the rows of this job; to be made before they are sent. Raises CloudError."""
        from provisioner.probes.live_state import LiveState
        from provisioner.send.arrival_count import ArrivalCounter

        self._follow_live_rule(live, self._find_target(live, azure))
        state = LiveState(self._manifest, live, azure, self._transforms)
        plans = dict(zip((flow.table for flow in self._plan.stream.flows), self._plan.plans, strict=True))
        return ArrivalCounter(azure.query, state.workspace_customer_id(), plans)

    def _chunks(self, checkpoint: Checkpoint | None, open_oversize: OpenOversize) -> Iterator[Chunk | None]:
        chunker = RecordChunker(self._plan, self.result, dt.datetime.now(dt.UTC))
        for number, source in enumerate(self._sources):
            settled = checkpoint.settled(number) if checkpoint is not None else SettledRecords()
            records = source.records(self._plan.stream.columns, open_oversize)
            for chunk in chunker.chunks(number, source.name, records, settled):
                # A source that pauses: what waits goes out now, and the rows do not wait for the next ones.
                self._report()
                yield chunk

    def _open_files(self, stack: ExitStack, directory: Path | None) -> tuple[Checkpoint | None, DeadLetterFile | None]:
        if directory is None:
            return None, None
        checkpoint = self._checkpoint(directory)
        if checkpoint is not None:
            stack.callback(checkpoint.close)
        name = checkpoint.dead_letters if checkpoint else dead_letter_name(dt.datetime.now(dt.UTC))
        dead_letters = DeadLetterFile(directory / name)
        stack.callback(dead_letters.close)
        self.result.dead_letters = dead_letters.path
        return checkpoint, dead_letters

    def _checkpoint(self, directory: Path) -> Checkpoint | None:
        options, stream = self.options, self._plan.stream.key
        inputs = [source.input for source in self.files]
        if options.resume:
            if not inputs:
                raise BadRequestFile("a stream cannot be read again", hint="--resume is for files")
            return Checkpoint.resume(directory, stream, inputs)
        unfinished = Checkpoint.unfinished(directory)
        if unfinished is not None and not options.restart:
            raise BadRequestFile(
                f"the run of {unfinished} in {directory} did not finish",
                hint="--resume goes on with it; --restart forgets it and sends every record again",
            )
        if not inputs:
            return None
        return Checkpoint.begin(directory, stream, inputs)

    def _find_target(self, live: Graph, azure: Azure) -> SendTarget:
        outputs = read_outputs(self._manifest, live, azure.cloud.ingestion_audience)
        return find_target(self._manifest, self._plan.stream, outputs, self.options.dcr)

    def _follow_live_rule(self, live: Graph, target: SendTarget) -> None:
        """Let the rule that takes the records decide, where it is not what the manifest says."""
        declared = self._plan.stream
        actual = live_stream(declared, rule_of(live, target))
        if actual != declared:
            self._plan = plan_stream(self._manifest, actual, self._transforms)
            self.result.notes.append(
                f"the live rule takes {declared.key} otherwise than the manifest says, and decides what is checked and "
                "dropped; `provisioner plan` shows the difference"
            )

    def _replaced_target(self, read_live: ReadLive, azure: Azure) -> SendTarget | None:
        """The target as it is now; None where there is none, or Azure does not say."""
        try:
            return self._find_target(read_live(), azure)
        except ProvisionerError as error:
            # The 404 that led here is what the run ends with, if nothing comes of waiting.
            self._note_wait(error.message, 0.0)
            return None

    def _grant(self, stack: ExitStack, azure: Azure, live: Graph) -> bool:
        """Give the running identity the right to send for the run, where that is asked for; whether it was."""
        # Imported late: a sender that has its right needs neither the query client nor role assignments.
        from provisioner.probes.live_state import LiveState
        from provisioner.verify.temporary_grant import temporary_grant

        choice = self.options.grant_self
        if not (self._manifest.target.cloud == "local" if choice is None else choice):
            return False
        state = LiveState(self._manifest, live, azure, self._transforms)
        dcrs = {dcr.name for dcr in self._manifest.dcrs_of(self._plan.stream.key) if live.get(("dcr", dcr.name))}
        stack.enter_context(temporary_grant(azure, state, dcrs, keep=False, progress=ignore_progress))
        return True

    def _note_wait(self, reason: str, seconds: float) -> None:
        self._waits = (reason, seconds)

    def _report(self) -> None:
        result = self.result
        result.bytes = sum(source.read_bytes for source in self._sources)
        sizes = [source.input.size for source in self.files]
        total = sum(size or 0 for size in sizes)
        waits, self._waits = self._waits, ("", 0.0)
        share = min(1.0, result.bytes / total) if total else None
        self.options.progress(SendProgress(result.read, result.sent, result.dead_count, result.bytes, share, *waits))

    def _conclude(self) -> None:
        """Fill in what is known when everything was read."""
        self._report()
        for source in self._sources:
            self.result.notes += source.notes()
        for forecast in self._plan.forecasts:
            forecast.add_to(self.result.dropped, several=len(self._plan.forecasts) > 1)
        self.result.tables = tuple(
            TableCount(forecast.flow.table, forecast.expected_rows) for forecast in self._plan.forecasts
        )


def _oversize_opener(dead_letters: DeadLetterFile | None) -> OpenOversize:
    if dead_letters is None:
        return DiscardingWriter

    def open_spool(number: int) -> SpoolFile:
        # Several files have a record of that number, and an earlier part of the run may have left files.
        names = (dead_letters.path.with_suffix(f".record-{number}-{turn}.bin") for turn in count(1))
        return SpoolFile(next(path for path in names if not path.exists()))

    return open_spool
