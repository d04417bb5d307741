"""`--report FORMAT=FILE`: the result of a run in further formats, each in a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from provisioner.cli.options import Command
from provisioner.reports.format_registry import FORMATS, render_report
from provisioner.reports.report_format import ReportOptions
from provisioner.text import escape_invisible

ReportFile = tuple[str, Path]
"""A format and the file that gets the report."""
SINGLE_RESULT_FORMATS = frozenset({"sarif", "junit", "comment", "html", "codequality"})
"""Formats that are one document, which other tools read: several environments would have to be merged."""


def report_files(subject: str) -> Callable[[Command], Command]:
    """Add `--report FORMAT=FILE`, repeatable; the command gets `reports`."""

    def parse(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[ReportFile, ...]:
        formats = tuple(FORMATS[subject])
        parsed = []
        for value in values:
            name, equals, file = value.partition("=")
            if not equals or not file or name not in formats:
                raise click.BadParameter(f"{value!r} is not FORMAT=FILE with one of the formats {', '.join(formats)}")
            parsed.append((name, Path(file)))
        return tuple(parsed)

    return click.option(
        "--report",
        "reports",
        multiple=True,
        callback=parse,
        metavar="FORMAT=FILE",
        help="Also write the answer to a file in this form; may be repeated.",
    )


def require_single_result(count: int, format_name: str, reports: tuple[ReportFile, ...]) -> None:
    """Raise UsageError where a form that tells of one environment is asked for several."""
    if count > 1:
        if reports:
            raise click.UsageError("--report writes the answer of one environment")
        if format_name in SINGLE_RESULT_FORMATS:
            raise click.UsageError(f"--format {format_name} tells of one environment")


def write_reports(subject: str, result: Any, options: ReportOptions, reports: tuple[ReportFile, ...]) -> None:
    """Write a result to the files; their texts have no colours. Raises OSError where a file cannot be written."""
    for format_name, file in reports:
        # The colours of a terminal are no text.
        plain = ReportOptions(
            verbose=options.verbose, strict=options.strict, find_place=options.find_place, command=options.command
        )
        text = escape_invisible(render_report(subject, format_name, result, plain))
        # A lone surrogate, which JSON can smuggle in, has no UTF-8; it is escaped as on stdout.
        file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
