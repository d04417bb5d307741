"""How long an answer asks to wait before the next try."""

from __future__ import annotations

from typing import Any


def retry_after_seconds(headers: Any) -> float | None:
    """The seconds to wait that an answer asks for; None where it asks for none, or not in a number of seconds."""
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = headers.get(name)
        try:
            if value is not None and float(value) > 0:
                return float(value) * unit
        except ValueError:
            continue
    return None
