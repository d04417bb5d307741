"""Client of the Logs Ingestion API: sends records to a stream of a data collection rule."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping, MutableMapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError
from azure.monitor.ingestion import LogsIngestionClient, LogsUploadError

from provisioner.azure.data_plane import client_options
from provisioner.azure.error_translation import translate_error

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import TokenCache
    from provisioner.azure.http_pipeline import CallObserver
    from provisioner.azure.request_counters import RequestCounters


def _raise_upload_error(failure: LogsUploadError) -> None:
    # Without an `on_error` handler the client also writes each failed attempt to the log.
    raise failure.error


class IngestionClient:
    """Sends records to any endpoint (of a DCE or of a Direct rule) of a cloud; threads can share it."""

    def __init__(
        self, cloud: Cloud, tokens: TokenCache, session: Session, counters: RequestCounters, observer: CallObserver
    ) -> None:
        self._options = partial(
            client_options,
            cloud,
            tokens,
            cloud.ingestion_scope,
            session=session,
            counters=counters,
            observer=observer,
        )
        self._tokens = tokens
        self._clients: dict[tuple[str, bool], LogsIngestionClient] = {}
        self._lock = threading.Lock()

    def send(self, endpoint: str, immutable_id: str, stream: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Send JSON records to a stream of the rule with that immutable id.

        On return Azure has accepted the records (204); whether they are stored shows only a query. Raises
        errors.CloudError.
        """
        target = f"{endpoint}/dataCollectionRules/{immutable_id}/streams/{stream}"
        try:
            rows: list[MutableMapping[str, Any]] = [dict(record) for record in records]
            self._client(endpoint).upload(
                rule_id=immutable_id, stream_name=stream, logs=rows, on_error=_raise_upload_error
            )
        except AzureError as error:
            raise translate_error(error, target) from error

    def send_body(self, endpoint: str, immutable_id: str, stream: str, body: bytes) -> None:
        """Send the body of one call, a JSON array in gzip, and try once: for callers that retry by rules of their own.

        Raises errors.CloudError, whose `retry_after` says how long the service asks to wait.
        """
        target = f"{endpoint}/dataCollectionRules/{immutable_id}/streams/{stream}"
        try:
            # A stream is sent as it is: the client would parse, split and compress lists of records again.
            self._client(endpoint, retries=False).upload(
                rule_id=immutable_id, stream_name=stream, logs=io.BytesIO(body)
            )
        except AzureError as error:
            raise translate_error(error, target) from error

    def forget_tokens(self) -> None:
        """Sign in again at the next call: the service has refused a token that should still be good."""
        self._tokens.clear()

    def close(self) -> None:
        """Close the clients; the session and its connections stay open."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _client(self, endpoint: str, *, retries: bool = True) -> LogsIngestionClient:
        with self._lock:
            key = (endpoint, retries)
            if key not in self._clients:
                options = self._options(retries=retries)
                client = LogsIngestionClient(endpoint, self._tokens, **options)
                self._clients[key] = client
            return self._clients[key]
