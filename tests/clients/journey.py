"""From nothing to a row found again with Azure's SDK for Python; needs the variables of `provisioner emulator env`."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

import jwt
from azure.identity import DefaultAzureCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.monitor.ingestion import LogsIngestionClient
from azure.monitor.query import LogsQueryClient

ENDPOINT = os.environ["AZURE_RESOURCE_MANAGER_ENDPOINT"]
SUBSCRIPTION = os.environ["AZURE_SUBSCRIPTION_ID"]
SCOPE = "https://management.azure.com/.default"
GROUP, LAW, LOCATION = "rg-python", "law-python", "westeurope"

# REQUESTS_CA_BUNDLE and the rest come from the environment; instance discovery has no variable.
credential = DefaultAzureCredential(disable_instance_discovery=True, exclude_managed_identity_credential=True)
arm = {"base_url": ENDPOINT, "credential_scopes": [SCOPE], "polling_interval": 1}

resources = ResourceManagementClient(credential, SUBSCRIPTION, **arm)
resources.resource_groups.create_or_update(GROUP, {"location": LOCATION})

workspaces = LogAnalyticsManagementClient(credential, SUBSCRIPTION, **arm)
law = workspaces.workspaces.begin_create_or_update(GROUP, LAW, {"location": LOCATION}).result()
columns = [{"name": "TimeGenerated", "type": "dateTime"}, {"name": "Level", "type": "string"}]
table = {"properties": {"schema": {"name": "Journey_CL", "columns": columns}}}
workspaces.tables.begin_create_or_update(GROUP, LAW, "Journey_CL", table).result()

monitor = MonitorManagementClient(credential, SUBSCRIPTION, **arm)
endpoint = monitor.data_collection_endpoints.create(GROUP, "dce-python", {"location": LOCATION})
rule = monitor.data_collection_rules.create(
    GROUP,
    "dcr-python",
    {
        "location": LOCATION,
        "properties": {
            "dataCollectionEndpointId": endpoint.id,
            "streamDeclarations": {
                "Custom-Journey": {
                    "columns": [{"name": "TimeGenerated", "type": "datetime"}, {"name": "Level", "type": "string"}]
                }
            },
            "destinations": {"logAnalytics": [{"name": "law", "workspaceResourceId": law.id}]},
            "dataFlows": [
                {
                    "streams": ["Custom-Journey"],
                    "destinations": ["law"],
                    "transformKql": "source | extend Level = toupper(Level)",
                    "outputStream": "Custom-Journey_CL",
                }
            ],
        },
    },
)

me = jwt.decode(credential.get_token(SCOPE).token, options={"verify_signature": False})["oid"]
publisher = "3913510d-42f4-4e42-8a64-420c390055eb"
role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{publisher}"
grant = {"properties": {"roleDefinitionId": role, "principalId": me, "principalType": "ServicePrincipal"}}
rights = AuthorizationManagementClient(credential, SUBSCRIPTION, **arm)
rights.role_assignments.create(rule.id, str(uuid.uuid4()), grant)

sender = LogsIngestionClient(endpoint.logs_ingestion.endpoint, credential)
sender.upload(rule.immutable_id, "Custom-Journey", [{"TimeGenerated": datetime.now(UTC).isoformat(), "Level": "info"}])

reader = LogsQueryClient(credential, endpoint=ENDPOINT, credential_scopes=["https://api.loganalytics.io/.default"])
answer = reader.query_workspace(law.customer_id, "Journey_CL | project Level", timespan=timedelta(hours=1))
levels = [list(row) for row in answer.tables[0].rows]
assert levels == [["INFO"]], levels
print("row found again:", levels[0])
