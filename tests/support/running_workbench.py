"""A workbench that runs in a thread of the test's process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.workbench.web_server import WorkbenchServer
from provisioner.workbench.workbench import Workbench


@dataclass
class RunningWorkbench:
    """The server, the link that opens the page once, and its address."""

    server: WorkbenchServer
    link: str

    @property
    def address(self):
        return self.link.partition("/?")[0]


@contextlib.contextmanager
def running_workbench(path, environment=None, *, allow_apply=False) -> Iterator[RunningWorkbench]:
    """Serve a manifest until the block ends."""
    server = WorkbenchServer(Workbench(path, environment, allow_apply=allow_apply))
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    def serve():
        asyncio.set_event_loop(loop)
        loop.run_until_complete(server.start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(server.stop())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(30)
    try:
        yield RunningWorkbench(server, server.link)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
