"""Times as people write them."""

from __future__ import annotations

import re

_ZEROS = re.compile(r"(\d\d:\d\d:\d\d)(?:\.0+|(\.\d*?)0+)Z$")


def brief(text: str) -> str:
    """A time without the zeros that say nothing; any other text as it is."""
    return _ZEROS.sub(lambda match: f"{match[1]}{match[2] or ''}Z", text)
