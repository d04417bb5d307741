#!/bin/sh
# The way of an operator with the Azure CLI. Needs the variables of `provisioner emulator env`, and `az` on the path.
set -eu
AZURE_CONFIG_DIR=$(mktemp -d)
export AZURE_CONFIG_DIR AZURE_CORE_COLLECT_TELEMETRY=false AZURE_CORE_ONLY_SHOW_ERRORS=true AZURE_CORE_OUTPUT=tsv
trap 'rm -rf "$AZURE_CONFIG_DIR"' EXIT
here=$(dirname "$0")

az cloud register -n Local --endpoint-resource-manager "$AZURE_RESOURCE_MANAGER_ENDPOINT"
az cloud set -n Local
az login --service-principal -u "$AZURE_CLIENT_ID" -p "$AZURE_CLIENT_SECRET" -t "$AZURE_TENANT_ID" >/dev/null
test "$(az account show --query id)" = "$AZURE_SUBSCRIPTION_ID"

az group create -n rg-az -l westeurope >/dev/null
test "$(az group exists -n rg-az)" = true
az monitor log-analytics workspace create -g rg-az -n law-az -l westeurope >/dev/null
az monitor log-analytics workspace table create -g rg-az --workspace-name law-az -n Cli_CL \
  --columns TimeGenerated=datetime Text=string >/dev/null
az monitor log-analytics workspace table update -g rg-az --workspace-name law-az -n Cli_CL --retention-time 90 --total-retention-time 365 >/dev/null
test "$(az monitor log-analytics workspace table show -g rg-az --workspace-name law-az -n Cli_CL --query retentionInDays)" = 90

az deployment group validate -g rg-az -f "$here/template.jsonc" >/dev/null
az deployment group what-if -g rg-az -f "$here/template.jsonc" --no-pretty-print --query 'changes[].changeType' | grep -q Create
az deployment group create -g rg-az -f "$here/template.jsonc" -n first >/dev/null
id=$(az deployment group show -g rg-az -n first --query properties.outputs.immutableId.value)
endpoint=$(az deployment group show -g rg-az -n first --query properties.outputs.endpoint.value)
test "$(az deployment operation group list -g rg-az -n first --query 'length(@)')" = 1

rule=$(az resource show -g rg-az -n dcr-az --resource-type Microsoft.Insights/dataCollectionRules --query id)
me=$(az account get-access-token --query accessToken | cut -d. -f2 | tr '_-' '/+' |
  awk '{while (length($0) % 4) $0 = $0 "="; print}' | base64 -d | sed 's/.*"oid":"\([^"]*\)".*/\1/')
az role assignment create --assignee-object-id "$me" --assignee-principal-type ServicePrincipal \
  --role "Monitoring Metrics Publisher" --scope "$rule" >/dev/null

az rest --resource https://monitor.azure.com -m post \
  -u "$endpoint/dataCollectionRules/$id/streams/Custom-Cli?api-version=2023-01-01" \
  --headers Content-Type=application/json -b '[{"TimeGenerated": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'", "Text": "from az"}]'
guid=$(az monitor log-analytics workspace show -g rg-az -n law-az --query customerId)
az rest --resource https://api.loganalytics.io -m post -u "$AZURE_RESOURCE_MANAGER_ENDPOINT/v1/workspaces/$guid/query" \
  -b '{"query": "Cli_CL | project Text", "timespan": "PT1H"}' -o json | tr -d ' \n' | grep -F '[["fromaz"]]'
az group delete -n rg-az -y
test "$(az group exists -n rg-az)" = false
