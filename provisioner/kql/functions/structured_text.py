"""Text with a form of its own taken apart: XML, JSON paths, CSV, CEF, versions and command lines."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.functions.property_bags import json_path, lookup
from provisioner.kql.values import convert, parse_json, text_of, text_of_dynamic, unwrap_dynamic


@function(
    "extract_json(path: literal string, json: string) -> string",
    "extractjson(path: literal string, json: string) -> string",
)
def extract_json(path: str, json: str) -> str:
    """What the path leads to in a JSON text, as text; empty where it leads nowhere."""
    found, value = lookup(parse_json(json), json_path(path))
    return text_of_dynamic(value) if found else ""


@function(
    "extract_json(path: literal string, json: string, type: literal string) -> dynamic",
    "extractjson(path: literal string, json: string, type: literal string) -> dynamic",
)
def extract_json_as(path: str, json: str, kind: str) -> Any:
    """The same converted to a type; null where it leads nowhere or does not fit."""
    found, value = lookup(parse_json(json), json_path(path))
    if kind == "string":
        return text_of_dynamic(value) if found else ""
    if kind == "dynamic" or not found:
        return value
    return convert(*unwrap_dynamic(value), kind) if not isinstance(value, (dict, list)) else None


@function("parse_csv(value: dynamic) -> dynamic")
def parse_csv_of(value: Any) -> list[str]:
    """The same of the value's text."""
    return parse_csv(text_of_dynamic(value))


@function("parse_csv(text: string) -> dynamic")
def parse_csv(text: str) -> list[str]:
    """The fields of the first record; quotes hold commas and line ends, two quotes are one."""
    fields: list[str] = []
    position, more = 0, True
    while more:
        field, position = _quoted(text, position) if text[position : position + 1] == '"' else _bare(text, position)
        fields.append(field)
        more = text[position : position + 1] == ","
        position += 1
    return fields


def _bare(text: str, start: int) -> tuple[str, int]:
    match = _field_end().search(text, start)
    end = match.start() if match else len(text)
    return text[start:end], end


def _quoted(text: str, start: int) -> tuple[str, int]:
    pieces: list[str] = []
    position = start + 1
    while True:
        end = text.find('"', position)
        if end < 0:
            return "".join([*pieces, text[position:]]), len(text)
        pieces.append(text[position:end])
        if text[end + 1 : end + 2] != '"':
            rest, position = _bare(text, end + 1)
            return "".join(pieces) + rest, position
        pieces.append('"')
        position = end + 2


@cache
def _field_end() -> re.Pattern[str]:
    return re.compile(r"[,\r\n]")


@function("parse_version(text: string) -> decimal")
def parse_version(text: str) -> Decimal | None:
    """One to four parts of at most eight digits as one number that compares as the versions do."""
    parts = text.split(".")
    if len(parts) > 4 or not all(part.isdigit() and part.isascii() and len(part) <= 8 for part in parts):
        return None
    return Decimal("".join(part.zfill(8) for part in (parts + ["0"] * 4)[:4]))


@function("parse_command_line(command: scalar, parser: string) -> dynamic", types=True)
def parse_command_line(command: Any, parser: str, *, types: tuple[str, ...]) -> list[str] | None:
    """The arguments of a Windows command line: quotes join, backslashes count only before a quote."""
    text = text_of(command, types[0])
    if parser.lower() != "windows" or not text.strip():
        return None
    arguments: list[str] = []
    current: str | None = None
    quoted = False
    for match in _argument().finditer(text):
        slashes, mark = match.groups()
        if mark == '"':
            current = (current or "") + "\\" * (len(slashes) // 2)
            if len(slashes) % 2:
                current += '"'
            else:
                quoted = not quoted
        elif mark in " \t" and not quoted:
            current = (current or "") + slashes if slashes or current is not None else None
            if current is not None:
                arguments.append(current)
            current = None
        else:
            current = (current or "") + slashes + mark
    return arguments if current is None else [*arguments, current]


@cache
def _argument() -> re.Pattern[str]:
    return re.compile(r'(\\*)([^\\"\s]+|"|\s|\Z)|(?:)(?!)', re.DOTALL)


@function("parse_cef_dictionary(message: string) -> dynamic")
def parse_cef_dictionary(message: str) -> dict[str, Any]:
    """A bag whose `Extension` is a bag of the CEF message's extension keys, all its values text.

    The extension is what follows the header's seven bars, or the whole text where there is no header.
    """
    text = message
    start = text.find("CEF:")
    if start >= 0:
        parts = _bar().split(text[start:], maxsplit=7)
        text = parts[7] if len(parts) > 7 else ""
    marks = list(_key().finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    pairs = {mark.group(1): _unescape(text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=False)}
    return {"Extension": pairs}


def _unescape(text: str) -> str:
    return text.replace("\\=", "=").replace("\\|", "|").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")


@cache
def _bar() -> re.Pattern[str]:
    return re.compile(r"(?<!\\)\|")


@cache
def _key() -> re.Pattern[str]:
    return re.compile(r"(?:(?<=\s)|\A)([\w.\[\]-]+)(?<!\\)=")
