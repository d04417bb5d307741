"""The SQLite file behind the emulator: resources, operations, rows, dropped rows and metrics.

A write that was answered survives the death of the process.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.errors import DamagedState, StateLocked
from provisioner.private_files import open_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Each migration leads from the version of its position to the next; a file is brought to the newest at opening.
MIGRATIONS = (
    """
    CREATE TABLE resources (
        key TEXT PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, private TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX resources_type ON resources (type, key);
    CREATE TABLE operations (
        id TEXT PRIMARY KEY, started REAL NOT NULL, ready REAL NOT NULL, body TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY, place TEXT NOT NULL, least TEXT NOT NULL, most TEXT NOT NULL, received REAL NOT NULL,
        visible REAL NOT NULL, size INTEGER NOT NULL, item TEXT NOT NULL, rows TEXT NOT NULL
    );
    CREATE INDEX chunks_time ON chunks (place, most, least);
    CREATE TABLE drops (
        id INTEGER PRIMARY KEY, at TEXT NOT NULL, dcr TEXT NOT NULL, stream TEXT NOT NULL, destination TEXT,
        reason TEXT NOT NULL, detail TEXT NOT NULL, count INTEGER NOT NULL
    );
    """,
    """
    CREATE INDEX chunks_visible ON chunks (place, visible);
    CREATE INDEX chunks_received ON chunks (place, received);
    """,
    """
    CREATE TABLE metrics (
        rule TEXT NOT NULL, stream TEXT NOT NULL, minute INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
        PRIMARY KEY (rule, name, minute, stream)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE marks (chunk INTEGER PRIMARY KEY, bits BLOB NOT NULL);
    CREATE INDEX operations_ready ON operations (ready);
    """,
    """
    CREATE TABLE accepted_calls (
        id INTEGER PRIMARY KEY AUTOINCREMENT, inflated INTEGER NOT NULL, rule TEXT NOT NULL, stream TEXT NOT NULL,
        received REAL NOT NULL, encoding TEXT NOT NULL, client_request TEXT NOT NULL, body BLOB NOT NULL
    );
    """,
)

_LAST = "\U0010ffff"  # sorts after every character of an id: prefix to prefix + _LAST is "starts with"

DATA_TABLES = ("resources", "operations", "chunks", "drops", "metrics", "marks", "accepted_calls")
"""All tables; a reset empties them."""

OPERATION_KEPT = 86_400.0
"""Seconds for which an operation that has ended can still be asked for."""


@dataclass(slots=True)
class StoredResource:
    """A resource: its id as first written, its type, the body that is shown, and what only the service knows."""

    id: str
    type: str
    body: dict[str, Any]
    private: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The id as it is compared: without case."""
        return self.id.lower()

    @property
    def name(self) -> str:
        """The last segment of the id."""
        return self.id.rpartition("/")[2]


class Store:
    """One writer under a lock and a reading connection for each thread; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._readers = threading.local()
        self._depth = 0
        self._db = _open(path)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction, committed at the end of the outermost block and undone by an exception."""
        with self._lock:
            if self._depth == 0:
                # IMMEDIATE: two writers must not both read before one of them may write.
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._db
            # A KeyboardInterrupt too must leave no half transaction behind.
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.rollback()
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.commit()

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """A transaction whose writes are all undone at its end."""
        with self.write() as db:
            db.execute("SAVEPOINT rehearsal")
            try:
                yield
            finally:
                db.execute("ROLLBACK TO rehearsal")

    def read_connection(self) -> sqlite3.Connection:
        """A connection of the calling thread alone, for long queries that must not wait for writes nor hold them up."""
        db: sqlite3.Connection | None = getattr(self._readers, "db", None)
        if db is None:
            db = self._readers.db = _connect(self.path, cache_megabytes=2)
        return db

    def get(self, id: str) -> StoredResource | None:  # noqa: A002 - Azure's word for it
        """The resource of that id, compared without case; None where there is none."""
        with self._lock:
            row = self._db.execute(
                "SELECT id, type, body, private FROM resources WHERE key = ?", (id.lower(),)
            ).fetchone()
        return _stored_resource(row) if row else None

    def find_by_type(self, type: str, id_prefix: str = "") -> list[StoredResource]:  # noqa: A002 - Azure's word for it
        """The resources of a type whose id starts with `id_prefix`, in the order of their ids."""
        start = id_prefix.lower()
        with self._lock:
            rows = self._db.execute(
                "SELECT id, type, body, private FROM resources WHERE type = ? AND key >= ? AND key < ? ORDER BY key",
                (type.lower(), start, start + _LAST),
            ).fetchall()
        return [_stored_resource(row) for row in rows]

    def find_private_texts(self, type: str, id_prefix: str) -> list[tuple[str, str]]:  # noqa: A002 - Azure's word for it
        """Id and private part as JSON text of the resources that `find_by_type` gives: parsing is what costs."""
        start = id_prefix.lower()
        sql = "SELECT id, private FROM resources WHERE type = ? AND key >= ? AND key < ? ORDER BY key"
        with self._lock:
            return self._db.execute(sql, (type.lower(), start, start + _LAST)).fetchall()

    def find_below(self, id_prefix: str) -> list[StoredResource]:
        """All resources whose id starts with `id_prefix`, in the order of their ids."""
        start = id_prefix.lower()
        with self._lock:
            rows = self._db.execute(
                "SELECT id, type, body, private FROM resources WHERE key >= ? AND key < ? ORDER BY key",
                (start, start + _LAST),
            ).fetchall()
        return [_stored_resource(row) for row in rows]

    def put(self, record: StoredResource) -> None:
        """Write a resource, over one of the same id."""
        values = (record.key, record.type.lower(), record.id, json.dumps(record.body), json.dumps(record.private))
        with self.write() as db:
            db.execute("INSERT OR REPLACE INTO resources (key, type, id, body, private) VALUES (?, ?, ?, ?, ?)", values)

    def delete(self, id: str) -> bool:  # noqa: A002 - Azure's word for it
        """Delete a resource; whether there was one."""
        with self.write() as db:
            return db.execute("DELETE FROM resources WHERE key = ?", (id.lower(),)).rowcount > 0

    def put_operation(self, id: str, started: float, ready: float, body: dict[str, Any]) -> None:  # noqa: A002
        """Write a long-running operation that ends at `ready`, and delete those that ended long ago."""
        with self.write() as db:
            db.execute("INSERT INTO operations VALUES (?, ?, ?, ?)", (id, started, ready, json.dumps(body)))
            db.execute("DELETE FROM operations WHERE ready < ?", (started - OPERATION_KEPT,))

    def get_operation(self, id: str) -> tuple[float, float, dict[str, Any]] | None:  # noqa: A002
        """Start, end and body of an operation; None where there is none."""
        with self._lock:
            row = self._db.execute("SELECT started, ready, body FROM operations WHERE id = ?", (id,)).fetchone()
        return (row[0], row[1], json.loads(row[2])) if row else None

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.close()


def _stored_resource(row: tuple[str, str, str, str]) -> StoredResource:
    return StoredResource(row[0], row[1], json.loads(row[2]), json.loads(row[3]))


def _open(path: Path) -> sqlite3.Connection:
    """A connection to the file in its newest version; raises DamagedState, and StateLocked for a later version."""
    try:
        db = _connect(path)
    except sqlite3.DatabaseError as error:
        raise _damaged(path, error) from error
    try:
        _migrate(db, path)
    except StateLocked:
        # On Windows an open file can be neither moved away nor removed.
        db.close()
        raise
    except sqlite3.DatabaseError as error:
        db.close()
        raise _damaged(path, error) from error
    return db


def _damaged(path: Path, error: sqlite3.DatabaseError) -> Exception:
    # A file that is locked or on a full disk is whole.
    if isinstance(error, sqlite3.OperationalError):
        return StateLocked(f"{path} cannot be opened: {error}", hint="see the disk and the processes that hold it")
    return DamagedState(f"{path} is damaged ({error}): the resources and rows of this local Azure are lost")


def _connect(path: Path, cache_megabytes: int = 16) -> sqlite3.Connection:
    # SQLite would create the file readable by all; its log and shared memory take over the mode of the file.
    open_private(path, "ab").close()
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    # A write is in the operating system's hands when it is answered: it outlives this process, if not the machine.
    db.executescript(
        f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -{cache_megabytes * 1024};"
    )
    return db


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest version; raises StateLocked for a file of a later version than is known here."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StateLocked(
            f"{path} was written by a newer emulator (schema {version}, this one knows {len(MIGRATIONS)})",
            hint="upgrade the provisioner, or start on another --state directory",
        )
    for next_version, migration in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN IMMEDIATE; {migration} PRAGMA user_version = {next_version}; COMMIT;")
