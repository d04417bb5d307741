"""JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.reports.json_envelope import json_document
from provisioner.reports.report_format import report_format


@report_format("json", view="data", position=2)
def json_format(data: Mapping[str, Any]) -> str:
    """One JSON object, whose `version` stands for its shape."""
    return json_document(data)
