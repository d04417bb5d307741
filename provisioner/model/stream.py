"""A stream that senders write to, the flows that carry it into tables, and its tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.model.columns import Columns
from provisioner.model.manifest_path import ManifestPath

PASSTHROUGH = "source"
WORKSPACE_STREAM_PREFIX = "Microsoft-Table-"
"""What a workspace's own rule calls the rows of a table: this and the table's name."""
BUILTIN_STREAM_PREFIX = "Microsoft-"
Record = Mapping[str, Any]
SENDERS = (
    *("python", "curl", "dotnet", "javascript", "powershell", "go", "java", "az", "function-app"),
    *("fluent-bit", "vector", "logstash", "otel-collector", "syslog-ng", "rsyslog", "cribl"),
)
"""The senders that `outputs` can configure. What each can give stands in schemas/senders.yaml."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow of a stream into one table; `transform` is KQL over `source`.

    `written`: the transform is the author's (False: a default, which is `source` or casts texts to guid). `path` is
    where it is written: an entry of the stream's `flows`, or the stream itself, which may hold table and transform of
    its only flow; empty for a flow that is not from a manifest's text.
    """

    table: str
    transform: str = PASSTHROUGH
    written: bool = False
    # Not compared: two flows that do the same are equal wherever they stand.
    path: ManifestPath = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class TransformTest:
    """A test of a stream's transforms: the records that go in, and the rows that come out by table.

    `expect` maps table → rows, of which only the columns named are compared; `expect_error` is a text that the errors
    of the transform must contain instead. `now` is ISO 8601 text and sets the clock.
    """

    name: str
    given: tuple[Record, ...]
    expect: Mapping[str, tuple[Record, ...]]
    now: str | None = None
    expect_error: str | None = None
    path: ManifestPath = field(default=(), compare=False)
    """Where the manifest declares it; empty for a test that is not from a manifest's text."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What a sender posts to. `key` is its name in the manifest, `name` the one in Azure (`Custom-…`); mostly equal."""

    key: str
    name: str
    columns: Columns
    flows: tuple[Flow, ...]
    samples: tuple[Record, ...] = ()
    tests: tuple[TransformTest, ...] = ()
    declared: bool = True
    """Whether the author wrote the columns (False: they are the table's)."""
    sender: str | None = None
    """Who sends, by the name of its format of `outputs`; None where the author does not say."""
    section: str = "streams"
    """The section that it is declared in; `workspace_transforms` for rows that come through no rule of their own."""

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return (self.section, self.key)


def builtin_stream_table(stream_name: str) -> str | None:
    """The table that one of Azure's own streams, `Microsoft-<Table>`, is named after and takes its columns from.

    None for a stream of any other name.
    """
    table = stream_name.removeprefix(BUILTIN_STREAM_PREFIX)
    return table if table and table != stream_name else None
