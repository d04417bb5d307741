"""The same command for several environments: at once where it only reads, one after the other where it writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from provisioner.cli.console import Console
from provisioner.errors import InvalidManifest, ProvisionerError

if TYPE_CHECKING:
    from provisioner.project import Project

T = TypeVar("T")
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came of one environment: a value, or the error that stood in the way."""

    project: Project
    value: T | None = None
    error: ProvisionerError | None = None

    @property
    def name(self) -> str:
        """The environment's name; the manifest itself is called `-`."""
        return self.project.environment or "-"


def gather(projects: Sequence[Project], work: Callable[[Project], T]) -> list[Answer[T]]:
    """All of them, some at once. For a single one an error is raised; among several it is one of the answers."""
    if len(projects) == 1:
        return [Answer(projects[0], work(projects[0]))]
    with ThreadPoolExecutor(min(_AT_ONCE, len(projects))) as pool:
        return list(pool.map(lambda project: _answer(project, work), projects))


def follow(projects: Sequence[Project], work: Callable[[Project], T], good: Callable[[T], bool]) -> Iterator[Answer[T]]:
    """One after the other, up to the first that is not good. For a single one an error is raised."""
    for project in projects:
        answer = Answer(project, work(project)) if len(projects) == 1 else _answer(project, work)
        yield answer
        if answer.value is None or not good(answer.value):
            return


def _answer(project: Project, work: Callable[[Project], T]) -> Answer[T]:
    try:
        return Answer(project, work(project))
    except ProvisionerError as error:
        return Answer(project, error=error)


def report(
    answers: Sequence[Answer[T]],
    console: Console,
    form: str,
    texts: Callable[[Answer[T]], str],
    data: Callable[[Answer[T]], dict[str, Any]],
    row: tuple[Sequence[str], Callable[[T], Sequence[Any]]],
) -> None:
    """A single answer as it is; several under their names, with a summary table (`row`: its head, and its cells)."""
    if len(answers) == 1 and answers[0].value is not None:
        console.data(
            json.dumps(data(answers[0]), indent=2, ensure_ascii=False) if form == "json" else texts(answers[0])
        )
        return
    if form == "json":
        found = {each.name: data(each) if each.value is not None else failure(each.error) for each in answers}
        console.data(json.dumps({"version": 1, "environments": found}, indent=2, ensure_ascii=False))
        return
    for each in answers:
        if each.value is not None:
            heading = f"## {each.name}\n" if form == "markdown" else console.style(f"── {each.name}", "cyan", bold=True)
            console.data(f"{heading}\n{texts(each).strip(chr(10))}\n\n")
        elif each.error is not None:
            console.heading(f"── {each.name}")
            told(each.error, console)
    console.data(_summary(answers, row, markdown=form == "markdown"))


def told(error: ProvisionerError, console: Console) -> None:
    """An error as the command line shows it: the diagnostics of an invalid manifest, or what Azure said."""
    if isinstance(error, InvalidManifest):
        from provisioner.validate import source_files
        from provisioner.validate.report import text

        console.say(text(error.diagnostics, source_files.lines, color=console.color))
    else:
        console.error(error)


def failed(error: ProvisionerError, form: str) -> str | None:
    """An error as the whole answer in a format that programs read; None where only words are wanted."""
    if not isinstance(error, InvalidManifest):
        return json.dumps({"version": 1, **failure(error)}, indent=2, ensure_ascii=False) if form == "json" else None
    from provisioner.reports import annotations
    from provisioner.validate import report

    if form in annotations.FORMS:
        return annotations.FORMS[form](annotations.of_findings(error.diagnostics))
    forms = {"json": report.json, "sarif": report.sarif, "junit": report.junit}
    return forms[form](error.diagnostics) if form in forms else None


def failure(error: ProvisionerError | None) -> dict[str, Any]:
    """An error in the place of an answer, with the diagnostics of an invalid manifest."""
    from provisioner.apply.outcome import error_json

    told: dict[str, Any] = {"error": error_json(error)}
    if isinstance(error, InvalidManifest):
        from provisioner.validate import report

        told["diagnostics"] = report.shape(error.diagnostics)["diagnostics"]
    return told


def _summary(
    answers: Sequence[Answer[T]], row: tuple[Sequence[str], Callable[[T], Sequence[Any]]], *, markdown: bool
) -> str:
    head, cells = row
    rows = [["environment", *head]]
    for each in answers:
        filled = (
            [str(cell) for cell in cells(each.value)] if each.value is not None else ["failed", *[""] * (len(head) - 1)]
        )
        rows.append([each.name, *filled])
    if markdown:
        lines = ["| " + " | ".join(cells_) + " |" for cells_ in rows]
        return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]) + "\n"
    widths = [max(len(line[column]) for line in rows) for column in range(len(rows[0]))]
    return (
        "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in rows
        )
        + "\n"
    )
