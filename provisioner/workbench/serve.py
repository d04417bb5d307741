"""Runs the workbench until it is interrupted, for the command line."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from collections.abc import Callable

from provisioner.errors import ProvisionerError
from provisioner.operating_system import STOP_SIGNALS
from provisioner.workbench.web_server import WorkbenchServer
from provisioner.workbench.workbench import Workbench


def serve(workbench: Workbench, port: int, on_ready: Callable[[str], None], *, open_browser: bool) -> None:
    """Serve on a port (0: any that is free) until SIGINT or SIGTERM; `on_ready` gets the link that opens the page.

    Raises ProvisionerError where the port is taken.
    """
    asyncio.run(_serve(workbench, port, on_ready, open_browser=open_browser))


async def _serve(workbench: Workbench, port: int, on_ready: Callable[[str], None], *, open_browser: bool) -> None:
    server = WorkbenchServer(workbench, port)
    try:
        link = await server.start()
    except OSError as error:
        await server.stop()
        raise ProvisionerError(f"port {port} cannot be used: {error.strerror}", hint="leave --port out") from error
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(*_signal: object) -> None:
        # A second signal may come when the loop is gone already.
        if not loop.is_closed():
            loop.call_soon_threadsafe(stopped.set)

    for number in (signal.SIGINT, *STOP_SIGNALS):
        # Not the loop's own add_signal_handler, which Windows lacks; a signal wakes the loop up on every system.
        signal.signal(number, stop)
    on_ready(link)
    # In a thread: some systems wait for the browser to end.
    if open_browser:
        await loop.run_in_executor(None, webbrowser.open, link)
    try:
        await stopped.wait()
    finally:
        await server.stop()
