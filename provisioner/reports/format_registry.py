"""The formats of every command: `FORMATS[subject][name]`, from which options, documentation and tests read.

A subject is a command; its results are shown by views, which stand in the room that makes them. A format is a file in
`formats/`: it names the view that it writes, and every subject that has the view has the format. Views and formats are
named here and imported on use, so that no command pays for another's.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from typing import Any

from provisioner.reports.report_format import DEFAULT_OPTIONS, ReportFormat, ReportOptions, Views

_COMMON_FORMATS = "provisioner.reports.formats"
Report = Callable[..., Any]
"""`report(result, options)`: the text that the command prints; for `render` the texts of files."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Where the views of a command's result stand (`module:name`), which there are, and its formats of its own.

    `formats` is a package of formats that only this command has.
    """

    location: str
    views: frozenset[str]
    formats: str | None = None

    def load(self) -> Any:
        """The views at the location; imports the room that makes them."""
        module, _, name = self.location.partition(":")
        return getattr(import_module(module), name)


def _subject(location: str, views: str, formats: str | None = None) -> Subject:
    return Subject(location, frozenset(views.split()), formats)


SUBJECTS: Mapping[str, Subject] = {
    "validate": _subject(
        "provisioner.reports.diagnostics_report:VIEWS", "text data diagnostics junit_suite annotations"
    ),
    "test": _subject("provisioner.transform_tests.report:VIEWS", "text data junit_suite annotations page"),
    "plan": _subject("provisioner.plan.report:VIEWS", "text data markdown document page"),
    "apply": _subject("provisioner.apply.report:APPLY_VIEWS", "text data"),
    "verify": _subject("provisioner.verify.report:VIEWS", "text data junit_suite page"),
    "send": _subject("provisioner.send.report:VIEWS", "text data"),
    "up": _subject("provisioner.apply.report:UP_VIEWS", "text data"),
    "outputs": _subject(
        "provisioner.reports.sender_report:VIEWS", "text data sender", "provisioner.reports.sender_formats"
    ),
    "drift": _subject(
        "provisioner.plan.drift_report:VIEWS", "text data markdown document diagnostics junit_suite page"
    ),
    "doctor": _subject("provisioner.doctor.report:VIEWS", "text data"),
    "render": _subject("provisioner.render.format:VIEWS", "resources", "provisioner.render.file_formats"),
    "graph": _subject("provisioner.pipeline_graph.report:VIEWS", "picture data", "provisioner.pipeline_graph.formats"),
    "import": _subject("provisioner.reports.document_views:MANIFEST_VIEWS", "yaml"),
    "schema": _subject("provisioner.reports.document_views:SCHEMA_VIEWS", "json_schema"),
    "emulator status": _subject("provisioner.emulator.status_report:VIEWS", "text data"),
    "destroy": _subject("provisioner.apply.report:DESTROY_VIEWS", "text data"),
    "log": _subject("provisioner.apply.journal:VIEWS", "text data"),
    "calibrate": _subject("provisioner.calibration.report:VIEWS", "text data yaml"),
    "explain": _subject("provisioner.reports.code_report:PAGE_VIEWS", "text data"),
    "rules": _subject("provisioner.reports.code_report:LIST_VIEWS", "text data"),
}
"""The commands whose result has formats. Their rooms may come later than this one: they are named, not imported."""


@cache
def report_formats(subject: str) -> tuple[ReportFormat, ...]:
    """The formats of a subject, in the order of the choices: the first is the default. Raises KeyError."""
    entry = SUBJECTS[subject]
    packages = [_COMMON_FORMATS, *([entry.formats] if entry.formats else [])]
    formats = [candidate for package in packages for candidate in _formats_in(package) if candidate.view in entry.views]
    return tuple(sorted(formats, key=lambda one: (one.position, one.name)))


@cache
def _formats_in(package: str) -> tuple[ReportFormat, ...]:
    """Every format that a module of the package defines."""
    folder = import_module(package).__path__
    modules = [import_module(f"{package}.{name}") for _, name, _ in pkgutil.iter_modules(folder)]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, ReportFormat))


@cache
def subject_views(subject: str) -> Views[Any]:
    """The views of a subject's result; imports the room that makes it."""
    views: Views[Any] = SUBJECTS[subject].load()
    return views


class _Formats(Mapping[str, Mapping[str, Report]]):
    """The mapping `FORMATS`, filled when it is read."""

    def __getitem__(self, subject: str) -> Mapping[str, Report]:
        return {one.name: partial(_write_report, subject, one) for one in report_formats(subject)}

    def __iter__(self) -> Iterator[str]:
        return iter(SUBJECTS)

    def __len__(self) -> int:
        return len(SUBJECTS)


FORMATS: Mapping[str, Mapping[str, Report]] = _Formats()
"""Subject → name of the format → `report(result, options)`."""


def _write_report(subject: str, form: ReportFormat, result: Any, options: ReportOptions = DEFAULT_OPTIONS) -> Any:
    return form.write(subject_views(subject)[form.view](result, options))


def render_report(subject: str, format_name: str, result: Any, options: ReportOptions = DEFAULT_OPTIONS) -> str:
    """A command's result in one of its formats. Raises KeyError for a subject or format that there is not."""
    text: str = FORMATS[subject][format_name](result, options)
    return text


def report_data(subject: str, result: Any, options: ReportOptions = DEFAULT_OPTIONS) -> dict[str, Any]:
    """A command's result as JSON values, to stand in the document of another command."""
    data: dict[str, Any] = subject_views(subject)["data"](result, options)
    return data
