"""Finds sent rows again: counts what the workspace has received since the run began, until it is enough."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.errors import Rejected
from provisioner.model import TablePlan
from provisioner.send.send_result import TableCount

if TYPE_CHECKING:
    from provisioner.azure.query_client import QueryClient, QueryPath

# The service's own column for the time of receipt: TimeGenerated says what the record says.
_RECEIVED = "_TimeReceived"
_CLOCK_MARGIN = dt.timedelta(seconds=5)
"""How far this machine's clock may be ahead of the service's."""
# The emulator has rows at once; a workspace takes minutes, and limits how often one asks.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0


class ArrivalCounter:
    """Counts rows of tables in one workspace that are received from now on; to be made before the first is sent.

    Rows that others send to the tables meanwhile count too: fewer than expected is a loss, more is none.
    """

    def __init__(self, query: QueryClient, workspace_id: str, plans: Mapping[str, TablePlan]) -> None:
        """`plans` are the plans of the tables by name. Raises CloudError where the workspace cannot be asked."""
        self._query = query
        self._workspace_id = workspace_id
        self._plans = plans
        self._since = dt.datetime.now(dt.UTC) - _CLOCK_MARGIN
        # Rows of the margin are there already.
        self._before = {table: self._count(table)[0] for table in plans}

    def wait_for(
        self,
        tables: tuple[TableCount, ...],
        timeout: float,
        report: Callable[[tuple[TableCount, ...]], None] = lambda _: None,
    ) -> tuple[TableCount, ...]:
        """The counts as soon as all expected rows are there, or after `timeout` seconds. Raises CloudError."""
        deadline, wait = time.monotonic() + timeout, _FIRST_WAIT
        while True:
            counts = {table.table: self._count(table.table) for table in tables}
            tables = tuple(
                replace(table, arrived=max(0, counts[table.table][0] - self._before[table.table])) for table in tables
            )
            report(tables)
            is_complete = all((table.arrived or 0) >= table.expected for table in tables)
            if is_complete or time.monotonic() + wait > deadline:
                if refusal := next((error for _, error in counts.values() if error is not None), None):
                    raise refusal
                return tables
            time.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _count(self, table: str) -> tuple[int, Rejected | None]:
        """The rows of a table, and why the query was refused: for some minutes queries do not know a new table."""
        moment = self._since.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        kql = f"['{table}'] | where {_RECEIVED} >= datetime({moment}) | summarize Rows = count()"
        # Tables of these plans answer on the search path only. Source: basic-logs-query.
        path: QueryPath = "search" if self._plans[table] != "analytics" else "query"
        try:
            rows = self._query.run(self._workspace_id, kql, _timespan(), path=path)
        except Rejected as error:
            return 0, error
        return (int(rows[0]["Rows"]) if rows else 0), None


def _timespan() -> str:
    # By TimeGenerated, which the service sets right where it is more than two days old or one day ahead.
    now = dt.datetime.now(dt.UTC)
    first, last = now - dt.timedelta(days=3), now + dt.timedelta(days=2)
    return f"{first:%Y-%m-%dT%H:%M:%SZ}/{last:%Y-%m-%dT%H:%M:%SZ}"
