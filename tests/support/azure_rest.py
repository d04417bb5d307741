"""Plain REST towards an emulator, as curl would send it."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

VERSIONS = {
    "tables": "2025-07-01",
    "workspaces": "2025-07-01",
    "datacollectionrules": "2024-03-11",
    "datacollectionendpoints": "2024-03-11",
}
PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"


@dataclass
class Reply:
    """An answer: `body` is the parsed JSON, None where there is none."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str | None:
        return (self.body or {}).get("error", {}).get("code")

    @property
    def message(self) -> str:
        return (self.body or {}).get("error", {}).get("message", "")


@dataclass
class Rest:
    """A caller with a token per audience."""

    azure: Any
    tokens: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        address = urlsplit(self.azure.endpoint)
        context = ssl.create_default_context(cafile=self.azure.ca_file)
        connection = http.client.HTTPSConnection(address.hostname, address.port, timeout=30, context=context)
        content = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body)
        try:
            connection.request(method, url.removeprefix(self.azure.endpoint), content, headers or {})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        received = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, received, json.loads(text) if text else None)

    def token(self, audience: str = "https://management.azure.com", **form: str) -> str:
        if audience not in self.tokens or form:
            reply = self.sign_in(scope=f"{audience}/.default", **form)
            assert reply.status == 200, reply.body
            self.tokens[audience] = reply.body["access_token"]
        return self.tokens[audience]

    def sign_in(self, tenant: str | None = None, **form: str) -> Reply:
        ready = self.azure.ready
        fields = {
            "grant_type": "client_credentials",
            "client_id": ready.client_id,
            "client_secret": ready.client_secret,
        }
        fields |= {"scope": "https://management.azure.com/.default"} | form
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", f"/{tenant or ready.tenant}/oauth2/v2.0/token", urlencode(fields), headers)

    def arm(self, method: str, path: str, body: Any = None, *, version: str | None = None, **headers: str) -> Reply:
        """A call of Azure Resource Manager; the path may leave out subscription and group."""
        if not path.startswith("/"):
            path = f"{self.group}/{path}".rstrip("/")
        resource_type = next(
            (
                resource_type
                for resource_type in VERSIONS
                if f"/{resource_type}" in path.lower().replace("/providers/microsoft.insights", "")
            ),
            "",
        )
        mark = "&" if "?" in path else "?"
        url = f"{quote(path, safe='/?&=$')}{mark}api-version={version or VERSIONS.get(resource_type, '2022-04-01')}"
        defaults = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        return self.send(
            method, url, body, defaults | {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def done(self, method: str, path: str, body: Any = None, **more: Any) -> Reply:
        """The same, waited for until its operation has ended."""
        reply = self.arm(method, path, body, **more)
        assert reply.status < 300, reply.body
        url = reply.headers.get("azure-asyncoperation")
        state = {"status": "Succeeded"}
        while url:
            state = self.send("GET", url, headers={"Authorization": f"Bearer {self.token()}"}).body
            if state["status"] != "InProgress":
                break
        assert state["status"] == "Succeeded", state
        return reply

    @property
    def group(self) -> str:
        return f"/subscriptions/{self.azure.subscription}/resourceGroups/rg"

    workspace = "providers/Microsoft.OperationalInsights/workspaces/law1"
    endpoint = "providers/Microsoft.Insights/dataCollectionEndpoints/dce1"
    rule = "providers/Microsoft.Insights/dataCollectionRules/dcr1"

    def create_prerequisites(self, columns: dict[str, str] | None = None, **properties: Any) -> None:
        """A group, a workspace, a table T_CL and an endpoint."""
        self.done("PUT", "", {"location": "westeurope"})
        self.done("PUT", self.workspace, {"location": "westeurope"})
        self.table("T_CL", columns or {"TimeGenerated": "dateTime", "Text": "string", "Count": "long"}, **properties)
        self.done("PUT", self.endpoint, {"location": "westeurope", "properties": {}})

    def table(self, name: str, columns: dict[str, str], **properties: Any) -> Reply:
        return self.done("PUT", f"{self.workspace}/tables/{name}", table_body(name, columns, **properties))

    def rule_body(
        self, transform: str | None = "source", columns: dict[str, str] | None = None, **properties: Any
    ) -> dict[str, Any]:
        listed = columns or {"TimeGenerated": "datetime", "Text": "string", "Count": "long"}
        flow = {"streams": ["Custom-T"], "destinations": ["law"], "outputStream": "Custom-T_CL"}
        if transform is not None:
            flow["transformKql"] = transform
        return {
            "location": "westeurope",
            "properties": {
                "dataCollectionEndpointId": f"{self.group}/{self.endpoint}",
                "streamDeclarations": {
                    "Custom-T": {"columns": [{"name": name, "type": kind} for name, kind in listed.items()]}
                },
                "destinations": {
                    "logAnalytics": [{"name": "law", "workspaceResourceId": f"{self.group}/{self.workspace}"}]
                },
                "dataFlows": [flow],
                **properties,
            },
        }

    def make_rule(
        self, transform: str | None = "source", columns: dict[str, str] | None = None, **properties: Any
    ) -> dict[str, Any]:
        reply = self.arm("PUT", self.rule, self.rule_body(transform, columns, **properties))
        assert reply.status == 200, reply.body
        return reply.body

    def grant(
        self, scope: str, principal: str | None = None, name: str = "8a1a5f0e-3a52-4e28-8a8b-1f0f4f8e6f11"
    ) -> Reply:
        role = f"/subscriptions/{self.azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{PUBLISHER}"
        properties = {
            "roleDefinitionId": role,
            "principalId": principal or self.azure.ready.object_id,
            "principalType": "ServicePrincipal",
        }
        return self.arm(
            "PUT", f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", {"properties": properties}
        )

    def ingest(
        self, rule: dict[str, Any], body: Any, stream: str = "Custom-T", *, zipped: bool = False, **changes: str
    ) -> Reply:
        endpoint = (
            changes.get("endpoint") or self.arm("GET", self.endpoint).body["properties"]["logsIngestion"]["endpoint"]
        )
        immutable = changes.get("immutable", rule["properties"]["immutableId"])
        headers = {
            "Authorization": f"Bearer {self.token('https://monitor.azure.com')}",
            "Content-Type": "application/json",
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if zipped:
            content, headers["Content-Encoding"] = gzip.compress(content), "gzip"
        version = changes.get("version", "2023-01-01")
        url = f"{endpoint}/dataCollectionRules/{immutable}/streams/{stream}?api-version={version}"
        return self.send("POST", url, content, headers)

    def query(self, text: str, **body: Any) -> Reply:
        guid = self.arm("GET", self.workspace).body["properties"]["customerId"]
        headers = {
            "Authorization": f"Bearer {self.token('https://api.loganalytics.io')}",
            "Content-Type": "application/json",
        }
        return self.send("POST", f"/v1/workspaces/{guid}/query", {"query": text, **body}, headers)

    def rows(self, text: str, **body: Any) -> list[list[Any]]:
        reply = self.query(text, **body)
        assert reply.status == 200, reply.body
        return reply.body["tables"][0]["rows"]


def table_body(name: str, columns: dict[str, str], **properties: Any) -> dict[str, Any]:
    listed = [{"name": column, "type": column_type} for column, column_type in columns.items()]
    return {"properties": {"schema": {"name": name, "columns": listed}, **properties}}
