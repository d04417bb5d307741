"""`schemas/manifest.schema.json`: the JSON Schema that editors read, as `provisioner schema` prints it."""

from __future__ import annotations

import json
from pathlib import Path

from provisioner.load.schema.json_schema import manifest_json_schema
from tools.marked_blocks import ROOT

SCHEMA = ROOT / "schemas" / "manifest.schema.json"


def pages() -> dict[Path, str]:
    """The schema file."""
    return {SCHEMA: json.dumps(manifest_json_schema(), indent=2, ensure_ascii=False) + "\n"}
