"""Messages about changes of the author's files: shown first, then written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class TransformEdit:
    """Asks to write the transform of a flow."""

    stream: str
    table: str
    transform: str


@dataclass(frozen=True, slots=True)
class RecordsEdit:
    """Asks to keep records of a set with a stream: as samples, or as a test that expects the rows they give now.

    `numbers` are those of the records in their set, from 0; empty for all.
    """

    stream: str
    table: str
    keep_as: Literal["sample", "test"]
    name: str
    # By id and number: a browser would round the large numbers in a record that it sends back.
    records: str
    numbers: tuple[int, ...]
    transform: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A transform as the page has it, which no file has yet."""

    stream: str
    table: str
    transform: str


@dataclass(frozen=True, slots=True)
class TestsRequest:
    """Asks for the tests of some streams, of all where none is named; drafts take the place of what is saved."""

    __test__ = False  # as above

    streams: tuple[str, ...] = ()
    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectationEdit:
    """Asks to make a failed test expect the rows that come now, of drafts where they are given."""

    stream: str
    test: str
    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class EditPreview:
    """A change that waits under `id` to be written: its difference, by file. `problem` says why there is none."""

    # The texts stay on the server: what is written is what was shown, whatever the page sends.
    id: str
    diff: str
    files: tuple[str, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class EditWrite:
    """Asks to write a change that was shown."""

    id: str


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What was written. `conflicts` are files that have changed since the change was shown; nothing is written then."""

    written: tuple[str, ...]
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellDifference:
    """One cell of a test that differs."""

    column: str
    expected: Any
    actual: Any
    absent: bool


@dataclass(frozen=True, slots=True)
class TestRow:
    """An expected row and the actual one; either may be missing."""

    __test__ = False  # pytest's collector takes any class that begins with Test

    expected: Mapping[str, Any] | None
    actual: Mapping[str, Any] | None
    differences: tuple[CellDifference, ...]


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What became of one test of a transform."""

    __test__ = False

    stream: str
    table: str
    name: str
    ok: bool
    reason: str | None
    file: str | None
    line: int | None
    rows: tuple[TestRow, ...]


@dataclass(frozen=True, slots=True)
class TestRun:
    """All tests of the project."""

    __test__ = False

    tests: tuple[TestOutcome, ...]
    passed: int
    failed: int
