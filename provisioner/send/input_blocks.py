"""Files and standard input as blocks of UTF-8 bytes: decompressed, transcoded, in flat memory."""

from __future__ import annotations

import codecs
import glob
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import BadRequestFile
from provisioner.send.raw_record import BrokenInput
from provisioner.send.stream_blocks import BLOCK_SIZE, stream_blocks

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib: gzip header and trailer
_BYTE_ORDERS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Input:
    """A source of records; `path` is None for standard input."""

    name: str
    path: Path | None

    @property
    def is_stream(self) -> bool:
        """Whether it can be read once only, as standard input or a pipe."""
        return self.path is None or not self.path.is_file()

    @property
    def size(self) -> int | None:
        """Bytes on the disk; None where that cannot be said."""
        return None if self.path is None or self.is_stream else self.path.stat().st_size


def expand_inputs(arguments: Sequence[str]) -> tuple[Input, ...]:
    """The inputs that command line arguments name: files, patterns, `-` for standard input.

    Raises BadRequestFile for a file that is not there, a pattern without files and a file named twice.
    """
    inputs: list[Input] = []
    for argument in arguments:
        if argument == "-":
            inputs.append(Input("standard input", None))
        elif not os.path.lexists(argument) and glob.has_magic(argument):
            # Shells expand patterns themselves; cmd.exe does not, and quotes prevent it.
            # Not Path.glob: it takes no absolute pattern.
            names = sorted(name for name in glob.iglob(argument, recursive=True) if not Path(name).is_dir())  # noqa: PTH207
            if not names:
                raise BadRequestFile(f"no file fits {argument}", hint="check the pattern and the directory")
            inputs += [Input(name, Path(name)) for name in names]
        else:
            inputs.append(_existing_file(argument))
    names = [entry.name for entry in inputs]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise BadRequestFile(f"{repeated} is named twice", hint="its records would be sent twice: name it once")
    return tuple(inputs)


def _existing_file(argument: str) -> Input:
    path = Path(argument)
    if not path.exists():
        raise BadRequestFile(f"{argument} is not there", hint="name a file, a pattern, or - for standard input")
    if path.is_dir():
        raise BadRequestFile(f"{argument} is a directory", hint=f"name its files: {path / '*'}")
    return Input(argument, path)


class InputBlocks:
    """The blocks of one input; an empty block says that nothing has come for a while.

    `read_bytes` counts what was read of the file as it stands on the disk. Iterating raises BrokenInput where a file
    cannot be read on, or its gzip data or UTF-16 is damaged.
    """

    def __init__(self, source: Input) -> None:
        self.source = source
        self.read_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        return _as_utf8(_decompressed(self._raw_blocks()))

    def _raw_blocks(self) -> Iterator[bytes]:
        path = self.source.path
        try:
            if path is None:
                yield from self._counted(stream_blocks(sys.stdin.buffer))
                return
            with path.open("rb", buffering=0) as file:
                blocks = stream_blocks(file) if self.source.is_stream else iter(lambda: file.read(BLOCK_SIZE), b"")
                yield from self._counted(blocks)
        except OSError as error:
            raise BrokenInput(f"it cannot be read: {error.strerror}") from error

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.read_bytes += len(block)
            yield block


def _decompressed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, out of gzip where they begin with its mark."""
    first = next(blocks, b"")
    while len(first) < len(_GZIP_MAGIC) and (block := next(blocks, None)) is not None:
        if not block:
            yield b""
        first += block
    if not first.startswith(_GZIP_MAGIC):
        if first:
            yield first
        yield from blocks
        return
    yield from _gunzip(first, blocks)


def _gunzip(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP_WINDOW)
    pending = first
    while True:
        try:
            # Bounded, so that a small file that inflates to gigabytes stays a stream.
            content = member.decompress(pending, BLOCK_SIZE)
        except zlib.error as error:
            raise BrokenInput(f"its gzip data is damaged: {error}") from error
        pending = member.unconsumed_tail
        if content:
            yield content
        if member.eof:
            pending = member.unused_data.lstrip(b"\0")  # padding to whole blocks, as tapes and some tools write
            if not pending and not (pending := _next_content(blocks)):
                return
            member = zlib.decompressobj(_GZIP_WINDOW)  # files of several members are one after another
        elif not pending and not content:
            block = next(blocks, None)
            if block is None:
                raise BrokenInput("its gzip data ends too early: the file was cut")
            if not block:
                yield b""
            pending = block


def _next_content(blocks: Iterator[bytes]) -> bytes:
    return next((content for block in blocks if (content := block.lstrip(b"\0"))), b"")


def _as_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks without a byte order mark, and in UTF-8 where that mark says UTF-16."""
    first = b""
    for block in blocks:
        if not block:
            yield b""
        first += block
        if len(first) >= len(codecs.BOM_UTF8):
            break
    encoding = _BYTE_ORDERS.get(first[:2])
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8) or b""
        yield from blocks
        return
    # PowerShell 5 writes UTF-16 wherever `>` is used.
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        yield decoder.decode(first[2:]).encode()
        for block in blocks:
            yield decoder.decode(block).encode()
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise BrokenInput(f"it is not the UTF-16 that its first bytes promise: {error}") from error
