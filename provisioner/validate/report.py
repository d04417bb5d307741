"""Diagnostics as text for people, JSON and JUnit for scripts, SARIF for code review."""

from __future__ import annotations

import json as encoder
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from provisioner.diagnostics import Diagnostic, Severity

__all__ = ["json", "junit", "sarif", "shape", "text"]

Lines = Callable[[str], Sequence[str]]
"""The lines of a file by the name that diagnostics give it; empty where it cannot be read."""

_COLORS: dict[Severity, str] = {"error": "31;1", "warning": "33", "info": "36"}


def text(diagnostics: Iterable[Diagnostic], lines: Lines, *, color: bool = False) -> str:
    """`file:line:column CODE message` with the source line, a caret below the word, and a hint; then the counts."""
    told = list(diagnostics)
    return "".join(_entry(each, lines, color) for each in told) + summary(told) + "\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """How many of each severity, and how many of them `--fix` would mend."""
    counts = {kind: sum(each.severity == kind for each in diagnostics) for kind in ("error", "warning", "info")}
    if not diagnostics:
        return "no findings"
    words = [f"{count} {kind}{'' if count == 1 or kind == 'info' else 's'}" for kind, count in counts.items() if count]
    fixable = sum(each.fix is not None for each in diagnostics)
    return ", ".join(words) + (f"; --fix mends {fixable}" if fixable else "")


def shape(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The public shape of `validate`: the diagnostics and their counts."""
    told = list(diagnostics)
    return {
        "version": 1,
        "diagnostics": [each.json() for each in told],
        "summary": {
            "errors": sum(each.severity == "error" for each in told),
            "warnings": sum(each.severity == "warning" for each in told),
        },
    }


def json(diagnostics: Iterable[Diagnostic]) -> str:
    """The public shape as JSON text."""
    return encoder.dumps(shape(diagnostics), indent=2, ensure_ascii=False) + "\n"


def sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """A run as SARIF 2.1.0."""
    from provisioner.validate import sarif as format_

    return format_.sarif(diagnostics)


def junit(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> str:
    """One test case for each finding, by file; what makes the answer no is a failure. Nothing found: one passes."""
    from xml.etree import ElementTree as ET

    told = list(diagnostics)
    root = ET.Element("testsuites")
    by_file = groupby(told, key=lambda each: each.place.file if each.place else "manifest")
    for file, group in [(name, list(items)) for name, items in by_file] or [("manifest", [])]:
        failing = [each for each in group if each.severity == "error" or (strict and each.severity == "warning")]
        counts = {"tests": str(len(group) or 1), "failures": str(len(failing)), "errors": "0"}
        suite = ET.SubElement(root, "testsuite", {"name": f"validate {file}", **counts})
        if not group:
            ET.SubElement(suite, "testcase", classname="validate", name="no findings")
        for each in group:
            name = f"{each.code} {each.place}" if each.place else each.code
            case = ET.SubElement(suite, "testcase", classname=f"validate.{file}", name=name)
            body = clean(each.message + (f"\nhint: {each.hint}" if each.hint else ""))
            if each in failing:
                ET.SubElement(case, "failure", type=each.code, message=clean(each.message)).text = body
            else:
                ET.SubElement(case, "system-out").text = f"{each.severity}: {body}"
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def clean(words: str) -> str:
    """A text without the characters that XML cannot hold."""
    return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", words)


def _entry(diagnostic: Diagnostic, lines: Lines, color: bool) -> str:
    where = f"{diagnostic.place}  " if diagnostic.place else ""
    code = _paint(diagnostic.code, _COLORS[diagnostic.severity], color)
    held = f"  [{', '.join(diagnostic.environments)}]" if diagnostic.environments else ""
    kind = "" if diagnostic.severity == "error" else f"{diagnostic.severity}: "
    entry = f"{where}{code}  {kind}{diagnostic.message}{held}\n" + _excerpt(diagnostic, lines, color)
    if diagnostic.hint:
        entry += f"  hint: {diagnostic.hint}\n"
    if diagnostic.fix:
        entry += f"  fix: {diagnostic.fix.description}\n"
    return entry + "\n"


def _excerpt(diagnostic: Diagnostic, lines: Lines, color: bool) -> str:
    """The line and a caret below each character that is meant; on the first line only where more are."""
    place = diagnostic.place
    text = lines(place.file) if place else ()
    if place is None or place.line > len(text):
        return ""
    line = text[place.line - 1].rstrip("\r\n")
    end = place.end_column if place.end_line == place.line else len(line) + 1
    before = "".join("\t" if each == "\t" else " " for each in line[: place.column - 1])
    marks = _paint("^" * max(1, end - place.column), _COLORS[diagnostic.severity], color)
    number = f"{place.line:>5}"
    return f"{number} | {line}\n{' ' * len(number)} | {before}{marks}\n"


def _paint(words: str, style: str, color: bool) -> str:
    return f"\x1b[{style}m{words}\x1b[0m" if color else words
