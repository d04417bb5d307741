"""HTTP without Azure: requests, responses and errors as values, and the aiohttp server in front of them."""
