"""A check's documentation, read from its docstring in the fixed form summary / Why / Wrong / Right / Source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from provisioner.diagnostics import Severity

_SECTION = r"(?m)^(Why|Wrong|Right|Source):[ \t]*"


@dataclass(frozen=True, slots=True)
class Page:
    """What `explain` prints and SARIF carries. `wrong` and `right` are pieces of a manifest, as YAML."""

    code: str
    name: str
    severity: Severity
    summary: str
    why: str | None = None
    wrong: str | None = None
    right: str | None = None
    source: str | None = None

    def json(self) -> dict[str, Any]:
        """The page as plain values."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "summary": self.summary,
            "why": self.why,
            "wrong": self.wrong,
            "right": self.right,
            "source": self.source,
        }

    def text(self) -> str:
        """The page for a terminal."""
        import textwrap

        parts = [f"{self.code}  {self.name}  ({self.severity})", "", self.summary]
        if self.why:
            parts += ["", "Why: " + self.why]
        for title, example in (("Wrong", self.wrong), ("Right", self.right)):
            if example:
                parts += ["", f"{title}:", textwrap.indent(example, "  ")]
        if self.source:
            parts += ["", f"Source: {self.source}"]
        return "\n".join(parts) + "\n"


def page(code: str, name: str, severity: Severity, docstring: str) -> Page:
    """The page that a docstring holds. Sections may be missing; a summary may not (ValueError)."""
    import inspect

    text = inspect.cleandoc(docstring)
    marks = list(re.finditer(_SECTION, text))
    summary = " ".join(text[: marks[0].start() if marks else len(text)].split())
    if not summary:
        raise ValueError(f"{name} has no summary in its docstring")
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    found = {mark[1].lower(): text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)}
    return Page(
        code,
        name,
        severity,
        summary,
        why=_prose(found.get("why")),
        wrong=_example(found.get("wrong")),
        right=_example(found.get("right")),
        source=_prose(found.get("source")),
    )


def _prose(section: str | None) -> str | None:
    return " ".join(section.split()) if section else None


def _example(section: str | None) -> str | None:
    """One line between backticks, or a block indented below the title."""
    if section is None:
        return None
    import textwrap

    line = section.strip()
    if line.startswith("`") and line.endswith("`"):
        return line[1:-1]
    return textwrap.dedent(section.strip("\n")).rstrip()
