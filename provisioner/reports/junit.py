"""JUnit XML, as CI systems read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.text import escape_invisible


@dataclass(frozen=True, slots=True)
class JUnitTestCase:
    """One case of a suite; `failure` is a message and the text below it, None where it passed.

    `kind` is the failure's type and `output` what a passed case says. `group` stands before the name where CI systems
    show both; the suite where it is None.
    """

    suite: str
    name: str
    seconds: float = 0.0
    failure: tuple[str, str] | None = None
    skipped: str | None = None
    file: str | None = None
    line: int | None = None
    kind: str | None = None
    output: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class JUnitSuite:
    """The cases of one document, and its title."""

    name: str
    cases: tuple[JUnitTestCase, ...]


def junit_document(document: JUnitSuite) -> str:
    """A document with one test suite for each suite that the cases name, in their order."""
    suites = dict.fromkeys(case.suite for case in document.cases)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<testsuites {_totals(document.name, document.cases)}>"]
    for suite in suites:
        suite_cases = [case for case in document.cases if case.suite == suite]
        lines.append(f"  <testsuite {_totals(suite, suite_cases)}>")
        lines += [line for case in suite_cases for line in _case_lines(case)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _totals(name: str, cases: Sequence[JUnitTestCase]) -> str:
    failures = sum(case.failure is not None for case in cases)
    skipped = sum(case.skipped is not None for case in cases)
    seconds = sum(case.seconds for case in cases)
    return (
        f'name={_attribute(name)} tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" '
        f'time="{seconds:.3f}"'
    )


def _case_lines(case: JUnitTestCase) -> list[str]:
    position = f" file={_attribute(case.file)}" if case.file else ""
    position += f' line="{case.line}"' if case.line else ""
    names = f"classname={_attribute(case.group or case.suite)} name={_attribute(case.name)}"
    head = f'    <testcase {names} time="{case.seconds:.3f}"{position}'
    if case.failure is not None:
        message, text = case.failure
        kind = f"type={_attribute(case.kind)} " if case.kind else ""
        body = f"      <failure {kind}message={_attribute(message)}>{_escape(text)}</failure>"
    elif case.skipped is not None:
        body = f"      <skipped message={_attribute(case.skipped)}/>"
    elif case.output is not None:
        body = f"      <system-out>{_escape(case.output)}</system-out>"
    else:
        return [head + "/>"]
    return [head + ">", body, "    </testcase>"]


def _attribute(text: str) -> str:
    return f'"{_escape(text).replace(chr(34), "&quot;").replace(chr(10), "&#10;").replace(chr(9), "&#9;")}"'


def _escape(text: str) -> str:
    # Not xml.sax.saxutils: importing it costs 25 ms of start-up, for two lines of work.
    clean = escape_invisible(text.replace("\r\n", "\n"))
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
