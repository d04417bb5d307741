"""A small shop in an emulator, and records for it."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from provisioner import azure
from provisioner.probes.live_state import LiveState
from provisioner.project import Project
from provisioner.send import SendOptions

MANIFEST = """\
version: 1
name: shop
target: {cloud: local, resource_group: rg-shop, location: westeurope}
workspace: {name: law-shop}
endpoint: {name: dce-shop}
tables:
  Orders_CL: {columns: {TimeGenerated: datetime, Id: string, Amount: real, Express: boolean, Count: int}}
  Large_CL: {columns: {TimeGenerated: datetime, Id: string, Amount: real}}
streams:
  Custom-Plain: Orders_CL
  Custom-Orders:
    columns: {TimeGenerated: datetime, Id: string, Amount: real, Level: string}
    table: Large_CL
    transform: |
      source
      | where Level != "debug"
      | where Amount > 10 and Id != ""
      | project-away Level
grants: {sender: {principal: self}}
"""


def now():
    return dt.datetime.now(dt.UTC).isoformat()


def orders(count, first=0, **more):
    """Records of the plain stream, numbered by their Id."""
    time = now()
    return [
        {"TimeGenerated": time, "Id": f"A{number}", "Amount": number + 0.5, "Express": True, "Count": number, **more}
        for number in range(first, first + count)
    ]


class Shop:
    """The project, its emulator and a connection."""

    def __init__(self, folder, monitor):
        self.folder = folder
        self.monitor = monitor
        (folder / "provisioner.yaml").write_text(MANIFEST)
        self.project = Project.load(folder)
        self.azure = azure.connect_local(self.project.target, monitor.ready)
        self.project.apply(self.project.plan(self.azure), self.azure)

    def file(self, name, records):
        path = self.folder / name
        path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
        return path

    def rows(self, table="Orders_CL"):
        """The rows of a table, all of them."""
        live = self.project.send_live(self.azure)
        state = LiveState(self.project.manifest, live, self.azure, self.project.transforms)
        return self.azure.query.run(state.workspace_customer_id(), table, "P3D")

    def send(self, stream, records, **options):
        """Send a program's records; the results."""
        return list(self.project.send(self.azure, stream, records, SendOptions(**options)))


@pytest.fixture
def shop(tmp_path, azure_monitor):
    built = Shop(tmp_path, azure_monitor)
    yield built
    built.azure.close()
