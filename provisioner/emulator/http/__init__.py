"""HTTP without Azure: requests, responses and errors as values, the table of routes, and the aiohttp server in front.

Modules in order; each imports only what stands before it::

    response request routing application header_timeout http_server
"""
