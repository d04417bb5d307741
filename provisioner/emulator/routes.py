"""Which handler answers which request; the whole surface on one page."""

from __future__ import annotations

from provisioner.emulator import admin_api
from provisioner.emulator.arm import (
    batch_requests,
    data_collection_endpoints,
    data_collection_rules,
    deployments,
    diagnostic_settings,
    generic_resources,
    long_running_operations,
    policies,
    policy_definitions,
    policy_sets,
    resource_groups,
    resource_locks,
    resource_metrics,
    resource_providers,
    resource_tags,
    role_assignments,
    role_definitions,
    tables,
    workspace_information,
    workspaces,
)
from provisioner.emulator.arm.access_control import ROLE_ASSIGNMENT
from provisioner.emulator.arm.diagnostic_settings import DIAGNOSTIC_SETTING
from provisioner.emulator.arm.policies import ASSIGNMENT
from provisioner.emulator.arm.policy_definitions import DEFINITION
from provisioner.emulator.arm.policy_sets import SET_DEFINITION
from provisioner.emulator.arm.resource_locks import LOCK
from provisioner.emulator.arm.resource_tags import TAGS
from provisioner.emulator.entra import discovery, token_endpoint
from provisioner.emulator.graph import graph_api, graph_batch
from provisioner.emulator.http.routing import Route
from provisioner.emulator.logs import ingestion_api, query_api, resource_logs

SUB = "/subscriptions/{subscription}"
GROUP = SUB + "/resourceGroups/{group}"
OI = "/providers/Microsoft.OperationalInsights"
INSIGHTS = "/providers/Microsoft.Insights"
WORKSPACE = GROUP + OI + "/workspaces/{workspace}"
TABLE = WORKSPACE + "/tables/{table}"
DEPLOYMENTS = "/providers/Microsoft.Resources/deployments"
DEPLOYMENT = DEPLOYMENTS + "/{deployment}"
INGEST = "/dataCollectionRules/{rule}/streams/{stream}"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions"

