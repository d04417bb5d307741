"""Messages about the local Azure: its tables, rows, requests, faults and clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.workbench.messages.project_messages import Column


@dataclass(frozen=True, slots=True)
class LocalRequest:
    """One request that the local Azure answered."""

    time: str
    method: str
    path: str
    status: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class LocalDrop:
    """Rows or values that were dropped although their call was answered 204, and why."""

    time: str
    stream: str
    table: str
    reason: str
    detail: str
    count: int


@dataclass(frozen=True, slots=True)
class LocalTable:
    """A table of a workspace in the local Azure."""

    workspace: str
    workspace_id: str
    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class LocalStatus:
    """The local Azure as it is; `running` is False where none runs beside this manifest."""

    running: bool
    endpoint: str
    tables: tuple[LocalTable, ...]
    drops: tuple[LocalDrop, ...]
    requests: tuple[LocalRequest, ...]
    faults: tuple[Mapping[str, Any], ...]
    # Faults and their fields as they are without a choice, from the emulator's own table: a new one is offered at once.
    fault_kinds: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LocalQuery:
    """Asks for the rows of a query over a workspace."""

    workspace_id: str
    query: str


@dataclass(frozen=True, slots=True)
class LocalRows:
    """Rows of a query; `problem` says why there are none."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class LocalFault:
    """Asks to switch a fault on, with its fields; with an empty name, to switch all off."""

    fault: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LocalSend:
    """Asks to send the records of a set to a stream of the local Azure."""

    stream: str
    records: str


@dataclass(frozen=True, slots=True)
class LocalOutcome:
    """Whether it was done, and what came of it."""

    ok: bool
    message: str
