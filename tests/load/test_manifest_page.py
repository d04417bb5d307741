"""`docs/manifest.md`: its manifests validate and do what it says; `tests/house/test_generated.py` has its table."""

from __future__ import annotations

import re

import pytest

from provisioner import load, validate
from tests.load.test_load import HEAD
from tools.manifest_keys import PAGE

TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n", 1)[0])
def test_every_manifest_of_the_page_validates(block, tmp_path):
    head = "" if block.startswith("version:") else HEAD.replace("00000000-0000", "6f9619ff-8b86")
    (tmp_path / "provisioner.yaml").write_text(head + block)
    document = load.load_document(tmp_path)
    for environment in (None, *document.declared_environments):
        diagnostics = validate.check(load.load_document(tmp_path, environment))
        assert [error.message for error in diagnostics if error.severity == "error"] == []


def test_the_overlay_of_the_page_does_what_it_says(tmp_path):
    (block,) = [block for block in BLOCKS if "Debug" in block]
    (tmp_path / "provisioner.yaml").write_text(HEAD + block)
    table = load.load_document(tmp_path, "prod").manifest.tables["Orders_CL"]
    assert (table.retention, table.total_retention, list(table.columns)) == (None, 365, ["TimeGenerated", "OrderId"])
