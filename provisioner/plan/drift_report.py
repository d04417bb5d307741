"""Drift as text and Markdown, and what the other formats of `drift` see of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan import report
from provisioner.plan.delta_text import DRIFT_SIDES, is_query, property_diff, query_diff
from provisioner.plan.drift_findings import DRIFT_KINDS, Drift, DriftFinding
from provisioner.plan.drift_page import drift_page
from provisioner.plan.drift_summary import drift_verdict, sorted_findings
from provisioner.plan.effects.effect_markdown import effect_markdown
from provisioner.plan.effects.effect_text import effect_lines
from provisioner.plan.text_report import property_lines
from provisioner.reports.ansi_styles import paint
from provisioner.reports.junit import JUnitSuite, JUnitTestCase
from provisioner.reports.markdown_blocks import code_block, code_span
from provisioner.reports.markdown_document import MarkdownDocument
from provisioner.reports.markdown_table import markdown_cell
from provisioner.reports.report_format import FindPlace, Views


def format_text(drift: Drift, *, color: bool = False, verbose: bool = False) -> str:
    """For a terminal: differences first, then information, then the scopes that could not be read.

    With `verbose` nothing is cut.
    """
    lines = [
        line for finding in sorted_findings(drift) for line in _finding_lines(finding, color=color, verbose=verbose)
    ]
    lines += [f"  ? {gap.scope} could not be read: {gap.why}" for gap in drift.gaps]
    return "\n".join([*lines, *([""] if lines else []), drift_verdict(drift)]) + "\n"


def report_data(drift: Drift, find_place: FindPlace | None = None) -> dict[str, Any]:
    """The public shape: contract, "drift". `find_place` gives file and line of a path of the manifest."""
    return {
        **report.report_data(drift.plan, find_place),
        "drift": drift.drifted,
        "coverage": [scope.json() for scope in drift.coverage],
        "findings": [finding.json() for finding in sorted_findings(drift)],
    }


def format_markdown(drift: Drift) -> str:
    """A table for an issue or a step summary, and what each edit does to rows."""
    return drift_document(drift).text()


def drift_document(drift: Drift) -> MarkdownDocument:
    """The parts of the Markdown of a drift."""
    title = "### Drift" + (f" of {code_span(drift.plan.environment)}" if drift.plan.environment else "")
    rows = [
        (
            "**difference**" if finding.difference else "information",
            finding.kind,
            finding.type,
            code_span(finding.name),
            markdown_cell(finding.message),
            markdown_cell(finding.who or ""),
            finding.when or "",
        )
        for finding in sorted_findings(drift)
    ]
    gaps = [f"- {code_span(gap.scope)} could not be read: {markdown_cell(gap.why or '')}" for gap in drift.gaps]
    return MarkdownDocument(
        [title, "", drift_verdict(drift)],
        ("", "kind", "type", "name", "what", "who", "when"),
        rows,
        [*([gaps] if gaps else []), *_effect_sections(drift)],
    )


def _effect_sections(drift: Drift) -> Iterator[list[str]]:
    """For each finding with properties: the properties, and what the edit does to rows."""
    for finding in sorted_findings(drift):
        if not finding.deltas and not finding.flow_effects:
            continue
        plain = [delta for delta in finding.deltas if not is_query(finding.type, delta)]
        diffs = [
            query_diff(finding.type, delta, DRIFT_SIDES) for delta in finding.deltas if is_query(finding.type, delta)
        ]
        properties = [line for delta in plain for line in property_diff(delta.reversed())]
        yield [
            f"#### {finding.type} {code_span(finding.name)}",
            "",
            *(line for lines in [*diffs, properties] if lines for line in [*code_block(lines, "diff"), ""]),
            *(line for effect in finding.flow_effects for line in effect_markdown(effect)),
        ]


def junit_suite(drift: Drift) -> JUnitSuite:
    """A test case for each declared resource, each undeclared one, and each scope that could not be read.

    Differences and unread scopes are failures.
    """
    suite = f"drift {drift.plan.environment or ''}".strip()
    # A resource with several findings is one case: the most severe one comes first and so is kept.
    finding_of = {(finding.type, finding.name): finding for finding in reversed(sorted_findings(drift))}
    keys = dict.fromkeys([*(resource.key for resource in drift.plan.desired), *finding_of])
    cases = [_junit_case(suite, *key, finding_of.get(key)) for key in keys]
    gaps = [
        JUnitTestCase(
            suite, gap.scope, failure=(gap.why or "could not be read", ""), kind="coverage", group="drift.coverage"
        )
        for gap in drift.gaps
    ]
    return JUnitSuite(suite, (*cases, *gaps))


def _junit_case(suite: str, type_name: str, name: str, finding: DriftFinding | None) -> JUnitTestCase:
    case = JUnitTestCase(suite, name, group=f"drift.{type_name}")
    if finding is None:
        return case
    if not finding.difference:
        return replace(case, output=finding.message)
    return replace(case, failure=(finding.message, "\n".join(_delta_lines(finding))), kind=finding.code)


VIEWS: Views[Drift] = {
    "text": lambda drift, options: format_text(drift, color=options.color, verbose=options.verbose),
    "data": lambda drift, options: report_data(drift, options.find_place),
    "markdown": lambda drift, _: format_markdown(drift),
    "document": lambda drift, _: drift_document(drift),
    "page": lambda drift, _: drift_page(drift),
    "diagnostics": lambda drift, options: drift_diagnostics(drift, options.find_place),
    "junit_suite": lambda drift, _: junit_suite(drift),
}


def drift_diagnostics(drift: Drift, find_place: FindPlace | None = None) -> Iterator[Diagnostic]:
    """A diagnostic for each finding, on the manifest's line that declares the resource."""
    for finding in sorted_findings(drift):
        severity: Severity = "error" if finding.difference else "info"
        position = find_place(finding.path) if find_place else None
        yield Diagnostic(finding.code, severity, finding.message, place=position, hint=DRIFT_KINDS[finding.kind][1])


def _finding_lines(finding: DriftFinding, *, color: bool, verbose: bool) -> list[str]:
    mark = paint("✗", "red", color=color) if finding.difference else paint("·", "dim", color=color)
    lines = [
        *property_lines(finding.type, finding.deltas, DRIFT_SIDES, color=color, verbose=verbose),
        *(line for effect in finding.flow_effects for line in effect_lines(effect, color=color, verbose=verbose)),
    ]
    return [f"  {mark} {finding.message}", *(f"      {line}" for line in lines)]


def _delta_lines(finding: DriftFinding) -> list[str]:
    """The properties in plain text, whole."""
    return list(property_lines(finding.type, finding.deltas, DRIFT_SIDES, color=False, verbose=True))
