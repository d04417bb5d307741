"""Azure Resource Manager: one module per resource type, after what all types share.

Modules in order; each imports only what stands before it::

    access_control rate_limits resource_envelope request_bodies batch_requests long_running_operations
    resource_providers service_values generic_resources diagnostic_settings alert_bodies metric_alerts
    role_assignments role_definitions resource_locks
    policy_rules policy_definitions policy_sets policies resource_tags
    workspace_sku workspaces workspace_information resource_groups table_checks deleted_tables tables
    data_collection data_collection_endpoints dcr_body data_source_checks transform_errors dcr_transform_checks
    dcr_checks data_collection_rules metric_facts metric_points resource_metrics
    deployed_resources deployment_request deployment_records deployment_execution property_changes deployment_what_if
    deployments
"""
