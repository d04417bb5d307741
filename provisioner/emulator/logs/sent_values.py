"""The values of sent records: what the endpoint refuses of them, and what is lost on the way into their columns."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from provisioner.emulator import azure_facts
from provisioner.emulator.http.response import ApiError
from provisioner.kql.values.json_coercion import value_loss

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from provisioner.emulator.logs.dropped_rows import DropCounter
    from provisioner.emulator.logs.ingestion_flows import IngestionFlow

_TIME = "TimeGenerated"


def check_batch(
    flows: Sequence[IngestionFlow], declared: Mapping[str, str], records: Sequence[Mapping[str, object]]
) -> None:
    """Raise ApiError 400 where a table's plan refuses the whole call; `declared` are the stream's columns in KQL."""
    for flow in flows:
        _check_time_range(flow, records)
        _check_values(flow, declared, records)


def _check_time_range(flow: IngestionFlow, records: Sequence[Mapping[str, object]]) -> None:
    limit = azure_facts.batch_facts()["time_span"]
    if not flow.is_plain or flow.plan not in limit["plans"]:
        return
    times = [time for record in records if isinstance(time := record.get(_TIME), str)]
    try:
        instants = [datetime.fromisoformat(time).timestamp() for time in times]
    except ValueError:
        return
    if instants and max(instants) - min(instants) > limit["minutes"] * 60:
        raise ApiError(400, limit["code"], limit["words"])


def _check_values(flow: IngestionFlow, declared: Mapping[str, str], records: Sequence[Mapping[str, object]]) -> None:
    if flow.plan == "analytics":
        return
    unchanged = _columns_arriving_unchanged(flow)
    arriving = {name: type_ for name, type_ in declared.items() if name in unchanged}
    for record in records:
        for name, type_ in arriving.items():
            value = record.get(name)
            # A value that is not nested is refused by no plan.
            if isinstance(value, (dict, list)) and (loss := value_loss(value, type_, flow.plan)) and loss.is_refusal:
                message = (
                    f"The request content is malformed JSON: '{name}' holds an {loss.kind}, "
                    "and the column is not dynamic."
                )
                raise ApiError(400, "InvalidRequestContent", message, target=name)


def _columns_arriving_unchanged(flow: IngestionFlow) -> set[str]:
    """The stream's columns whose values go as they are into a column of the table that is not dynamic."""
    table_columns = flow.columns or {}
    unchanged = flow.query.unchanged_columns.items()
    return {source for name, source in unchanged if table_columns.get(name, "dynamic") != "dynamic"}


def record_lost_values(flow: IngestionFlow, records: Iterable[Mapping[str, object]], drops: DropCounter) -> None:
    """Count the values of records that become null because they are not of their column's type."""
    for record in records:
        for name, type_ in flow.read_columns.items():
            if (loss := value_loss(record.get(name), type_)) is not None:
                drops.add("ValueOfOtherType", f"{name}: {loss.kind} into {type_}", flow.table)


def without_unread_times(
    flow: IngestionFlow, records: Sequence[dict[str, object]], drops: DropCounter
) -> Sequence[dict[str, object]]:
    """The records, without a TimeGenerated that an auxiliary table does not read."""
    # A transform reads every form of a datetime and writes one that the table takes.
    facts = azure_facts.batch_facts()["time_format"]
    if not flow.is_plain or flow.plan not in facts["plans"]:
        return records
    readable_form = re.compile(facts["pattern"])
    kept = []
    for record in records:
        time = record.get(_TIME)
        if isinstance(time, str) and not readable_form.fullmatch(time):
            drops.add("TimeFormat", time[:100], flow.table)
            record = {name: value for name, value in record.items() if name != _TIME}  # noqa: PLW2901
        kept.append(record)
    return kept


def loses_all_rows(flow: IngestionFlow) -> bool:
    """Whether the table has columns that differ by case alone, which costs a table of some plans its rows."""
    if flow.columns is None or flow.plan not in azure_facts.table_limits()["case_sensitive_columns"]["plans"]:
        return False
    return len({name.lower() for name in flow.columns}) < len(flow.columns)
