"""One mistake gives one error: what only follows from it is not reported."""

from __future__ import annotations

import pytest

from provisioner import validate
from tests.support.manifests import write_manifest

WHOLE = """\
endpoint: {name: dce-shop}
tables:
  Orders_CL: {columns: {TimeGenerated: datetime, Amount: real}}
streams:
  Custom-Orders:
    columns: {time: datetime, amount: real}
    table: Orders_CL
    transform: source | project TimeGenerated = time, Amount = amount
dcrs: {dcr-shop: {streams: [Custom-Orders], endpoint: shared}}
grants: {shop: {principal: self, dcrs: [dcr-shop]}}
"""


def codes(folder, piece) -> list[str]:
    return [
        diagnostic.code
        for diagnostic in validate.check_all_environments(write_manifest(folder, piece), {})
        if diagnostic.severity != "info"
    ]


def test_the_manifest_that_is_broken_below_is_whole(tmp_path):
    assert codes(tmp_path, WHOLE) == []


@pytest.mark.parametrize(("right", "wrong", "code"), [
    ("tables:\n  Orders_CL: {columns: {TimeGenerated: datetime, Amount: real}}", "tables: [Orders_CL]", "MAN002"),
    ("tables:", "tabels:", "MAN001"),
    ("streams:", "strems:", "MAN001"),
    ("dcrs:", "dcr:", "MAN001"),
    ("endpoint: {", "endpont: {", "MAN001"),
    ("Amount: real", "Amount: rael", "MAN004"),
    ("amount: real", "amount: rael", "MAN004"),
    ("table: Orders_CL", "table: [Orders_CL]", "MAN002"),
    ("table: Orders_CL", "table: Other_CL", "STR004"),
    ("transform: source", "transfrom: source", "MAN001"),
    ("transform: source | project TimeGenerated = time, Amount = amount", "transform: {file: missing.kql}", "INC001"),
    ("columns: {time", "colums: {time", "MAN001"),
    ("transform: source", "transform: sorce", "KQL102"),
    ("= amount", "= amuont", "KQL101"),
    ("Orders_CL:", "Orders:", "NAM003"),
    ("[Custom-Orders]", "[Custom-Order]", "RES003"),
    ("[dcr-shop]", "[dcr-shp]", "GRA003"),
    ("name: dce-shop", "name: dce/shop", "NAM006"),
    ("{name: dce-shop}", "{name: dce-shop, location: northeurope}", "REG004"),
    ("principal: self", "principal: $(sender)", "VAR003"),
    ("TimeGenerated: datetime, ", "", "TAB001"),
    ("TimeGenerated: datetime, ", "TimeGenerated: string, ", "TAB001"),
])  # fmt: skip
def test_one_mistake_gives_one_error(right, wrong, code, tmp_path):
    """Warnings may stand beside it where they say something else: that a table is not written now, for example."""
    assert right in WHOLE
    piece = WHOLE.replace(right, wrong, 1)
    if wrong == "Orders:":
        piece = piece.replace("Orders_CL", "Orders")
    errors = [
        diagnostic
        for diagnostic in validate.check_all_environments(write_manifest(tmp_path, piece), {})
        if diagnostic.severity == "error"
    ]
    assert [error.code for error in errors] == [code]