ROUTES = (
    # Entra
    Route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", discovery.openid_configuration, "open"),
    Route("GET", "/{tenant}/.well-known/openid-configuration", discovery.openid_configuration, "open"),
    Route("GET", "/{tenant}/discovery/v2.0/keys", discovery.signing_keys, "open"),
    Route("GET", "/{tenant}/discovery/keys", discovery.signing_keys, "open"),
    Route("GET", "/common/discovery/instance", discovery.instance_discovery, "open"),
    Route("POST", "/{tenant}/oauth2/v2.0/token", token_endpoint.issue_token, "open"),
    Route("POST", "/{tenant}/oauth2/token", token_endpoint.issue_token, "open"),
    # Microsoft Graph
    Route("POST", "/v1.0/$batch", graph_batch.answer_batch, "graph"),
    *(
        Route(method, f"/v1.0/{path}", graph_api.answer, "graph")
        for path in ("{object}", "{object}/{part}", "{object}/{part}/{child}", "{object}/{part}/{child}/{key}")
        for method in ("GET", "POST", "PATCH", "DELETE")
    ),
    # clouds, tenants, subscriptions, providers
    Route("GET", "/metadata/endpoints", resource_providers.get_cloud_metadata, "open"),
    Route("GET", "/tenants", resource_providers.list_tenants),
    Route("GET", "/subscriptions", resource_providers.list_subscriptions),
    Route("GET", SUB, resource_providers.get_subscription),
    Route("GET", SUB + "/locations", resource_providers.list_locations),
    Route("GET", SUB + "/providers", resource_providers.list_all),
    Route("GET", SUB + "/providers/{namespace}", resource_providers.get),
    Route("POST", SUB + "/providers/{namespace}/register", resource_providers.register),
    Route("POST", "/batch", batch_requests.post, is_threaded=True, is_envelope=True),
    # resource groups
    Route("GET", SUB + "/resourceGroups", resource_groups.list_all),
    Route("PUT", GROUP, resource_groups.put),
    Route("GET", GROUP, resource_groups.get),
    Route("HEAD", GROUP, resource_groups.head),
    Route("PATCH", GROUP, resource_groups.patch),
    Route("DELETE", GROUP, resource_groups.delete),
    # workspaces and tables
    Route("GET", SUB + OI + "/workspaces", workspaces.list_all),
    Route("GET", GROUP + OI + "/workspaces", workspaces.list_all),
    Route("GET", SUB + OI + "/deletedWorkspaces", workspaces.list_deleted),
    Route("GET", GROUP + OI + "/deletedWorkspaces", workspaces.list_deleted),
    Route("PUT", WORKSPACE, workspaces.put),
    Route("GET", WORKSPACE, workspaces.get),
    Route("PATCH", WORKSPACE, workspaces.patch),
    Route("DELETE", WORKSPACE, workspaces.delete),
    Route("POST", WORKSPACE + "/sharedKeys", workspaces.shared_keys),
    Route("POST", WORKSPACE + "/listKeys", workspaces.shared_keys),
    Route("GET", WORKSPACE + "/usages", workspace_information.list_usages),
    Route("GET", WORKSPACE + "/managementGroups", workspace_information.list_management_groups),
    Route("POST", WORKSPACE + "/schema", workspace_information.get_schema),
    Route("GET", WORKSPACE + "/availableServiceTiers", workspace_information.list_service_tiers),
    Route("GET", WORKSPACE + "/tables", tables.list_all),
    Route("PUT", TABLE, tables.put),
    Route("GET", TABLE, tables.get),
    Route("PATCH", TABLE, tables.patch),
    Route("DELETE", TABLE, tables.delete),
    Route("POST", TABLE + "/migrate", tables.migrate),
    # endpoints and rules
    Route("GET", SUB + INSIGHTS + "/dataCollectionEndpoints", data_collection_endpoints.list_all),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionEndpoints", data_collection_endpoints.list_all),
    Route("PUT", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.put),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.get),
    Route("PATCH", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.patch),
    Route("DELETE", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.delete),
    Route("GET", SUB + INSIGHTS + "/dataCollectionRules", data_collection_rules.list_all),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionRules", data_collection_rules.list_all),
    Route("PUT", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.put, is_threaded=True),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.get),
    Route("PATCH", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.patch),
    Route("DELETE", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.delete),
    Route("GET", "{scope}/providers/Microsoft.Insights/metrics", resource_metrics.get),
    Route("GET", "{scope}/providers/Microsoft.Insights/metricDefinitions", resource_metrics.list_definitions),
    Route("GET", "{scope}/providers/" + DIAGNOSTIC_SETTING, diagnostic_settings.list_all),
    Route("PUT", "{scope}/providers/" + DIAGNOSTIC_SETTING + "/{name}", diagnostic_settings.put),
    Route("GET", "{scope}/providers/" + DIAGNOSTIC_SETTING + "/{name}", diagnostic_settings.get),
    Route("DELETE", "{scope}/providers/" + DIAGNOSTIC_SETTING + "/{name}", diagnostic_settings.delete),
    # tags
    Route("GET", "{scope}/providers/" + TAGS + "/default", resource_tags.get),
    Route("PUT", "{scope}/providers/" + TAGS + "/default", resource_tags.put),
    Route("PATCH", "{scope}/providers/" + TAGS + "/default", resource_tags.patch),
    Route("DELETE", "{scope}/providers/" + TAGS + "/default", resource_tags.delete),
    # role assignments
    Route("GET", "{scope}/providers/" + ROLE_ASSIGNMENT, role_assignments.list_all),
    Route("PUT", "{scope}/providers/" + ROLE_ASSIGNMENT + "/{name}", role_assignments.put),
    Route("GET", "{scope}/providers/" + ROLE_ASSIGNMENT + "/{name}", role_assignments.get),
    Route("DELETE", "{scope}/providers/" + ROLE_ASSIGNMENT + "/{name}", role_assignments.delete),
    Route("GET", "{scope}/providers/Microsoft.Authorization/denyAssignments", role_assignments.list_deny_assignments),
    Route("GET", "{scope}" + ROLES, role_definitions.list_all),
    Route("GET", "{scope}" + ROLES + "/{name}", role_definitions.get),
    Route("PUT", "{scope}" + ROLES + "/{name}", role_definitions.put),
    Route("DELETE", "{scope}" + ROLES + "/{name}", role_definitions.delete),
    Route("GET", "{scope}/providers/Microsoft.Authorization/permissions", role_definitions.list_permissions),
    # locks and policies
    Route("GET", "{scope}/providers/" + LOCK, resource_locks.list_all),
    Route("PUT", "{scope}/providers/" + LOCK + "/{name}", resource_locks.put),
    Route("GET", "{scope}/providers/" + LOCK + "/{name}", resource_locks.get),
    Route("DELETE", "{scope}/providers/" + LOCK + "/{name}", resource_locks.delete),
    Route("GET", "{scope}/providers/" + ASSIGNMENT, policies.list_assignments),
    Route("PUT", "{scope}/providers/" + ASSIGNMENT + "/{name}", policies.put_assignment),
    Route("GET", "{scope}/providers/" + ASSIGNMENT + "/{name}", policies.get),
    Route("DELETE", "{scope}/providers/" + ASSIGNMENT + "/{name}", policies.delete),
    Route("GET", "{scope}/providers/" + DEFINITION, policy_definitions.list_definitions),
    Route("PUT", "{scope}/providers/" + DEFINITION + "/{name}", policy_definitions.put_definition),
    Route("GET", "{scope}/providers/" + DEFINITION + "/{name}", policies.get),
    Route("DELETE", "{scope}/providers/" + DEFINITION + "/{name}", policies.delete),
    Route("GET", "{scope}/providers/" + SET_DEFINITION, policy_sets.list_all),
    Route("PUT", "{scope}/providers/" + SET_DEFINITION + "/{name}", policy_sets.put),
    Route("GET", "{scope}/providers/" + SET_DEFINITION + "/{name}", policies.get),
    Route("DELETE", "{scope}/providers/" + SET_DEFINITION + "/{name}", policies.delete),
    # deployments
    *(
        route
        for scope in (SUB, GROUP)
        for route in (
            Route("GET", scope + DEPLOYMENTS, deployments.list_all),
            Route("PUT", scope + DEPLOYMENT, deployments.put, is_threaded=True),
            Route("GET", scope + DEPLOYMENT, deployments.get),
            Route("HEAD", scope + DEPLOYMENT, deployments.head),
            Route("DELETE", scope + DEPLOYMENT, deployments.delete),
            Route("POST", scope + DEPLOYMENT + "/validate", deployments.validate, is_threaded=True),
            Route("POST", scope + DEPLOYMENT + "/whatIf", deployments.what_if, is_threaded=True),
            Route("POST", scope + DEPLOYMENT + "/exportTemplate", deployments.export_template),
            Route("GET", scope + DEPLOYMENT + "/operations", deployments.list_operations),
            Route("GET", scope + "/deployments/{deployment}/operations", deployments.list_operations),
            Route("GET", scope + DEPLOYMENT + "/operationStatuses/{operation}", deployments.get_status),
        )
    ),
    # long-running operations
    Route("GET", SUB + "/operationresults/{operation}", long_running_operations.get_result),
    Route(
        "GET",
        SUB + "/providers/{namespace}/locations/{region}/operationstatuses/{operation}",
        long_running_operations.get_status,
    ),
    Route(
        "GET",
        SUB + "/providers/{namespace}/locations/{region}/operationresults/{operation}",
        long_running_operations.get_result,
    ),
    Route("GET", GROUP + "/operationresults/{operation}", long_running_operations.get_result),
    Route("GET", WORKSPACE + "/operationresults/{operation}", long_running_operations.get_result),
    Route("GET", TABLE + "/operationresults/{operation}", long_running_operations.get_result),
    # any other resource by its id
    Route("GET", SUB + "/resources", generic_resources.list_all),
    Route("GET", GROUP + "/resources", generic_resources.list_all),
    # ingestion
    Route("POST", "/dce/{host}" + INGEST, ingestion_api.post, "ingestion", is_threaded=True),
    Route("POST", "/direct/{host}" + INGEST, ingestion_api.post, "ingestion", is_threaded=True),
    # query
    Route("POST", "/v1/workspaces/{workspace_id}/query", query_api.post, "query", is_threaded=True),
    Route("GET", "/v1/workspaces/{workspace_id}/query", query_api.get, "query", is_threaded=True),
    Route("POST", "/v1/workspaces/{workspace_id}/search", query_api.search, "query", is_threaded=True),
    Route("POST", "/v1/$batch", query_api.batch, "query", is_threaded=True),
    Route("POST", "/v1" + WORKSPACE + "/query", query_api.post_resource, "query", is_threaded=True),
    Route("POST", WORKSPACE + "/query", query_api.post_resource, is_threaded=True),
    Route("POST", WORKSPACE + "/search", query_api.search_resource, is_threaded=True),
    # the emulator's own paths, which Azure does not have
    Route("GET", "/emulator/health", admin_api.get_health, "open"),
    Route("GET", "/emulator/requests", admin_api.get_request_counts, "open"),
    Route("GET", "/emulator/requests/recent", admin_api.list_recent_requests, "control"),
    Route("GET", "/emulator/tables", admin_api.list_tables, "control"),
    Route("GET", "/emulator/openapi.json", admin_api.get_openapi, "open"),
    Route("GET", "/emulator/drops", admin_api.list_drops, "control"),
    Route("DELETE", "/emulator/drops", admin_api.clear_drops, "control"),
    Route("GET", "/emulator/faults", admin_api.list_faults, "control"),
    Route("POST", "/emulator/faults", admin_api.add_faults, "control"),
    Route("DELETE", "/emulator/faults", admin_api.clear_faults, "control"),
    Route("GET", "/emulator/applications", admin_api.list_applications, "control"),
    Route("PUT", "/emulator/applications/{client_id}", admin_api.put_application, "control"),
    Route("PUT", "/emulator/issuers", admin_api.put_issuer, "control"),
    Route("POST", "/emulator/assertions", admin_api.issue_assertion, "control"),
    Route(
        "PUT", "/emulator/classic/{subscription}/{group}/{workspace}/{table}", admin_api.put_classic_table, "control"
    ),
    Route(
        "POST",
        "/emulator/resource-logs/{subscription}/{group}/{workspace}/{table}",
        resource_logs.post,
        "control",
        is_threaded=True,
    ),
    Route("POST", "/emulator/reset", admin_api.reset, "control"),
    Route("POST", "/emulator/stop", admin_api.stop, "control"),
)
