"""Times of the records of one call, as a table of plan auxiliary wants them where no transform stands between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provisioner.model import PASSTHROUGH
from provisioner.package_data import load_facts
from provisioner.probes.bound_flow import BoundFlow
from provisioner.probes.expected_row import TIME_COLUMN, parse_time
from provisioner.verify.sample_records import SampleRecords


def limits_batch_times(flow: BoundFlow, plan: str) -> bool:
    """Whether a flow into a table of that plan limits the times of a call: their form, and how far they are apart."""
    return flow.transform.strip() == PASSTHROUGH and plan in load_facts("limits.yaml")["batch"]["time_span"]["plans"]


def fit_batch_times(samples: SampleRecords, now: dt.datetime) -> tuple[SampleRecords, str | None]:
    """The records with times in the form that such a table reads, and a note where they had to be moved to `now`."""
    records = [*samples.records, *samples.edge_cases]
    times = [time for record in records if (time := parse_time(record.get(TIME_COLUMN))) is not None]
    minutes = load_facts("limits.yaml")["batch"]["time_span"]["minutes"]
    is_too_long = bool(times) and max(times) - min(times) > dt.timedelta(minutes=minutes)
    fitted = [_with_time(record, now if is_too_long else None) for record in records]
    count = len(samples.records)
    note = (
        f"the times of the records lie more than {minutes} minutes apart, and a call into an auxiliary table must not: "
        "they are sent with the present time"
    )
    return (
        replace(samples, records=tuple(fitted[:count]), edge_cases=tuple(fitted[count:])),
        note if is_too_long else None,
    )


def _with_time(record: Mapping[str, Any], present: dt.datetime | None) -> dict[str, Any]:
    time = parse_time(record.get(TIME_COLUMN))
    if time is None:
        return dict(record)
    # Six decimals: the only form that the page on auxiliary tables names.
    return {**record, TIME_COLUMN: (present or time).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
