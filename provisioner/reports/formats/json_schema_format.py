"""A JSON Schema, for the command whose result is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provisioner.reports.report_format import report_format


# No envelope: editors read the document itself as a schema.
@report_format("json", view="json_schema", position=2)
def json_schema_format(schema: Mapping[str, Any]) -> str:
    """A JSON Schema, as editors read it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
