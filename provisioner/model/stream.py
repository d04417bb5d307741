"""A stream that senders write to, the flows that carry it into tables, and its tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.model.columns import Columns

PASSTHROUGH = "source"
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Flow:
    """One way of a stream into a table; `transform` is KQL over `source`.

    `written`: the author gave the transform (False: it was made, as `source` or with guid casts).
    """

    table: str
    transform: str = PASSTHROUGH
    written: bool = False


@dataclass(frozen=True, slots=True)
class TransformTest:
    """Records given and rows expected, by table; only the columns named are compared.

    `expect` maps table → rows; `expect_error` is a text that the diagnostics of the transform must contain.
    `now` is ISO 8601 text and fixes the clock.
    """

    name: str
    given: tuple[Record, ...]
    expect: Mapping[str, tuple[Record, ...]]
    now: str | None = None
    expect_error: str | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """What a sender posts to. `key` is the manifest's word for it, `name` Azure's (`Custom-…`); mostly equal."""

    key: str
    name: str
    columns: Columns
    flows: tuple[Flow, ...]
    samples: tuple[Record, ...] = ()
    tests: tuple[TransformTest, ...] = ()
    declared: bool = True
    """The author wrote the columns (False: taken from the table)."""
