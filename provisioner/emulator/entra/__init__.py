"""Microsoft Entra: discovery, the token endpoint, and access tokens issued and verified.

Modules in order; each imports only what stands before it::

    directory_store applications tokens discovery client_assertions token_endpoint
"""
