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

me=$(az account get-access-token --query accessToken | cut -d. -f2 | tr '_-' '/+' |
  awk '{while (length($0) % 4) $0 = $0 "="; print}' | base64 -d | sed 's/.*"oid":"\([^"]*\)".*/\1/')
# A template deploys unchanged, twice; what-if then finds nothing. $1: file, $2: its parameters.
deploy_twice() {
  changed='changes[?changeType!=`NoChange` && changeType!=`Ignore`].resourceId'
  az deployment group validate -g rg-az -f "$1" $2 >/dev/null
  test -n "$(az deployment group what-if -g rg-az -f "$1" $2 --no-pretty-print --query "$changed")"
  az deployment group create -g rg-az -n twice -f "$1" $2 >/dev/null
  az deployment group create -g rg-az -n twice -f "$1" $2 >/dev/null
  test -z "$(az deployment group what-if -g rg-az -f "$1" $2 --no-pretty-print --query "$changed")"
}
deploy_twice "$here/module.json" "-p @$here/module.parameters.json"
test "$(az deployment group show -g rg-az -n twice --query properties.outputs.kept.value)" = 1
law=$(az deployment group show -g rg-az -n twice --query properties.outputs.workspace.value)
az monitor log-analytics workspace delete -g rg-az -n "$law" -y --force 2>&1 | grep -q ScopeLocked
az lock delete -n keep --resource-group rg-az --resource "$law" --resource-type Microsoft.OperationalInsights/workspaces
# Templates of others, where they are at hand.
for module in ${TEMPLATE_CORPUS:+"$TEMPLATE_CORPUS"/*.json}; do
  case $module in *.parameters.json) continue ;; esac
  values=${module%.json}.parameters.json
  if [ -e "$values" ]; then
    deploy_twice "$module" "-p @$values"
  else
    deploy_twice "$module" "-p principalId=$me"
  fi
done

az deployment sub what-if -l westeurope -f "$here/subscription.json" -p group=rg-az-sub --no-pretty-print --query 'changes[].changeType' | grep -q Create
az deployment sub create -l westeurope -n to-sub -f "$here/subscription.json" -p group=rg-az-sub --query properties.outputs.workspace.value | grep -q /rg-az-sub/
az deployment sub validate -l westeurope -f "$here/subscription.json" -p group=rg-az-sub >/dev/null
test -z "$(az deployment sub what-if -l westeurope -f "$here/subscription.json" -p group=rg-az-sub --no-pretty-print --query 'changes[?changeType!=`NoChange`].resourceId')"
az group delete -n rg-az-sub -y

# A policy of effect deny is listed, and holds.
AZURE_CORE_OUTPUT=json az policy assignment create -n only-here --scope "/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/rg-az" \
  --policy e56962a6-4747-49cd-b67b-bf8b01975c4c -p '{"listOfAllowedLocations": {"value": ["westeurope"]}}' >/dev/null
test "$(az policy assignment list -g rg-az --query '[].name')" = only-here
az monitor log-analytics workspace create -g rg-az -n law-far -l eastus 2>&1 | grep -q RequestDisallowedByPolicy
az policy assignment delete -n only-here -g rg-az

# A set of policies: each definition in it holds, with the values that the set hands down.
sub="/subscriptions/$AZURE_SUBSCRIPTION_ID"
az policy set-definition create -n ours --params '{"regions": {"type": "Array"}}' --definitions '[{"policyDefinitionReferenceId": "region", "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c", "parameters": {"listOfAllowedLocations": {"value": "[parameters(\u0027regions\u0027)]"}}}]' >/dev/null
test "$(az policy set-definition list --query "[?name=='ours'].policyType")" = Custom
AZURE_CORE_OUTPUT=json az policy assignment create -n set-here --scope "$sub/resourceGroups/rg-az" --policy-set-definition ours -p '{"regions": {"value": ["westeurope"]}}' >/dev/null
az monitor log-analytics workspace create -g rg-az -n law-far -l eastus 2>&1 | grep -q RequestDisallowedByPolicy
az policy assignment delete -n set-here -g rg-az
az policy set-definition delete -n ours

# What lies around a workspace.
law="$sub/resourceGroups/rg-az/providers/Microsoft.OperationalInsights/workspaces/law-az"
az monitor log-analytics workspace saved-search create -g rg-az --workspace-name law-az -n all --category Ours --display-name All -q 'Cli_CL | take 1' >/dev/null
test "$(az monitor log-analytics workspace saved-search list -g rg-az --workspace-name law-az --query '[].properties.displayName || [].displayName')" = All
az monitor log-analytics workspace saved-search delete -g rg-az --workspace-name law-az -n all -y
az monitor log-analytics workspace data-export create -g rg-az --workspace-name law-az -n export-az --enable true -t Cli_CL --destination "$sub/resourceGroups/rg-az/providers/Microsoft.Storage/storageAccounts/st" >/dev/null
test -n "$(az monitor log-analytics workspace data-export show -g rg-az --workspace-name law-az -n export-az --query dataExportId)"
az monitor log-analytics workspace data-export delete -g rg-az --workspace-name law-az -n export-az -y
az monitor log-analytics workspace list-usages -g rg-az -n law-az >/dev/null
az monitor log-analytics workspace get-schema -g rg-az -n law-az >/dev/null
az monitor log-analytics workspace list-management-groups -g rg-az -n law-az >/dev/null
az monitor log-analytics workspace linked-service list -g rg-az --workspace-name law-az >/dev/null
az monitor diagnostic-settings create -n to-law --resource "$law" --workspace "$law" --logs '[{"category": "Audit", "enabled": true}]' >/dev/null
test "$(az monitor diagnostic-settings list --resource "$law" --query '[].name')" = to-law
az monitor diagnostic-settings delete -n to-law --resource "$law"
az tag update --resource-id "$law" --operation Merge --tags team=az >/dev/null
test "$(az tag list --resource-id "$law" --query properties.tags.team)" = az
az monitor metrics list-definitions --resource "$law" --query '[].name.value' | tr '\t' '\n' | grep -qx 'Ingestion Volume'

rule=$(az resource show -g rg-az -n dcr-az --resource-type Microsoft.Insights/dataCollectionRules --query id)
az role assignment create --assignee-object-id "$me" --assignee-principal-type ServicePrincipal \
  --role "Monitoring Metrics Publisher" --scope "$rule" >/dev/null

az rest --resource https://monitor.azure.com -m post \
  -u "$endpoint/dataCollectionRules/$id/streams/Custom-Cli?api-version=2023-01-01" \
  --headers Content-Type=application/json -b '[{"TimeGenerated": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'", "Text": "from az"}]'
guid=$(az monitor log-analytics workspace show -g rg-az -n law-az --query customerId)
az rest --resource https://api.loganalytics.io -m post -u "$AZURE_RESOURCE_MANAGER_ENDPOINT/v1/workspaces/$guid/query" \
  -b '{"query": "Cli_CL | project Text", "timespan": "PT1H"}' -o json | tr -d ' \n' | grep -F '[["fromaz"]]'
az monitor metrics list --resource "$law" --metrics 'Ingestion Volume' --aggregation Count --interval PT1H --dimension 'Table Name' \
  --query 'value[0].timeseries[].metadatavalues[].value' | grep -qx Cli_CL
az monitor metrics list --resource "$rule" --metrics RowsReceived_Count --query 'value[0].timeseries[0].data[0].total' | grep -qx 1.0
az lock list -g rg-az --query '[].id' | xargs -r az lock delete --ids
az group delete -n rg-az -y
test "$(az group exists -n rg-az)" = false
