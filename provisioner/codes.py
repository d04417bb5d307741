"""A code of a finding: its severity, and the page that explains it, as text and in its sections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.diagnostics import Severity
from provisioner.fact_evidence import Evidence, describe_evidence

_SECTION_HEADING = r"(?m)^(Why|Wrong|Right|Source):[ \t]*"


@dataclass(frozen=True, slots=True)
class Code:
    """One code: the usual severity of its findings (the highest where it varies), and its page.

    A page is a summary, then sections `Why:`, `Wrong:`, `Right:` and `Source:` as far as they apply.
    """

    code: str
    severity: Severity
    page: str


def code_table(*codes: Code) -> Mapping[str, Code]:
    """The codes of one room by their names. Raises ValueError for a code that stands twice."""
    by_name = {code.code: code for code in codes}
    if len(by_name) < len(codes):
        raise ValueError(f"a code stands twice among {', '.join(code.code for code in codes)}")
    return by_name


@dataclass(frozen=True, slots=True)
class CodePage:
    """The documentation of one code. `wrong` and `right` are pieces of a manifest, as YAML.

    `checked` is when the facts behind it were last compared with their sources, as ISO text; `evidence` pairs a word of
    the facts with what a source says of it, newest first. Both are empty where the code rests on no such facts.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    why: str | None = None
    wrong: str | None = None
    right: str | None = None
    source: str | None = None
    checked: str | None = None
    evidence: tuple[tuple[str, Evidence], ...] = ()

    def json(self) -> dict[str, Any]:
        """The public shape of `explain --format json`, without its version."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "summary": self.summary,
            "why": self.why,
            "wrong": self.wrong,
            "right": self.right,
            "source": self.source,
            "checked": self.checked,
            "evidence": [{"subject": subject, **entry.json()} for subject, entry in self.evidence],
        }

    def text(self) -> str:
        """The page for a terminal."""
        # textwrap and inspect cost milliseconds of start-up, and most runs show no page.
        import textwrap

        parts = [f"{self.code}  {self.name}  ({self.severity})", "", self.summary]
        if self.why:
            parts += ["", "Why: " + self.why]
        for title, example in (("Wrong", self.wrong), ("Right", self.right)):
            if example:
                parts += ["", f"{title}:", textwrap.indent(example, "  ")]
        if self.source:
            parts += ["", f"Source: {self.source}"]
        if self.checked:
            parts += ["", f"Facts checked: {self.checked}"]
        if self.evidence:
            entries = [f"{subject}: {describe_evidence(entry)}" for subject, entry in self.evidence]
            parts += ["", "Evidence:"]
            parts += [textwrap.fill(line, 116, initial_indent="  ", subsequent_indent="    ") for line in entries]
        return "\n".join(parts) + "\n"


def parse_page(code: Code, name: str) -> CodePage:
    """Parse the page of a code; `name` is its title. Raises ValueError where the text has no summary."""
    import inspect

    text = inspect.cleandoc(code.page)
    headings = list(re.finditer(_SECTION_HEADING, text))
    summary = " ".join(text[: headings[0].start() if headings else len(text)].split())
    if not summary:
        raise ValueError(f"{name} has no summary in its docstring")
    ends = [*(heading.start() for heading in headings[1:]), len(text)][: len(headings)]
    sections = {heading[1].lower(): text[heading.end() : end] for heading, end in zip(headings, ends, strict=True)}
    return CodePage(
        code.code,
        name,
        code.severity,
        summary,
        why=_parse_prose(sections.get("why")),
        wrong=_parse_example(sections.get("wrong")),
        right=_parse_example(sections.get("right")),
        source=_parse_prose(sections.get("source")),
    )


def _parse_prose(section: str | None) -> str | None:
    return " ".join(section.split()) if section else None


def _parse_example(section: str | None) -> str | None:
    """One line between backticks, or a block indented below the title."""
    if section is None:
        return None
    import textwrap

    line = section.strip()
    if line.startswith("`") and line.endswith("`"):
        return line[1:-1]
    return textwrap.dedent(section.strip("\n")).rstrip()
