"""Responses of a transport, for tests that replace the network below azure-core."""

from __future__ import annotations


class RawResponse:
    """The part of urllib3's response that azure-core reads."""

    def __init__(self, data):
        self.data = data

    def stream(self, *_, **__):
        yield self.data

    def read(self, *_, **__):
        data, self.data = self.data, b""
        return data

    def close(self):
        pass

    def release_conn(self):
        pass
