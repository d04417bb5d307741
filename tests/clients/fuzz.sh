#!/bin/sh
# schemathesis over the emulator's own OpenAPI document: whatever it sends, no answer is 500.
set -eu
token=$(curl -sSf "$AZURE_AUTHORITY_HOST/$AZURE_TENANT_ID/oauth2/v2.0/token" \
  -d grant_type=client_credentials -d "client_id=$AZURE_CLIENT_ID" \
  --data-urlencode "client_secret=$AZURE_CLIENT_SECRET" -d scope=https://management.azure.com/.default |
  sed 's/.*"access_token":"\([^"]*\)".*/\1/')
schemathesis run "$AZURE_RESOURCE_MANAGER_ENDPOINT/emulator/openapi.json" --tls-verify "$SSL_CERT_FILE" \
  -H "Authorization: Bearer $token" --checks not_a_server_error --phases fuzzing,coverage --max-examples 20 \
  --exclude-path-regex emulator
