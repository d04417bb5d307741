// From nothing to a row found again, with Azure's SDK for JavaScript.
// Needs the variables of `provisioner emulator env`, NODE_EXTRA_CA_CERTS among them.
import { ClientSecretCredential } from "@azure/identity";
import { ResourceManagementClient } from "@azure/arm-resources";
import { OperationalInsightsManagementClient } from "@azure/arm-operationalinsights";
import { MonitorClient } from "@azure/arm-monitor";
import { AuthorizationManagementClient } from "@azure/arm-authorization";
import { LogsIngestionClient } from "@azure/monitor-ingestion";
import { LogsQueryClient, LogsQueryResultStatus } from "@azure/monitor-query-logs";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const env = process.env;
const endpoint = env.AZURE_RESOURCE_MANAGER_ENDPOINT;
const subscription = env.AZURE_SUBSCRIPTION_ID;
const [group, location] = ["rg-js", "westeurope"];
const pace = { updateIntervalInMs: 50 };
const arm = { endpoint, credentialScopes: "https://management.azure.com/.default" };

// No variable switches instance discovery off; the credential must be told.
const credential = new ClientSecretCredential(env.AZURE_TENANT_ID, env.AZURE_CLIENT_ID, env.AZURE_CLIENT_SECRET, {
  authorityHost: env.AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
});

const resources = new ResourceManagementClient(credential, subscription, arm);
await resources.resourceGroups.createOrUpdate(group, { location });

const insights = new OperationalInsightsManagementClient(credential, subscription, arm);
const workspace = await insights.workspaces.beginCreateOrUpdateAndWait(group, "law-js", { location }, pace);
const columns = [
  { name: "TimeGenerated", type: "dateTime" },
  { name: "Level", type: "string" },
  { name: "Size", type: "long" },
];
await insights.tables.beginCreateOrUpdateAndWait(
  group,
  "law-js",
  "Journey_CL",
  { schema: { name: "Journey_CL", columns } },
  pace,
);

const monitor = new MonitorClient(credential, subscription, arm);
const rule = await monitor.dataCollectionRules.create(group, "dcr-js", {
  body: {
    location,
    kind: "Direct",
    streamDeclarations: {
      "Custom-Journey": {
        columns: [
          { name: "TimeGenerated", type: "datetime" },
          { name: "Message", type: "string" },
        ],
      },
    },
    destinations: { logAnalytics: [{ name: "law", workspaceResourceId: workspace.id }] },
    dataFlows: [
      {
        streams: ["Custom-Journey"],
        destinations: ["law"],
        transformKql: "source | project TimeGenerated, Level = toupper(Message), Size = tolong(strlen(Message))",
        outputStream: "Custom-Journey_CL",
      },
    ],
  },
});
assert.match(rule.immutableId, /^dcr-[0-9a-f]{32}$/);

const claims = JSON.parse(
  Buffer.from((await credential.getToken("https://management.azure.com/.default")).token.split(".")[1], "base64url"),
);
const roles = new AuthorizationManagementClient(credential, subscription, arm);
await roles.roleAssignments.create(rule.id, randomUUID(), {
  principalId: claims.oid,
  principalType: "ServicePrincipal",
  roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/3913510d-42f4-4e42-8a64-420c390055eb`,
});

const sender = new LogsIngestionClient(rule.endpoints.logsIngestion, credential);
await sender.upload(rule.immutableId, "Custom-Journey", [{ TimeGenerated: new Date().toISOString(), Message: "error" }]);

const reader = new LogsQueryClient(credential, { endpoint: `${endpoint}/v1`, audience: "https://api.loganalytics.io" });
const answer = await reader.queryWorkspace(workspace.customerId, "Journey_CL | project Level, Size", { duration: "PT1H" });
assert.equal(answer.status, LogsQueryResultStatus.Success);
assert.deepEqual(answer.tables[0].rows, [["ERROR", 5]]);
console.log("row found again:", answer.tables[0].rows[0]);
