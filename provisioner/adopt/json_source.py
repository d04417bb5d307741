"""Reads JSON files of other tools as ARM reads templates: with comments, trailing commas and a byte order mark."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.errors import BadRequestFile
from provisioner.template import TemplateError, read_document


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON file: the path as the caller wrote it, its text and its value."""

    path: str
    text: str = field(repr=False)
    value: Any = field(repr=False)
    shown_text: str | None = field(default=None, repr=False)
    """What the author wrote, where `text` was made from it: a Bicep source."""

    def line_of(self, text: str) -> int:
        """The number of the first line that holds a string, from 1; 1 where no line does."""
        if self.shown_text is None:
            return _line_of(json.dumps(text, ensure_ascii=False), self.text)
        return _line_of(f"'{text}'", self.shown_text)


def _line_of(quoted: str, text: str) -> int:
    offset = text.find(quoted)
    return text.count("\n", 0, offset) + 1 if offset >= 0 else 1


def read_json_file(path: Path) -> JsonFile:
    """Read a file. Raises BadRequestFile where it cannot be read or is not JSON."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequestFile(f"{path} cannot be read: {error}", hint="name a JSON file in UTF-8") from error
    # Forward slashes on every system, as in all reports.
    return json_file_of(path.as_posix(), text)


def json_file_of(path: str, text: str) -> JsonFile:
    """The file of a text that was read, or printed by another program. Raises BadRequestFile where it is not JSON."""
    try:
        return JsonFile(path, text, read_document(text).value)
    except TemplateError as error:
        hint = "for Bicep, name the source with --from-bicep, or give the output of `az bicep build --stdout`"
        raise BadRequestFile(f"{path} is no JSON: {error.message}", hint=hint) from error
