"""The Logs Ingestion API: records of one stream in, nothing out but that they were taken."""

from __future__ import annotations

import threading
from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError
from azure.monitor.ingestion import LogsIngestionClient, LogsUploadError

from provisioner.azure.data_plane import options
from provisioner.azure.error_translation import translate

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import Tokens
    from provisioner.azure.http_pipeline import Waits
    from provisioner.azure.request_counters import Counters


def _raise(failure: LogsUploadError) -> None:
    """The error itself: without this the client also writes a line about it to the log, at each try."""
    raise failure.error


class Ingestion:
    """Sends to any DCE or rule endpoint of a cloud; one client for each, shared by threads."""

    def __init__(self, cloud: Cloud, tokens: Tokens, session: Session, counters: Counters, waits: Waits) -> None:
        self._options = lambda: options(
            cloud, tokens, cloud.ingestion_scope, session=session, counters=counters, waits=waits
        )
        self._tokens = tokens
        self._clients: dict[str, LogsIngestionClient] = {}
        self._lock = threading.Lock()

    def send(self, endpoint: str, immutable_id: str, stream: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Post JSON records to a stream of the rule with that immutable id.

        Returning means accepted (204), which says nothing about storage. Raises errors.CloudError.
        """
        target = f"{endpoint}/dataCollectionRules/{immutable_id}/streams/{stream}"
        try:
            rows: list[MutableMapping[str, Any]] = [dict(each) for each in records]
            self._client(endpoint).upload(rule_id=immutable_id, stream_name=stream, logs=rows, on_error=_raise)
        except AzureError as error:
            raise translate(error, target) from error

    def close(self) -> None:
        """Let go of the clients; the connections belong to whoever gave the session."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _client(self, endpoint: str) -> LogsIngestionClient:
        with self._lock:
            if endpoint not in self._clients:
                made = LogsIngestionClient(endpoint, self._tokens, **self._options())  # type: ignore[no-untyped-call]
                self._clients[endpoint] = made
            return self._clients[endpoint]
