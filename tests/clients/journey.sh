#!/bin/sh
# From nothing to a row found again with curl alone. Needs the variables of `provisioner emulator env`.
set -eu
arm=$AZURE_RESOURCE_MANAGER_ENDPOINT
group=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/rg-curl
law=$group/providers/Microsoft.OperationalInsights/workspaces/law-curl

token() {
  curl -sSf "$AZURE_AUTHORITY_HOST/$AZURE_TENANT_ID/oauth2/v2.0/token" \
    -d grant_type=client_credentials -d "client_id=$AZURE_CLIENT_ID" \
    --data-urlencode "client_secret=$AZURE_CLIENT_SECRET" -d "scope=$1/.default" |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}
management=$(token https://management.azure.com)
put() {
  curl -sSf -X PUT "$arm$1?api-version=$2" -H "Authorization: Bearer $management" \
    -H 'Content-Type: application/json' -d "$3"
}
get() { curl -sSf "$arm$1?api-version=$2" -H "Authorization: Bearer $management"; }
member() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

put "$group" 2022-09-01 '{"location": "westeurope"}' >/dev/null
put "$law" 2025-07-01 '{"location": "westeurope"}' >/dev/null
until get "$law" 2025-07-01 | grep -q '"provisioningState":"Succeeded"'; do :; done
put "$law/tables/Curl_CL" 2025-07-01 '{"properties": {"schema": {"name": "Curl_CL", "columns": [
  {"name": "TimeGenerated", "type": "dateTime"}, {"name": "Text", "type": "string"}]}}}'
until get "$law/tables/Curl_CL" 2025-07-01 | grep -q '"provisioningState":"Succeeded"'; do :; done

rule=$(put "$group/providers/Microsoft.Insights/dataCollectionRules/dcr-curl" 2024-03-11 '{
  "location": "westeurope", "kind": "Direct", "properties": {
    "streamDeclarations": {"Custom-Curl": {"columns": [
      {"name": "TimeGenerated", "type": "datetime"}, {"name": "Text", "type": "string"}]}},
    "destinations": {"logAnalytics": [{"name": "law", "workspaceResourceId": "'"$law"'"}]},
    "dataFlows": [{"streams": ["Custom-Curl"], "destinations": ["law"], "transformKql": "source", "outputStream": "Custom-Curl_CL"}]
  }}')
id=$(echo "$rule" | member immutableId)
endpoint=$(echo "$rule" | member logsIngestion)
principal=$(echo "$management" | cut -d. -f2 | tr '_-' '/+' | awk '{while (length($0) % 4) $0 = $0 "="; print}' | base64 -d | member oid)
put "$group/providers/Microsoft.Insights/dataCollectionRules/dcr-curl/providers/Microsoft.Authorization/roleAssignments/2b1d7f7e-7f3c-4a55-9d6a-111111111111" \
  2022-04-01 '{"properties": {"principalId": "'"$principal"'", "principalType": "ServicePrincipal", "roleDefinitionId":
  "/providers/Microsoft.Authorization/roleDefinitions/3913510d-42f4-4e42-8a64-420c390055eb"}}' >/dev/null

printf '[{"TimeGenerated": "%s", "Text": "from curl"}]' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" | gzip |
  curl -sSf -X POST "$endpoint/dataCollectionRules/$id/streams/Custom-Curl?api-version=2023-01-01" \
    -H "Authorization: Bearer $(token https://monitor.azure.com)" \
    -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @-

guid=$(get "$law" 2025-07-01 | member customerId)
curl -sSf "$arm/v1/workspaces/$guid/query" -H "Authorization: Bearer $(token https://api.loganalytics.io)" \
  -H 'Content-Type: application/json' -d '{"query": "Curl_CL | project Text", "timespan": "PT1H"}' | grep -F '[["from curl"]]'
