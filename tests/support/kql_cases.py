"""The text cases under cases/kql: read here, run by the tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.support.paths import CASES

KQL_CASES = CASES / "kql"
_REMARK = re.compile(r"(\w+\d+) at '(.*?)'(?:; hint: ([^;]*))?(?:; fix: (.*))?$")


@dataclass
class Remark:
    code: str
    piece: str
    hint: str | None
    fix: str | None


@dataclass
class Case:
    text: str
    columns: dict[str, str] = field(default_factory=dict)
    dialect: str = "transform"
    gives: list[tuple[str, str]] | None = None
    remarks: list[Remark] = field(default_factory=list)


def read(name: str) -> list[Case]:
    """The cases of one file, in order."""
    lines = (KQL_CASES / name).read_text(encoding="utf-8").splitlines()
    cases: list[Case] = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith("  "):
            cases.append(Case(line))
        else:
            _add(cases[-1], line.strip())
    return cases


def _add(case: Case, line: str) -> None:
    key, _, rest = line.partition(": ")
    if key == "source":
        case.columns = dict(_columns(rest))
    elif key == "dialect":
        case.dialect = rest
    elif key == "gives":
        case.gives = _columns(rest)
    else:
        match = _REMARK.match(line)
        assert match is not None, f"not understood: {line}"
        case.remarks.append(Remark(*match.groups()))


def _columns(text: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, _, kind in (part.rpartition(" ") for part in text.split(", "))]
