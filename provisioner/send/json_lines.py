"""JSON records, one to a line."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from provisioner.send.json_records import LONGEST_RECORD, QUOTED_BYTES, SPACES, oversize_record, parse_record
from provisioner.send.raw_record import OpenOversize, OversizeWriter, RawRecord
from provisioner.send.record_batch import BATCH_RECORDS, RecordBatch, read_batch


def read_json_lines(pieces: Iterable[str], open_oversize: OpenOversize) -> Iterator[RawRecord | RecordBatch | None]:
    """Records from the lines that are not empty, those without a fault in batches; None where the input pauses."""
    number, rest = 0, ""
    oversize: OversizeWriter | None = None
    for piece in pieces:
        if not piece:
            yield None
            continue
        if oversize is not None:
            ending, newline, piece = piece.partition("\n")  # noqa: PLW2901 - what follows the long line
            oversize.write(ending.encode(errors=QUOTED_BYTES))
            if not newline:
                continue
            yield oversize_record(number, oversize)
            oversize = None
        # Not splitlines: JSON texts may hold the other line ends of Unicode.
        lines = (rest + piece).split("\n")
        rest = lines.pop()
        for start in range(0, len(lines), BATCH_RECORDS):
            number = yield from _read_lines(lines[start : start + BATCH_RECORDS], number)
        if len(rest) > LONGEST_RECORD:
            number += 1
            oversize = open_oversize(number)
            oversize.write(rest.encode(errors=QUOTED_BYTES))
            rest = ""
    if oversize is not None:
        yield oversize_record(number, oversize)
    elif text := rest.strip(SPACES):
        yield parse_record(text, number + 1)


def _read_lines(lines: list[str], number: int) -> Generator[RawRecord | RecordBatch, None, int]:
    """The records of lines, the first of them behind record `number`; returns the number of the last."""
    # Spaces around a record may stay in a call; a line of them alone is no object, and so sends all to be stripped.
    if lines and (batch := read_batch(lines, number + 1)) is not None:
        yield batch
        return batch.last
    texts = [text for line in lines if (text := line.strip(SPACES))]
    if len(texts) < len(lines) and texts and (batch := read_batch(texts, number + 1)) is not None:
        yield batch
        return batch.last
    yield from (parse_record(text, position) for position, text in enumerate(texts, number + 1))
    return number + len(texts)
