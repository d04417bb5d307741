"""Drift as text, JSON, Markdown, SARIF and JUnit."""

from __future__ import annotations

import json as _json
from collections.abc import Iterator
from typing import Any

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan import report
from provisioner.plan.drift_findings import KINDS, Drift, Finding
from provisioner.plan.report import Where
from provisioner.text import plural
from provisioner.validate import report as findings


def text(drift: Drift, *, color: bool = False) -> str:
    """What a terminal shows: differences first, then what is good to know, then what could not be read."""
    lines = [line for each in _sorted(drift) for line in _lines(each, color=color)]
    lines += [f"  ? {each.scope} could not be read: {each.why}" for each in drift.gaps]
    return "\n".join([*lines, *([""] if lines else []), _verdict(drift)]) + "\n"


def data(drift: Drift, where: Where | None = None) -> dict[str, Any]:
    """The public shape: contract, "drift"."""
    return {
        **report.data(drift.plan, where),
        "drift": drift.drifted,
        "coverage": [each.json() for each in drift.coverage],
        "findings": [each.json() for each in _sorted(drift)],
    }


def json(drift: Drift, where: Where | None = None) -> str:
    """`data` as text."""
    return _json.dumps(data(drift, where), indent=2, ensure_ascii=False) + "\n"


def markdown(drift: Drift) -> str:
    """A table for an issue or a step summary."""
    title = "### Drift" + (f" of `{drift.plan.environment}`" if drift.plan.environment else "")
    rows = [
        f"| {'**difference**' if each.difference else 'information'} | {each.kind} | {each.type} | `{each.name}` "
        f"| {_cell(each.message)} | {each.who or ''} | {each.when or ''} |"
        for each in _sorted(drift)
    ]
    table = ["| | kind | type | name | what | who | when |", "| --- | --- | --- | --- | --- | --- | --- |", *rows]
    gaps = [f"- `{each.scope}` could not be read: {_cell(each.why or '')}" for each in drift.gaps]
    return "\n".join([title, "", _verdict(drift), "", *(table if rows else []), *gaps]).rstrip() + "\n"


def sarif(drift: Drift, where: Where | None = None) -> str:
    """Findings where the manifest declares what they are about."""
    return findings.sarif(_diagnostics(drift, where))


def junit(drift: Drift, where: Where | None = None) -> str:
    """One test case for each declared resource and each stranger; differences and gaps are failures."""
    from xml.etree import ElementTree as ET

    del where
    found = {(each.type, each.name): each for each in reversed(_sorted(drift))}
    cases = dict.fromkeys([*(each.key for each in drift.plan.desired), *found])
    failures = sum(each.difference for each in found.values()) + len(drift.gaps)
    root = ET.Element("testsuites")
    name = f"drift {drift.plan.environment or ''}".strip()
    counts = {"tests": str(len(cases) + len(drift.gaps)), "failures": str(failures), "errors": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": name, **counts})
    for short, title in cases:
        case = ET.SubElement(suite, "testcase", classname=f"drift.{short}", name=title)
        finding = found.get((short, title))
        if finding is not None and finding.difference:
            message = findings.clean(finding.message)
            ET.SubElement(case, "failure", type=finding.code, message=message).text = "\n".join(_properties(finding))
        elif finding is not None:
            ET.SubElement(case, "system-out").text = findings.clean(finding.message)
    for gap in drift.gaps:
        case = ET.SubElement(suite, "testcase", classname="drift.coverage", name=gap.scope)
        ET.SubElement(case, "failure", type="coverage", message=findings.clean(gap.why or "could not be read"))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _diagnostics(drift: Drift, where: Where | None) -> Iterator[Diagnostic]:
    for each in _sorted(drift):
        severity: Severity = "error" if each.difference else "info"
        place = where(each.path) if where else None
        yield Diagnostic(each.code, severity, each.message, place=place, hint=KINDS[each.kind][1])


def _sorted(drift: Drift) -> list[Finding]:
    return sorted(drift.findings, key=lambda each: (not each.difference, list(KINDS).index(each.kind), each.name))


def _lines(finding: Finding, *, color: bool) -> list[str]:
    mark, code = ("✗", "31") if finding.difference else ("·", "2")
    shown = f"\x1b[{code}m{mark}\x1b[0m" if color else mark
    return [f"  {shown} {finding.message}", *(f"      {line}" for line in _properties(finding))]


def _properties(finding: Finding) -> list[str]:
    return [report.property_line(delta) for delta in finding.deltas]


def _verdict(drift: Drift) -> str:
    differences = sum(each.difference for each in drift.findings)
    gaps = f"; {plural(len(drift.gaps), 'scope')} could not be read" if drift.gaps else ""
    if not differences:
        return f"No drift{gaps}." if gaps else "No drift. Azure is as the manifest says."
    return f"Drift: {plural(differences, 'difference')}{gaps}."


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")
