"""Messages about the project that is open: its streams, tables and findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Nothing:
    """A request without content, or an answer that says no more than that it was done."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name, with its type as the manifest spells it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class FlowInfo:
    """A flow of a stream: its table, its transform, and whether the text can be changed from here."""

    table: str
    transform: str
    written: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A stream with what a transform is written against."""

    key: str
    columns: tuple[Column, ...]
    flows: tuple[FlowInfo, ...]
    samples: int
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table; `columns` is empty where they are not known."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the checks, with the place that it is about."""

    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    hint: str | None
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """The open project. `revision` changes with every change of its files; `readable` is False where YAML is broken."""

    name: str
    file: str
    environment: str | None
    environments: tuple[str, ...]
    revision: int
    # Broken YAML is an everyday state while a file is edited: the page says so and waits.
    readable: bool
    allow_apply: bool
    streams: tuple[StreamInfo, ...]
    tables: tuple[TableInfo, ...]


@dataclass(frozen=True, slots=True)
class ProjectFindings:
    """What the checks say of the project at that `revision`."""

    revision: int
    findings: tuple[Finding, ...]
