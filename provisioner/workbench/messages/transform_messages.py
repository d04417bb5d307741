"""Messages about a transform: records in, rows out, and what happened on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.workbench.messages.project_messages import Column


@dataclass(frozen=True, slots=True)
class RecordsText:
    """Records as they were pasted or dropped; `name` is that of the file, whose ending tells CSV from JSON.

    Without a name the text itself tells.
    """

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class KeptRecords:
    """Asks for records that the server keeps, after a reload; `whole` also for a text that is too long to be edited."""

    id: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class StreamRecords:
    """Asks for the records of a stream: its samples, those of a test by its name, or made ones."""

    stream: str
    source: Literal["samples", "test", "made"] = "samples"
    test: str = ""
    count: int = 20


@dataclass(frozen=True, slots=True)
class RecordsProblem:
    """Why a text holds no records, with the place in the text."""

    message: str
    hint: str | None
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class RecordSet:
    """Records that the server keeps under `id`; `text` is theirs as JSON, where they are few enough to be edited."""

    id: str
    count: int
    # None where the page would be slow with it in a text area.
    text: str | None
    columns: tuple[Column, ...]
    problem: RecordsProblem | None = None


@dataclass(frozen=True, slots=True)
class TransformRun:
    """Asks what a transform makes of records. `table_columns` are empty where those of the table are not known."""

    transform: str
    columns: tuple[Column, ...]
    records: str
    # With the request, and not looked up by name: a shared case has a table that no manifest here declares.
    table_columns: tuple[Column, ...] = ()
    now: str | None = None


@dataclass(frozen=True, slots=True)
class TextFinding:
    """A diagnostic about the transform, with the characters that it is about."""

    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    hint: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of the rows. `fate` says what becomes of it in the table, `note` why."""

    name: str
    type: str
    fate: Literal["kept", "dropped", "refused", "null"]
    note: str | None


@dataclass(frozen=True, slots=True)
class OutputRow:
    """A row, with the number of the record that it came of, and the reason for each null."""

    record: int
    values: Mapping[str, Any]
    nulls: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DroppedRecord:
    """A record of which no row came, with the condition that dropped it; None where no condition did."""

    record: int
    condition: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """One operator of the pipeline: its characters in the text, from the one behind its pipe."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class TransformResult:
    """What a transform makes of records. Rows, and what happened to each record, are those of the first records."""

    bound: bool
    findings: tuple[TextFinding, ...]
    columns: tuple[OutputColumn, ...]
    # Columns of the table that no row has: they have no place among `columns`, which are those of rows.
    unwritten: tuple[Column, ...]
    rows: tuple[OutputRow, ...]
    dropped: tuple[DroppedRecord, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    record_count: int
    row_count: int
    shown_records: int


@dataclass(frozen=True, slots=True)
class StepRun:
    """Asks for the rows behind a step of a transform; step 0 is the records as the stream's columns have them."""

    transform: str
    columns: tuple[Column, ...]
    records: str
    step: int
    now: str | None = None


@dataclass(frozen=True, slots=True)
class StepResult:
    """The rows behind a step."""

    text: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    record_count: int
    row_count: int


@dataclass(frozen=True, slots=True)
class EditorRequest:
    """Asks for the language server in an editor: over which columns, into which table, with which records.

    `stream` and `table` are their names in the manifest; a shared case has none.
    """

    columns: tuple[Column, ...]
    table_columns: tuple[Column, ...] = ()
    records: str = ""
    stream: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class EditorAddress:
    """Where the language server answers for an editor (the path of a WebSocket), and the address of its text."""

    socket: str
    uri: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class TransformComparison:
    """Asks how the rows of a transform differ from those of another: the saved one, or the one in Azure."""

    stream: str
    table: str
    transform: str
    columns: tuple[Column, ...]
    records: str
    against: Literal["saved", "live"]
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class RowPair:
    """The same row by both transforms; None where one of them gives none. `differences` names columns."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """Rows before and after, and a difference of the texts; `problem` says why there is none."""

    before_text: str
    pairs: tuple[RowPair, ...]
    changed: int
    diff: str
    problem: str | None
