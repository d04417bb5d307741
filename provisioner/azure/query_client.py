"""The log query API: KQL in, rows as plain values out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.rest import HttpRequest
from azure.monitor.query import LogsQueryClient

from provisioner.azure.data_plane import options
from provisioner.azure.error_translation import translate
from provisioner.errors import CloudError

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import Tokens
    from provisioner.azure.http_pipeline import Waits
    from provisioner.azure.request_counters import Counters

Row = dict[str, Any]
PathName = Literal["query", "search"]
"""`search` is the one that Basic and Auxiliary tables answer: one table, and the timespan in the URL."""

_SERVER_SECONDS = 60


class Query:
    """Asks workspaces of a cloud; one client, shared by threads."""

    def __init__(self, cloud: Cloud, tokens: Tokens, session: Session, counters: Counters, waits: Waits) -> None:
        self._client = LogsQueryClient(
            tokens,
            endpoint=cloud.query,
            credential_scopes=[cloud.query_scope],
            **options(cloud, tokens, cloud.query_scope, session=session, counters=counters, waits=waits),
        )

    def run(self, workspace: str, kql: str, timespan: str | None = None, path: PathName = "query") -> list[Row]:
        """The rows of the first table of the answer.

        `workspace` is its customer id, `timespan` an ISO 8601 duration or interval. Values are JSON's; dynamic
        ones come as text. Raises errors.CloudError, also where Azure gives only a part of the answer.
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
            headers={"Prefer": f"wait={_SERVER_SECONDS}", "Accept": "application/json"},
        )
        try:
            # The typed calls turn dynamic and null guids into text of Python's; rows are wanted as they were sent.
            response = self._client.send_request(request)
            if response.status_code == 204:  # a workspace that has never held a row
                return []
            if response.status_code != 200:
                raise HttpResponseError(response=response)
            answer = response.json()
        except AzureError as error:
            raise translate(error, target) from error
        return _rows(answer, target)

    def close(self) -> None:
        """Let go of the client; the connections belong to whoever gave the session."""
        self._client.close()


def _rows(answer: dict[str, Any], target: str) -> list[Row]:
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
