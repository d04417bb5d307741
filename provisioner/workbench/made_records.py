"""Made-up records by the types of a stream's columns; the same columns give the same records."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from provisioner.load.new_project import EXAMPLE_VALUES
from provisioner.model import Columns

_WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
_START = dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
_NULL_EVERY = 7
"""Each column is left out of one record in seven: senders do that, and a transform should be seen with it."""


def make_records(columns: Columns, count: int) -> Sequence[Mapping[str, Any]]:
    """So many records with a value for each column, except for a null here and there."""
    # The seed is the columns: who shares a case, or looks again, sees the same records.
    generator = random.Random(",".join(columns))  # noqa: S311 - an example, no secret
    return [
        {
            name: _value(kind, number, generator)
            for position, (name, kind) in enumerate(columns.items())
            if (number + position + 1) % _NULL_EVERY or kind == "datetime"
        }
        for number in range(count)
    ]


def _value(kind: str, number: int, generator: random.Random) -> Any:
    makers: Mapping[str, Callable[[], Any]] = {
        "string": lambda: f"{generator.choice(_WORDS)} {number}",
        "int": lambda: generator.randrange(1_000),
        "long": lambda: generator.randrange(10**12),
        "real": lambda: round(generator.uniform(0, 1_000), 2),
        "boolean": lambda: generator.random() < 0.5,
        "datetime": lambda: (_START + dt.timedelta(seconds=37 * number)).isoformat().replace("+00:00", "Z"),
        "guid": lambda: str(uuid.UUID(int=generator.getrandbits(128), version=4)),
        "dynamic": lambda: {"id": f"A{number}", "name": generator.choice(_WORDS), "count": generator.randrange(10)},
    }
    return makers[kind]() if kind in makers else EXAMPLE_VALUES["string"]
