"""Records sent to the rules of the site, once the right to send counts, and the rows that come of them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from provisioner.calibration.calibration_facts import (
    CONTROL_STREAM,
    CONTROL_TABLE,
    SAMPLE_STREAM,
    SAMPLE_TABLE,
    SITE_RULE,
    calibration_facts,
)
from provisioner.calibration.calibration_probe import ACCEPTED, Answer
from provisioner.calibration.service_answers import REFUSED_RIGHTS, accepted, refusal
from provisioner.calibration.watched_table import PROBE_COLUMN, WatchedTable
from provisioner.errors import Forbidden, NotFound, Rejected, Unreachable
from provisioner.package_data import load_facts
from provisioner.resources.dcr_resource import own_endpoint

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.azure.query_client import QueryPath
    from provisioner.calibration.interruptible_waits import InterruptibleWaits
    from provisioner.resources import Body

_TIMESPAN = "P3D"
_ACCEPTED_STATUS = 204


class SiteRecords:
    """Shared by all threads. `rules` are the live bodies of the rules by name; `customer_id` names the workspace."""

    def __init__(self, azure: Azure, waits: InterruptibleWaits) -> None:
        self.rules: dict[str, Body] = {}
        self.customer_id = ""
        self.granted_at = 0.0
        self._azure = azure
        self._waits = waits
        self._right_lock = threading.Lock()
        self._right_seconds: float | None = None
        self._tables: dict[str, WatchedTable] = {}
        self._tables_lock = threading.Lock()
        self._sample_lock = threading.Lock()
        self._sample: dict[str, Any] | None = None

    def send(self, stream: str, records: Sequence[Mapping[str, Any]], rule: str = SITE_RULE) -> Answer:
        """Send records that carry the present time, once the right to send counts. Raises CloudError."""
        if self.seconds_until_right() is None:
            return Answer(None, words="the right to send did not count while this run waited")
        return self._send(stream, records, rule)

    def send_through(
        self, endpoint: str, stream: str, records: Sequence[Mapping[str, Any]], *, is_patient: bool
    ) -> Answer:
        """Send records to the site's rule through an endpoint; with `is_patient` a refusal is tried again.

        Raises CloudError.
        """
        if self.seconds_until_right() is None:
            return Answer(None, words="the right to send did not count while this run waited")
        rule_id = self.rules[SITE_RULE]["properties"]["immutableId"]
        for is_last in self._waits.attempts(calibration_facts()["grant_minutes"]):
            try:
                self._azure.ingestion.send(endpoint, rule_id, stream, _stamped(records))
            except (Forbidden, NotFound, Rejected) as error:
                if is_last or not is_patient:
                    return refusal(error, REFUSED_RIGHTS)
            except Unreachable as error:
                # The host of an endpoint that was created just now has no address for some minutes.
                if is_last:
                    return Answer(None, error.status, error.code, "its host could not be reached")
            else:
                break
        return accepted(status=_ACCEPTED_STATUS)

    def seconds_until_right(self) -> float | None:
        """The seconds from the grant to the first record that Azure took; None where none was taken in time."""
        with self._right_lock:
            if self._right_seconds is None:
                sample = load_facts("probes/queries.yaml")["sample"]
                if self._send(SAMPLE_STREAM, [sample], SITE_RULE).seen == ACCEPTED:
                    self._right_seconds = self._waits.clock() - self.granted_at
            return self._right_seconds

    def _send(self, stream: str, records: Sequence[Mapping[str, Any]], rule: str) -> Answer:
        body = self.rules[rule]
        endpoint = own_endpoint(body)
        if endpoint is None:
            return Answer(None, words="the rule has no endpoint of its own")
        for is_last in self._waits.attempts(calibration_facts()["grant_minutes"]):
            try:
                self._azure.ingestion.send(endpoint, body["properties"]["immutableId"], stream, _stamped(records))
            except (Forbidden, NotFound, Unreachable) as error:
                # A grant and a rule take minutes to count, a host name to be known.
                if is_last:
                    return Answer(None, error.status, error.code, "it did not count in time")
            except Rejected as error:
                # A rule that is known without its streams was made just now.
                if error.code != "InvalidStream" or is_last:
                    return refusal(error)
            else:
                break
        return accepted(status=_ACCEPTED_STATUS)

    def find_sample(self) -> dict[str, Any] | None:
        """The row that queries ask about, looked for once; None where it did not arrive."""
        with self._sample_lock:
            if self._sample is None and self.seconds_until_right() is not None:
                self._sample = self._look_for(lambda: next(iter(self.query(SAMPLE_TABLE)), None))
            return self._sample

    def find_row(self, table: str, probe_id: str, plan: str = "analytics") -> dict[str, Any] | None:
        """The row of a probe, waited for; None where it did not arrive in time. Raises CloudError."""
        return self._look_for(lambda: self._watched(table, plan).row(probe_id))

    def find_unexpected_row(self, table: str, probe_id: str) -> dict[str, Any] | None:
        """The row of a probe that is not expected: looked for once a record that was sent after it has become a row.

        Raises CloudError.
        """
        control = f"{probe_id}, control"
        # Through another rule: the one of the probe may drop every record.
        if self.send(CONTROL_STREAM, [{PROBE_COLUMN: control}]).seen == ACCEPTED:
            self.find_row(CONTROL_TABLE, control)
        return self._watched(table, "analytics").row(probe_id)

    def query(self, text: str, plan: str = "analytics") -> list[dict[str, Any]]:
        """The rows of a query; tables of other plans answer on the path of searches. Raises CloudError."""
        path: QueryPath = "query" if plan == "analytics" else "search"
        return self._azure.query.run(self.customer_id, text, _TIMESPAN, path)

    def _watched(self, table: str, plan: str) -> WatchedTable:
        with self._tables_lock:
            if table not in self._tables:
                self._tables[table] = WatchedTable(lambda: self.query(table, plan), self._waits.clock)
            return self._tables[table]

    def _look_for(self, look: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
        for is_last in self._waits.attempts(calibration_facts()["row_minutes"]):
            try:
                row = look()
            except (Rejected, Forbidden):
                # Queries do not know a new table, nor a new right, for some minutes.
                row = None
            if row is not None or is_last:
                return row
        return None


def _stamped(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records with the present time, in the only form that tables of every plan read."""
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return [{"TimeGenerated": now, **record} for record in records]
