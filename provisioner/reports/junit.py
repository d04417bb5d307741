"""JUnit XML, as CI systems read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What XML 1.0 cannot hold, not even escaped.
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `failure` is a message and the text below it, None where it passed."""

    suite: str
    name: str
    seconds: float = 0.0
    failure: tuple[str, str] | None = None
    skipped: str | None = None
    file: str | None = None
    line: int | None = None


def junit(name: str, cases: Sequence[Case]) -> str:
    """One test suite for each stream, in the order of the cases."""
    suites = dict.fromkeys(case.suite for case in cases)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<testsuites {_counts(name, cases)}>"]
    for suite in suites:
        own = [case for case in cases if case.suite == suite]
        lines.append(f"  <testsuite {_counts(suite, own)}>")
        lines += [line for case in own for line in _case(case)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _counts(name: str, cases: Sequence[Case]) -> str:
    failures = sum(case.failure is not None for case in cases)
    skipped = sum(case.skipped is not None for case in cases)
    seconds = sum(case.seconds for case in cases)
    return (
        f'name={_attribute(name)} tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" '
        f'time="{seconds:.3f}"'
    )


def _case(case: Case) -> list[str]:
    place = f" file={_attribute(case.file)}" if case.file else ""
    place += f' line="{case.line}"' if case.line else ""
    words = f'classname={_attribute(case.suite)} name={_attribute(case.name)} time="{case.seconds:.3f}"{place}'
    head = f"    <testcase {words}"
    if case.failure is not None:
        message, text = case.failure
        body = f"      <failure message={_attribute(message)}>{_escaped(text)}</failure>"
    elif case.skipped is not None:
        body = f"      <skipped message={_attribute(case.skipped)}/>"
    else:
        return [head + "/>"]
    return [head + ">", body, "    </testcase>"]


def _attribute(text: str) -> str:
    return f'"{_escaped(text).replace(chr(34), "&quot;").replace(chr(10), "&#10;").replace(chr(9), "&#9;")}"'


def _escaped(text: str) -> str:
    """Text as XML holds it; by hand, because the standard library's two lines cost 25 ms of start-up."""
    clean = _UNPRINTABLE.sub("\ufffd", text).replace("\r", "")
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
