"""From nothing to a row found again, by Azure's own SDK clients alone."""

from __future__ import annotations

import io
import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.monitor.ingestion import LogsIngestionClient
from azure.monitor.query import LogsQueryClient

PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
GROUP, WORKSPACE, TABLE, ENDPOINT, RULE = "rg-shop", "law-shop", "Orders_CL", "dce-shop", "dcr-shop"


class Clients:
    """The official clients, pointed at one emulator."""

    def __init__(self, azure, stack: ExitStack) -> None:
        self.azure = azure
        credential = stack.enter_context(azure.credential())
        arm = {"base_url": azure.endpoint, "credential_scopes": ["https://management.azure.com/.default"]}
        tls = {"connection_verify": azure.ca_file, "polling_interval": 1}
        self.credential = credential
        self.resources = stack.enter_context(ResourceManagementClient(credential, azure.subscription, **arm, **tls))
        self.workspaces = stack.enter_context(
            LogAnalyticsManagementClient(credential, azure.subscription, **arm, **tls)
        )
        self.monitor = stack.enter_context(MonitorManagementClient(credential, azure.subscription, **arm, **tls))
        self.rights = stack.enter_context(AuthorizationManagementClient(credential, azure.subscription, **arm, **tls))
        query = {"endpoint": azure.query_endpoint, "connection_verify": azure.ca_file}
        self.query = stack.enter_context(LogsQueryClient(credential, **query))

    def sender(self, endpoint: str) -> LogsIngestionClient:
        return LogsIngestionClient(endpoint, self.credential, connection_verify=self.azure.ca_file)

    def create_prerequisites(self) -> str:
        """Group, workspace, table and endpoint; the workspace's GUID."""
        self.resources.resource_groups.create_or_update(GROUP, {"location": "westeurope"})
        workspace = self.workspaces.workspaces.begin_create_or_update(
            GROUP, WORKSPACE, {"location": "westeurope"}
        ).result()
        columns = {"TimeGenerated": "dateTime", "OrderId": "string", "Amount": "real"}
        self.table(TABLE, columns)
        self.monitor.data_collection_endpoints.create(GROUP, ENDPOINT, {"location": "westeurope", "properties": {}})
        return workspace.customer_id

    def table(self, name: str, columns: dict[str, str]) -> None:
        listed = [{"name": column, "type": column_type} for column, column_type in columns.items()]
        body = {"properties": {"schema": {"name": name, "columns": listed}}}
        self.workspaces.tables.begin_create_or_update(GROUP, WORKSPACE, name, body).result()

    def rule(self, transform: str = "source", **changes):
        group = f"/subscriptions/{self.azure.subscription}/resourceGroups/{GROUP}/providers"
        properties = {
            "dataCollectionEndpointId": f"{group}/Microsoft.Insights/dataCollectionEndpoints/{ENDPOINT}",
            "streamDeclarations": {
                "Custom-Orders": {
                    "columns": [
                        {"name": "TimeGenerated", "type": "datetime"},
                        {"name": "OrderId", "type": "string"},
                        {"name": "Amount", "type": "real"},
                    ]
                }
            },
            "destinations": {
                "logAnalytics": [
                    {
                        "name": "law",
                        "workspaceResourceId": f"{group}/Microsoft.OperationalInsights/workspaces/{WORKSPACE}",
                    }
                ]
            },
            "dataFlows": [
                {
                    "streams": ["Custom-Orders"],
                    "destinations": ["law"],
                    "transformKql": transform,
                    "outputStream": "Custom-Orders_CL",
                }
            ],
            **changes,
        }
        body = io.BytesIO(json.dumps({"location": "westeurope", "properties": properties}).encode())
        return self.monitor.data_collection_rules.create(GROUP, RULE, body)

    def grant(self, scope: str, principal: str) -> None:
        role = f"/subscriptions/{self.azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{PUBLISHER}"
        properties = {"roleDefinitionId": role, "principalId": principal, "principalType": "ServicePrincipal"}
        name = "8a1a5f0e-3a52-4e28-8a8b-1f0f4f8e6f11"
        self.rights.role_assignments.create(scope, name, io.BytesIO(json.dumps({"properties": properties}).encode()))


@pytest.fixture
def clients(azure_monitor):
    with ExitStack() as stack:
        yield Clients(azure_monitor, stack)


def test_a_row_is_found_again(clients):
    """Group, workspace, table, endpoint, rule, grant, ingestion, query."""
    guid = clients.create_prerequisites()
    rule = clients.rule("source | extend Amount = Amount * 2")
    clients.grant(rule.id, clients.azure.ready.object_id)
    endpoint = clients.monitor.data_collection_endpoints.get(GROUP, ENDPOINT).logs_ingestion.endpoint
    now = datetime.now(UTC).isoformat()
    with clients.sender(endpoint) as sender:
        sender.upload(rule.immutable_id, "Custom-Orders", [{"TimeGenerated": now, "OrderId": "A1", "Amount": 4.75}])
    answer = clients.query.query_workspace(
        guid, "Orders_CL | project OrderId, Amount, Type", timespan=timedelta(hours=1)
    )
    (table,) = answer.tables
    assert [list(row) for row in table.rows] == [["A1", 9.5, "Orders_CL"]]
    assert clients.azure.drops() == []


def test_ingestion_needs_the_grant_on_the_rule(clients):
    clients.create_prerequisites()
    rule = clients.rule()
    endpoint = clients.monitor.data_collection_endpoints.get(GROUP, ENDPOINT).logs_ingestion.endpoint
    with clients.sender(endpoint) as sender, pytest.raises(HttpResponseError) as caught:
        sender.upload(rule.immutable_id, "Custom-Orders", [{"OrderId": "A1"}])
    assert caught.value.status_code == 403
    assert "IsRbacPresent: False" in caught.value.message


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        (
            {"transform": "source | extend Amount = tostring(Amount)"},
            "InvalidTransformOutput",
            "Amount [produced:'String', output:'Real']",
        ),
        ({"transform": "source | extend X = nosuch"}, "InvalidTransformQuery", "nosuch"),
        ({"transform": "source | project OrderId"}, "InvalidTransformQuery", "TimeGenerated"),
        ({"description": "x" * 257}, "InvalidProperty", "256 characters or less"),
        (
            {"dataFlows": [{"streams": ["Custom-Orders"], "destinations": ["law"], "outputStream": "Custom-Nope_CL"}]},
            "InvalidOutputTable",
            "Custom-Nope_CL",
        ),
        (
            {"dataFlows": [{"streams": ["Custom-Orders"], "destinations": ["gone"]}]},
            "InvalidDataFlow",
            "destination name is unknown: gone",
        ),
    ],
)
def test_a_rule_is_refused_with_the_code_of_the_service(clients, changes, code, text):
    clients.create_prerequisites()
    with pytest.raises(HttpResponseError) as caught:
        clients.rule(**changes)
    error = caught.value.error
    assert (caught.value.status_code, error.code) == (400, "InvalidPayload")
    assert [detail.code for detail in error.details] == [code]
    assert text in error.details[0].message


def test_what_is_not_there_is_not_found(clients):
    with pytest.raises(ResourceNotFoundError) as caught:
        clients.monitor.data_collection_rules.get(GROUP, RULE)
    assert caught.value.error.code == "ResourceGroupNotFound"
