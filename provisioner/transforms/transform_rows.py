"""Records run through a bound transform."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from provisioner import kql
from provisioner.model import Record

Row = dict[str, Any]


def transform_rows(
    query: kql.Query,
    records: Iterable[Record],
    now: dt.datetime | str | None = None,
    notes: dict[str, int] | None = None,
) -> list[Row]:
    """The rows that a query gives for records, as JSON values: times are text with seven digits.

    `now` is the clock of the run (default: the present). `notes` collects what happened to values on the way, such as
    one of another type than its column's, with how often it did.
    """
    # The query keeps its compiled code, so a second call with the same query does not compile it again.
    return list(kql.evaluate(query, records, now=now, form="json", notes=notes))
