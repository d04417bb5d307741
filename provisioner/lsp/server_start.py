"""The start of the server: everything that the first findings wait for is loaded here."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer


def load_server() -> ManifestLanguageServer:
    """A server that waits for a transport. Raises ModuleNotFoundError without the extra `lsp`."""
    # Until the first findings are out nearly all that is made stays: the searches for cycles on the way look through
    # the thousands of functions of the protocol's classes, a tenth of the time in all. The server switches them on.
    gc.disable()
    from provisioner.lsp.language_server import create_server

    server = create_server()
    # Nor later: what is loaded now is never given back.
    gc.freeze()
    return server
