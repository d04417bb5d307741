"""The records that an author wrote down: samples, and what tests are given."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.model import Record, Stream
from provisioner.validate.context import Path


def records(stream: Stream) -> Iterator[tuple[Path, Record]]:
    """Each record with its path below the stream."""
    for index, record in enumerate(stream.samples):
        yield ("samples", index), record
    for number, test in enumerate(stream.tests):
        for index, record in enumerate(test.given):
            yield ("tests", number, "given", index), record
