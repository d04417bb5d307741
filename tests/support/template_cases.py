"""The text cases under cases/template: read here, run by the tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.paths import CASES

TEMPLATE_CASES = CASES / "template"


@dataclass
class ExpressionCase:
    """An expression, without brackets, and lines `word: rest` of what it is given and what comes of it."""

    text: str
    lines: dict[str, str] = field(default_factory=dict)

    def json(self, word: str) -> Any:
        return json.loads(self.lines.get(word, "{}"))


@dataclass
class DeploymentCase:
    """A template with its sections: parameters, scope, and resources, outputs or error that come of it."""

    title: str
    sections: dict[str, str] = field(default_factory=dict)

    def json(self, name: str) -> Any:
        return json.loads(self.sections.get(name) or "{}")

    def lines(self, name: str) -> list[str]:
        return [line.strip() for line in self.sections[name].splitlines() if line.strip()]


def expression_cases(path: Path) -> list[ExpressionCase]:
    """The cases of one file, in order: see its head."""
    cases: list[ExpressionCase] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("  "):
            word, _, rest = line.strip().partition(": ")
            cases[-1].lines[word] = rest
        else:
            cases.append(ExpressionCase(line))
    return cases


def deployment_cases(path: Path) -> list[DeploymentCase]:
    """The cases of one file: `=== title`, then sections that begin with `--- name`; the first one is the template."""
    cases: list[DeploymentCase] = []
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("=== "):
            cases.append(DeploymentCase(line[4:]))
            name = "template"
        elif line.startswith("--- "):
            name = line[4:].strip()
            cases[-1].sections[name] = ""
        elif cases:
            cases[-1].sections[name] = cases[-1].sections.get(name, "") + line + "\n"
    return cases
