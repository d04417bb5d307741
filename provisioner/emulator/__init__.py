"""A local Azure Monitor on loopback: Entra, Resource Manager, log ingestion and log queries over one state directory.

Modules and folders in order; each imports only what stands before it::

    clock timespan azure_facts store server_identity state
    http
    faults
    entra
    graph
    arm
    logs
    openapi admin_api routes app
    lifecycle process client_environment status_report testing pytest_plugin __main__
"""
