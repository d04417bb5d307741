"""Runs a command for several environments and prints their results: reads concurrently, writes one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from provisioner.cli.console import Console
from provisioner.cli.error_output import error_payload, print_error
from provisioner.errors import ProvisionerError
from provisioner.reports.format_registry import render_report, report_data
from provisioner.reports.json_envelope import json_document
from provisioner.reports.report_format import ReportOptions
from provisioner.reports.text_table import aligned_lines

if TYPE_CHECKING:
    from provisioner.plannable import Plannable

T = TypeVar("T")
P = TypeVar("P", bound="Plannable")
# Each environment makes up to 16 calls at once by itself, and ARM limits calls for each principal.
_MAX_CONCURRENT = 8


@dataclass(frozen=True, slots=True)
class EnvironmentResult(Generic[P, T]):
    """The result for one environment: a value, or an error."""

    project: P
    value: T | None = None
    error: ProvisionerError | None = None

    @property
    def name(self) -> str:
        """The environment's name; `-` for the manifest without one."""
        return self.project.environment or "-"


def run_concurrently(projects: Sequence[P], work: Callable[[P], T]) -> list[EnvironmentResult[P, T]]:
    """Run `work` for all projects, several at once. With a single project its error is raised, else it is a result."""
    if len(projects) == 1:
        return [EnvironmentResult(projects[0], work(projects[0]))]
    with ThreadPoolExecutor(min(_MAX_CONCURRENT, len(projects))) as pool:
        return list(pool.map(lambda project: _run_one(project, work), projects))


def run_until_failure(
    projects: Sequence[P], work: Callable[[P], T], succeeded: Callable[[T], bool]
) -> Iterator[EnvironmentResult[P, T]]:
    """Run `work` for one project after another until one fails or `succeeded` says no.

    With a single project its error is raised, else it is a result.
    """
    for project in projects:
        result = EnvironmentResult(project, work(project)) if len(projects) == 1 else _run_one(project, work)
        yield result
        if result.value is None or not succeeded(result.value):
            return


def _run_one(project: P, work: Callable[[P], T]) -> EnvironmentResult[P, T]:
    try:
        return EnvironmentResult(project, work(project))
    except ProvisionerError as error:
        return EnvironmentResult(project, error=error)


Summary = tuple[Sequence[str], Callable[[T], Sequence[Any]]]
"""The head of the table that sums several environments up, and the cells of one result."""


def print_results(
    results: Sequence[EnvironmentResult[P, T]],
    console: Console,
    subject: str,
    format_name: str,
    summary: Summary[T],
    options_of: Callable[[P], ReportOptions],
) -> None:
    """Print a single result as it is; several under their names, with a table that sums them up.

    `subject` is that of the registry of reports; `options_of` gives a project's.
    """
    if len(results) == 1 and results[0].value is not None:
        options = options_of(results[0].project)
        console.data(render_report(subject, format_name, results[0].value, options))
    elif format_name == "json":
        payloads = {
            result.name: error_payload(result.error)
            if result.value is None
            else report_data(subject, result.value, options_of(result.project))
            for result in results
        }
        console.data(json_document({"environments": payloads}))
    else:
        for result in results:
            if result.error is not None:
                console.heading(f"── {result.name}")
                print_error(result.error, console)
            elif result.value is not None:
                text = render_report(subject, format_name, result.value, options_of(result.project))
                console.data(_under_heading(result.name, text, console, markdown=format_name == "markdown"))
        console.data(_summary_text(results, summary, markdown=format_name == "markdown"))


def _under_heading(name: str, text: str, console: Console, *, markdown: bool) -> str:
    heading = f"## {name}\n" if markdown else console.style(f"── {name}", "cyan", bold=True)
    # Some texts begin or end with empty lines; under headings each is set apart by exactly one.
    return f"{heading}\n{text.strip(chr(10))}\n\n"


def _summary_text(results: Sequence[EnvironmentResult[P, T]], summary: Summary[T], *, markdown: bool) -> str:
    head, cells_of = summary
    failed = ("failed", *[""] * (len(head) - 1))
    rows = [
        (result.name, *(failed if result.value is None else map(str, cells_of(result.value)))) for result in results
    ]
    titles = ("environment", *head)
    # Imported late: most commands write no Markdown.
    from provisioner.reports.markdown_table import markdown_table

    return "\n".join(markdown_table(titles, rows) if markdown else aligned_lines([titles, *rows])) + "\n"
