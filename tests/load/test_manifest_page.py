"""`docs/manifest.md` tells the truth: its table is made from the language, its manifests load."""

from __future__ import annotations

import re

import pytest

from provisioner import load, validate
from tests.load.test_load import HEAD
from tools.manifest_page import PAGE, page

TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_the_table_of_keys_is_current():
    """Write it anew with `python -m tools.manifest_page --write`."""
    assert page(TEXT) == TEXT


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n", 1)[0])
def test_every_manifest_of_the_page_validates(block, tmp_path):
    head = "" if block.startswith("version:") else HEAD.replace("00000000-0000", "6f9619ff-8b86")
    (tmp_path / "provisioner.yaml").write_text(head + block)
    document = load.document(tmp_path)
    for environment in (None, *document.declared):
        found = validate.check(load.document(tmp_path, environment))
        assert [each.message for each in found if each.severity == "error"] == []


def test_the_overlay_of_the_page_does_what_it_says(tmp_path):
    (block,) = [each for each in BLOCKS if "Debug" in each]
    (tmp_path / "provisioner.yaml").write_text(HEAD + block)
    table = load.document(tmp_path, "prod").manifest.tables["Orders_CL"]
    assert (table.retention, table.total_retention, list(table.columns)) == (None, 365, ["TimeGenerated", "OrderId"])
