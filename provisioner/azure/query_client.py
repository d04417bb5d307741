"""Client of the log query API: runs KQL in a workspace and returns rows of JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.rest import HttpRequest
from azure.monitor.query import LogsQueryClient

from provisioner.azure.data_plane import client_options
from provisioner.azure.error_translation import translate_error
from provisioner.errors import CloudError

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import TokenCache
    from provisioner.azure.http_pipeline import CallObserver
    from provisioner.azure.request_counters import RequestCounters

Row = dict[str, Any]
QueryPath = Literal["query", "search"]
"""`search` is the path that Basic and Auxiliary tables need: it takes one table, and the timespan in the URL."""

_SERVER_TIMEOUT = 60


class QueryClient:
    """Queries any workspace of a cloud; threads can share it."""

    def __init__(
        self, cloud: Cloud, tokens: TokenCache, session: Session, counters: RequestCounters, observer: CallObserver
    ) -> None:
        self._client = LogsQueryClient(
            tokens,
            endpoint=cloud.query_endpoint,
            credential_scopes=[cloud.query_scope],
            **client_options(cloud, tokens, cloud.query_scope, session=session, counters=counters, observer=observer),
        )

    def run(self, workspace: str, kql: str, timespan: str | None = None, path: QueryPath = "query") -> list[Row]:
        """Run a query and return the rows of the answer's first table.

        `workspace` is the workspace's customer id, `timespan` an ISO 8601 duration or interval. Values are JSON's;
        dynamic ones come as JSON text. Raises errors.CloudError, also for an answer that holds only part of the rows.
        """
        target = f"workspace {workspace}"
        body: dict[str, Any] = {"query": kql}
        params: dict[str, str] = {}
        if timespan is not None:
            (body if path == "query" else params)["timespan"] = timespan
        request = HttpRequest(
            "POST",
            f"/workspaces/{workspace}/{path}",
            json=body,
            params=params,
            # Without it the service gives a query up to 3 minutes, longer than a caller that polls wants to wait.
            headers={"Prefer": f"wait={_SERVER_TIMEOUT}", "Accept": "application/json"},
        )
        try:
            # Not the client's typed calls: they turn dynamic values and null guids into Python's own text.
            response = self._client.send_request(request)
            # 204: a workspace that has never held a row.
            if response.status_code == 204:
                return []
            if response.status_code != 200:
                raise HttpResponseError(response=response)
            answer = response.json()
        except AzureError as error:
            raise translate_error(error, target) from error
        return _first_table_rows(answer, target)

    def close(self) -> None:
        """Close the client; the session and its connections stay open."""
        self._client.close()


def _first_table_rows(answer: dict[str, Any], target: str) -> list[Row]:
    # A partial answer has status 200, its rows, and an error beside them.
    problem = answer.get("error")
    if problem:
        raise CloudError(
            f"the query was answered in part only: {problem.get('message', '')}",
            code=problem.get("code"),
            target=target,
            status=200,
        )
    tables = answer.get("tables") or []
    if not tables:
        return []
    names = [column["name"] for column in tables[0]["columns"]]
    return [dict(zip(names, row, strict=True)) for row in tables[0]["rows"]]
