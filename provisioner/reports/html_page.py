"""A report as one HTML file: no script, no request to anywhere, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provisioner._version import __version__
from provisioner.package_data import data_directory
from provisioner.reports.text_table import format_cell
from provisioner.text import escape_invisible


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence at the top of a page: whether all is well, a command to copy, and reasons."""

    kind: Literal["good", "warn", "bad"]
    text: str
    command: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page: the template in `templates/reports`, its title, and the variables that the template names."""

    template: str
    title: str
    variables: Mapping[str, Any]


def html_document(page: HtmlPage) -> str:
    """The text of the file."""
    # Imported late: no other format needs the template engine.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(data_directory("templates") / "reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    template = environment.get_template(page.template)
    return template.render(title=page.title, foot=f"provisioner {__version__}", **page.variables) + "\n"


def cell_text(value: Any) -> str:
    """A JSON value as the whole text of a table's cell."""
    return format_cell(value, width=None)


def _visible(value: Any) -> Any:
    """Text with its invisible characters written as their code points; escaping comes after."""
    # Markup that a macro gave has been through here already.
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return escape_invisible(value)
