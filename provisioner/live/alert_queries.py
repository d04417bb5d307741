"""Which alerts read a table, by the text of their queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from provisioner.resources import Body


def alerts_reading(table: str, alerts: Iterable[Body]) -> Iterator[str]:
    """The names of the query alerts whose queries name a table."""
    # A name alone: a table that another one's name begins with is not meant.
    named = re.compile(rf"(?<!\w){re.escape(table)}(?!\w)", re.IGNORECASE)
    for alert in alerts:
        if any(named.search(str(criterion.get("query"))) for criterion in _criteria(alert)):
            yield str(alert.get("name"))


def _criteria(alert: Body) -> list[Mapping[str, Any]]:
    criteria: Mapping[str, Any] = (alert.get("properties") or {}).get("criteria") or {}
    return criteria.get("allOf") or []
