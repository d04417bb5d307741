"""Records that the page has handed over, kept by a digest of their text: a keystroke need not send them again."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.kql import infer
from provisioner.load.yaml.csv_records import csv_delimiter
from provisioner.load.yaml.sample_files import CSV_SUFFIXES, read_samples
from provisioner.load.yaml.source_text import SourceText
from provisioner.workbench.messages.project_messages import Column
from provisioner.workbench.messages.transform_messages import RecordSet, RecordsProblem

MAX_RECORDS_BYTES = 8 * 1024 * 1024
"""More text than this is refused: a page that holds it is slow, and a transform is understood with less."""
_MAX_SETS = 16
_MAX_EDITABLE = 200_000
"""Characters up to which the page gets the text back to edit it."""
_MAX_WHOLE = 4 * MAX_RECORDS_BYTES
# A quoted name may hold the separator, which would be two halves here: rare in what people paste, and a file has an
# ending. Brackets and colons are left out, so that a piece of JSON is told as broken JSON.
_CSV_NAME = re.compile(r"""\s*"?[\w .@$/()-]+"?\s*""")

Records = Sequence[Mapping[str, Any]]


class UnknownRecords(LookupError):
    """Records that the server no longer keeps: the page sends them again."""


class RecordStore:
    """The last sets of records, by id."""

    def __init__(self) -> None:
        self._sets: OrderedDict[str, Records] = OrderedDict()
        self._lock = Lock()

    def add_text(self, text: str, name: str) -> RecordSet:
        """The records of a JSON, NDJSON or CSV text; with a problem and no id where it holds none."""
        if len(text.encode("utf-8", "surrogatepass")) > MAX_RECORDS_BYTES:
            limit = MAX_RECORDS_BYTES // (1024 * 1024)
            message = f"these records are larger than {limit} MiB"
            return _refused(RecordsProblem(message, "take a part of them: a few hundred show the same", 1, 1))
        # Only the ending counts: a name from the page is never a path. What was pasted has none.
        is_table = Path(name).suffix.lower() in CSV_SUFFIXES if name else _is_csv(text)
        source = SourceText(Path("records.csv" if is_table else "records.json"), text)
        node, errors = read_samples(source)
        if node is None:
            return _refused(_problem_of(errors[0]))
        return self.add(node.plain())

    def add(self, records: Records) -> RecordSet:
        """Keep these records."""
        text = _text_of(records)
        # By content: the same paste in two tabs is kept once, and the page can tell that nothing changed.
        identifier = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
        with self._lock:
            self._sets[identifier] = records
            self._sets.move_to_end(identifier)
            while len(self._sets) > _MAX_SETS:
                self._sets.popitem(last=False)
        return _record_set(identifier, records, text)

    def describe(self, identifier: str, *, whole: bool) -> RecordSet:
        """The set of an id, with its text however long that is where the whole is asked for. Raises UnknownRecords."""
        records = self.get(identifier)
        return _record_set(identifier, records, _text_of(records), _MAX_WHOLE if whole else _MAX_EDITABLE)

    def get(self, identifier: str) -> Records:
        """The records of an id. Raises UnknownRecords."""
        with self._lock:
            if identifier not in self._sets:
                raise UnknownRecords("these records are no longer here: send them again")
            self._sets.move_to_end(identifier)
            return self._sets[identifier]


def _text_of(records: Records) -> str:
    return json.dumps(list(records), ensure_ascii=False, indent=1)


def _record_set(identifier: str, records: Records, text: str, most: int = _MAX_EDITABLE) -> RecordSet:
    return RecordSet(identifier, len(records), text if len(text) <= most else None, inferred_columns(records))


def _is_csv(text: str) -> bool:
    """Whether a text is a table with a head: names between separators, and rows below. JSON is none."""
    head, line_break, rows = text.strip("\ufeff \r\n").partition("\n")
    names = head.rstrip("\r").split(csv_delimiter(head))
    return bool(line_break and rows.strip()) and len(names) > 1 and all(map(_CSV_NAME.fullmatch, names))


def inferred_columns(records: Records) -> tuple[Column, ...]:
    """The columns that records have, in the manifest's types, as `init` would infer them."""
    return tuple(Column(name, kind) for name, kind in infer(records).items()) if records else ()


def _refused(problem: RecordsProblem) -> RecordSet:
    return RecordSet("", 0, None, (), problem)


def _problem_of(error: Diagnostic) -> RecordsProblem:
    line, column = (error.place.line, error.place.column) if error.place else (1, 1)
    return RecordsProblem(error.message, error.hint, line, column)
