"""Microsoft Graph: app registrations, service principals and federated credentials of the tenant.

Modules in order; each imports only what stands before it::

    graph_errors odata graph_access principal_objects registration_objects credential_objects graph_api graph_batch
"""
