"""A stream comes in blocks with its pauses, whichever way the system lets us wait for it."""

from __future__ import annotations

import io
import os

import pytest

from provisioner.send import stream_blocks as module

READERS = [module._blocks_of, module._read_by_thread]


@pytest.fixture
def pipe(monkeypatch):
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    reader, writer = os.pipe()
    open_ends = {reader, writer}

    def close_writer():
        open_ends.discard(writer)
        os.close(writer)

    yield reader, writer, close_writer
    for end in open_ends:
        os.close(end)


@pytest.mark.parametrize("blocks_of", READERS)
def test_what_comes_is_passed_on_before_the_stream_ends_and_a_pause_is_noticed(pipe, blocks_of):
    reader, writer, close = pipe
    blocks = blocks_of(reader)
    os.write(writer, b"first")
    assert next(block for block in blocks if block) == b"first"
    assert next(blocks) == b""
    os.write(writer, b"second")
    assert next(block for block in blocks if block) == b"second"
    close()
    assert set(blocks) <= {b""}


@pytest.mark.parametrize("blocks_of", READERS)
def test_a_stream_that_cannot_be_read_is_an_error(blocks_of, tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="directory"):
            list(blocks_of(descriptor))
    finally:
        os.close(descriptor)


def test_a_stream_of_the_embedding_program_is_read_to_its_end():
    assert b"".join(module.stream_blocks(io.BytesIO(b"abc"))) == b"abc"
