"""Files of other tools as JSON values: comments, trailing commas and a byte order mark are taken."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.errors import BadRequestFile

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """One file: the name it was given by, its text and its value."""

    file: str
    text: str = field(repr=False)
    value: Any = field(repr=False)

    def line(self, word: str) -> int:
        """The first line that holds a JSON text, from 1; 1 where none does."""
        found = self.text.find(json.dumps(word, ensure_ascii=False))
        return self.text.count("\n", 0, found) + 1 if found >= 0 else 1


def read(path: Path) -> Source:
    """Read one file. Raises BadRequestFile where it cannot be read or is no JSON."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequestFile(f"{path} cannot be read: {error}", hint="name a JSON file in UTF-8") from error
    try:
        value = json.loads(_strict(text), strict=False)  # ARM takes line breaks inside texts
    except ValueError as error:
        raise BadRequestFile(
            f"{path} is no JSON: {error}", hint="for Bicep, give the output of `az bicep build --stdout`"
        ) from error
    return Source(str(path), text, value)


def _strict(text: str) -> str:
    """The same JSON without comments and trailing commas, each replaced by blanks so that positions stay."""
    once = _TOKEN.sub(_blank, text)
    return _TOKEN.sub(_blank, once)  # a comma before a comment that stood before the bracket


def _blank(found: re.Match[str]) -> str:
    token = found[0]
    return token if token.startswith('"') else re.sub(r"[^\n]", " ", token)
