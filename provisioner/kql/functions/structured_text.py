"""Text in a format of its own: JSON paths, CSV, CEF, versions and command lines."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.functions.property_bags import follow_path, parse_json_path
from provisioner.kql.values import Value, convert, dynamic_to_text, parse_json, to_text, unwrap_dynamic


@scalar_function(
    "extract_json(path: literal string, json: string) -> string",
    "extractjson(path: literal string, json: string) -> string",
)
def extract_json(path: str, json: str) -> str:
    """The member at the path in a JSON text, as text; empty where there is none."""
    exists, value = follow_path(parse_json(json), parse_json_path(path))
    return dynamic_to_text(value) if exists else ""


@scalar_function(
    "extract_json(path: literal string, json: string, type: literal string) -> dynamic",
    "extractjson(path: literal string, json: string, type: literal string) -> dynamic",
)
def extract_json_as(path: str, json: str, type_name: str) -> Value:
    """The member at the path converted to a type; null where there is none or it does not fit."""
    exists, value = follow_path(parse_json(json), parse_json_path(path))
    if type_name == "string":
        return dynamic_to_text(value) if exists else ""
    if type_name == "dynamic" or not exists:
        return value
    return convert(*unwrap_dynamic(value), type_name) if not isinstance(value, (dict, list)) else None


@scalar_function("parse_csv(value: dynamic) -> dynamic")
def parse_csv_of(value: Value) -> list[str]:
    """As `parse_csv` of the value's text."""
    return parse_csv(dynamic_to_text(value))


@scalar_function("parse_csv(text: string) -> dynamic")
def parse_csv(text: str) -> list[str]:
    """The fields of the first record; commas and line ends may be in quotes, two quotes there are one."""
    # Not Python's csv module, which reads a quote within a field and text after a closing quote in another way.
    fields: list[str] = []
    position, has_more = 0, True
    while has_more:
        field, position = (
            _read_quoted_field(text, position)
            if text[position : position + 1] == '"'
            else _read_bare_field(text, position)
        )
        fields.append(field)
        has_more = text[position : position + 1] == ","
        position += 1
    return fields


def _read_bare_field(text: str, start: int) -> tuple[str, int]:
    match = _field_end_pattern().search(text, start)
    end = match.start() if match else len(text)
    return text[start:end], end


def _read_quoted_field(text: str, start: int) -> tuple[str, int]:
    pieces: list[str] = []
    position = start + 1
    while True:
        end = text.find('"', position)
        if end < 0:
            return "".join([*pieces, text[position:]]), len(text)
        pieces.append(text[position:end])
        if text[end + 1 : end + 2] != '"':
            rest, position = _read_bare_field(text, end + 1)
            return "".join(pieces) + rest, position
        pieces.append('"')
        position = end + 2


@cache
def _field_end_pattern() -> re.Pattern[str]:
    return re.compile(r"[,\r\n]")


@scalar_function("parse_version(text: string) -> decimal")
def parse_version(text: str) -> Decimal | None:
    """One to four parts of at most eight digits, as one number that orders like the versions."""
    parts = text.split(".")
    if len(parts) > 4 or not all(part.isdigit() and part.isascii() and len(part) <= 8 for part in parts):
        return None
    # Eight digits a part make 32, more than a long holds and fewer than a decimal's 34.
    return Decimal("".join(part.zfill(8) for part in (parts + ["0"] * 4)[:4]))


@scalar_function("parse_command_line(command: scalar, parser: string) -> dynamic", takes_types=True)
def parse_command_line(command: Value, parser: str, *, types: tuple[str, ...]) -> list[str] | None:
    """The arguments of a Windows command line: quotes join, backslashes count only before a quote."""
    text = to_text(command, types[0])
    if parser.lower() != "windows" or not text.strip():
        return None
    # The rules of CommandLineToArgvW: 2n backslashes and a quote are n backslashes and the end of the quoting, 2n+1 and
    # a quote are n backslashes and a quote. `current` is None between arguments, "" in an empty quoted one.
    arguments: list[str] = []
    current: str | None = None
    quoted = False
    for match in _argument_pattern().finditer(text):
        backslashes, fragment = match.groups()
        if fragment == '"':
            current = (current or "") + "\\" * (len(backslashes) // 2)
            if len(backslashes) % 2:
                current += '"'
            else:
                quoted = not quoted
        elif fragment in " \t" and not quoted:
            current = (current or "") + backslashes if backslashes or current is not None else None
            if current is not None:
                arguments.append(current)
            current = None
        else:
            current = (current or "") + backslashes + fragment
    return arguments if current is None else [*arguments, current]


@cache
def _argument_pattern() -> re.Pattern[str]:
    return re.compile(r'(\\*)([^\\"\s]+|"|\s|\Z)|(?:)(?!)', re.DOTALL)


@scalar_function("parse_cef_dictionary(message: string) -> dynamic")
def parse_cef_dictionary(message: str) -> dict[str, dict[str, str]]:
    """A bag whose `Extension` is a bag of the CEF message's extension keys, with text for all values.

    The extension is the text after the seventh bar of the header, or the whole text where there is no header.
    """
    extension = message
    start = message.find("CEF:")
    if start >= 0:
        parts = _header_bar_pattern().split(message[start:], maxsplit=7)
        extension = parts[7] if len(parts) > 7 else ""
    # CEF has no delimiter between pairs and values may have spaces: a value ends where the next key begins.
    keys = list(_extension_key_pattern().finditer(extension))
    ends = [*(key.start() for key in keys[1:]), len(extension)]
    pairs = {
        key.group(1): _unescape_cef(extension[key.end() : end].strip()) for key, end in zip(keys, ends, strict=False)
    }
    return {"Extension": pairs}


def _unescape_cef(text: str) -> str:
    return text.replace("\\=", "=").replace("\\|", "|").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")


@cache
def _header_bar_pattern() -> re.Pattern[str]:
    return re.compile(r"(?<!\\)\|")


@cache
def _extension_key_pattern() -> re.Pattern[str]:
    return re.compile(r"(?:(?<=\s)|\A)([\w.\[\]-]+)(?<!\\)=")
