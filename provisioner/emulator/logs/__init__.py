"""The two log APIs: rows ingested through a rule's transforms, and KQL queries over the stored rows.

Modules in order; each imports only what stands before it::

    bloom_filter row_store dropped_rows rule_logs ingestion_quota ingestion_flows sent_values row_ingestion
    ingestion_call ingestion_backlog ingestion_api resource_logs filter_pushdown query_errors query_execution
    query_alerts query_api
"""
