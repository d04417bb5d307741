"""JSON as every command prints it: an object with its version first, readable and not escaped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provisioner.text import escape_invisible

VERSION = 1
"""Of all shapes: keys may be added under it, not renamed or dropped."""


def json_document(data: Mapping[str, Any]) -> str:
    """The whole output of a command."""
    return escape_invisible(json.dumps({"version": VERSION, **data}, indent=2, ensure_ascii=False)) + "\n"
