"""What the emulator tells of itself: its last requests, and the tables that hold rows."""

from __future__ import annotations

import pytest

from provisioner import Project
from provisioner.emulator.lifecycle import ensure_running, stop
from provisioner.emulator.testing import AzureMonitor
from tests.support.manifests import write_manifest


@pytest.fixture
def shop(tmp_path):
    text = "tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}\nstreams: {Custom-Orders: Orders_CL}"
    project = Project.load(write_manifest(tmp_path, text), environment="local")
    yield project
    stop(project.state_directory)


def test_the_last_requests_and_the_rows_of_tables_can_be_watched(shop):
    with shop.connect() as azure:
        shop.apply(shop.plan(azure), azure)
        shop.verify(azure)
    emulator = AzureMonitor(ensure_running(shop.state_directory))
    requests = emulator.call_admin_api("GET", "/emulator/requests/recent")["requests"]
    posted = [entry for entry in requests if entry["method"] == "POST" and "/streams/Custom-Orders" in entry["path"]]
    assert posted
    assert all(entry["status"] == 204 and entry["milliseconds"] >= 0 for entry in posted)
    assert not [entry for entry in requests if entry["path"].startswith("/emulator")]
    tables = emulator.call_admin_api("GET", "/emulator/tables")["tables"]
    assert [(table["name"], table["rows"] >= 1) for table in tables if table["name"] == "Orders_CL"] == [
        ("Orders_CL", True)
    ]
    emulator.reset()
    assert emulator.call_admin_api("GET", "/emulator/requests/recent")["requests"] == []
    assert emulator.call_admin_api("GET", "/emulator/tables")["tables"] == []
