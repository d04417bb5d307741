"""Helpers for texts that people read."""

from __future__ import annotations

import re

# What a terminal or a page obeys or hides in place of showing it: control characters but tab and line ends, marks that
# turn the direction of what follows, characters of no width (but the joiners that scripts and emoji need), tags,
# noncharacters, halves of pairs. Source: https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
    "|\r(?!\n)"
)
# The colours and weights that our own reports use; any other sequence comes from elsewhere.
_OWN_STYLE = re.compile("\x1b\\[(?:0|1|2|3[1-6])(?:;[12])?m")


# What a pipeline's log obeys: `::error::` at the start of a line (GitHub), `##vso[…]` anywhere (Azure Pipelines).
# Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
_PIPELINE_COMMAND = re.compile(r"^(\s*)::(?=[\w-]+(?: [^\n]*)?::)|##(?=(?:vso)?\[)", re.MULTILINE)


def plural(number: int, noun: str) -> str:
    """The number with its noun: `1 row`, `2,000 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def escape_invisible(text: str) -> str:
    """The text with control, bidirectional and other invisible characters as JSON writes them: u and four digits.

    Tabs and line feeds stay. In a JSON document such characters stand inside of strings only, so it says the same as
    before.
    """
    return _INVISIBLE.sub(_json_escape, text)


def escape_line(text: str) -> str:
    """The text on one line, with invisible characters, tabs and line feeds as JSON writes them."""
    return escape_invisible(text.replace("\r\n", "\n")).replace("\n", "\\n").replace("\t", "\\t")


def escape_for_terminal(text: str, *, color: bool) -> str:
    """The text as a terminal or a log may get it: it obeys nothing in it but, with `color`, our own reports' styles."""
    text = _PIPELINE_COMMAND.sub(lambda match: "#\\#" if match[0] == "##" else f"{match[1]}\\::", text)
    if not color:
        return escape_invisible(text)
    parts, end = [], 0
    for style in _OWN_STYLE.finditer(text):
        parts += [escape_invisible(text[end : style.start()]), style[0]]
        end = style.end()
    return "".join([*parts, escape_invisible(text[end:])])


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    # JSON has no other form for a character beyond four digits than a pair.
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def one_line(text: str, most: int = 300) -> str:
    """A foreign text on one line, as `escape_line` gives it; what is longer than `most` is cut."""
    line = escape_line(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"
