"""The language server behind a WebSocket: one for each editor of the page."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress

from aiohttp import WSMsgType, web

from provisioner.workbench.editor_documents import EditorDocument

logger = logging.getLogger(__name__)
NO_LANGUAGE_SERVER = "the language server is not installed; pip install 'azure-logs-provisioner[lsp]'"
"""What an editor says where the packages of the extra are missing."""
_MAX_MESSAGE_BYTES = 4 * 1024 * 1024


class _SocketWriter:
    """What the language server writes to: each message is one text message of the socket."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        # The loop itself holds tasks weakly: one that nothing holds may be gone before it has run.
        self._sending: set[asyncio.Task[None]] = set()

    def write(self, data: bytes) -> None:
        """Send a message as soon as the loop gets to it; messages keep their order."""
        task = asyncio.get_running_loop().create_task(self._send(data.decode()))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, text: str) -> None:
        # The tab may be closed while an answer is on its way.
        if not self._socket.closed:
            with suppress(ConnectionError):
                await self._socket.send_str(text)

    def close(self) -> None:
        """The socket is closed by who opened it."""


async def serve_language(request: web.Request, document: EditorDocument) -> web.StreamResponse:
    """Answer one editor until its socket closes. The extra `lsp` must be installed: see `load_language_server`."""
    socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE_BYTES, heartbeat=30)
    await socket.prepare(request)
    from pygls.exceptions import JsonRpcException

    from provisioner.lsp.language_server import create_server

    server = create_server()
    server.protocol.set_writer(_SocketWriter(socket), include_headers=False)
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            break
        # Before each message: the server begins a workspace of its own when the editor has introduced itself.
        document.open_in(server)
        try:
            server.protocol.handle_message(json.loads(message.data, object_hook=server.protocol.structure_message))
        except (ValueError, TypeError, KeyError, AttributeError, JsonRpcException) as error:
            # A message that is none, of the wrong kind already as JSON: said in the log alone, as the editor is ours.
            logger.warning("a message of the editor could not be read: %s", error)
    server.shutdown()  # type: ignore[no-untyped-call]
    return socket


def load_language_server() -> bool:
    """Import the language server, which takes a while; False where the packages of the extra are not installed."""
    try:
        import provisioner.lsp.language_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        return False
    return bool(provisioner.lsp.language_server)
