"""`docs/checks/`: an index and a page for each check, made from the checks themselves."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from provisioner.code_catalogue import check_pages, with_facts
from provisioner.codes import CodePage
from provisioner.fact_evidence import Evidence
from tools.marked_blocks import DOCS

FOLDER = DOCS / "checks"

SUBJECTS = {
    "YAML": "YAML",
    "INC": "Files and includes",
    "MAN": "Keys and values",
    "VAR": "Variables",
    "NAM": "Names",
    "REG": "Regions",
    "RES": "Data collection rules and resources",
    "WKS": "The workspace",
    "TAB": "Tables",
    "STR": "Streams",
    "TRN": "Transforms",
    "KQL": "The transform language",
    "FIT": "Transform and table",
    "MON": "Monitoring",
    "APP": "Applications",
    "GRA": "Grants",
    "SEC": "Secrets",
}
"""What the checks of a code's letters are about, in the order in which a manifest is read."""

INTRODUCTION = """\
# The checks

`provisioner validate` runs every check below over the manifest and each of its environments, without any network.
These pages are made from the checks themselves (`make generate`); `provisioner explain CODE` prints one.

An **error** is what Azure refuses or the language forbids, a **warning** what Azure does in silence or what its
sources dispute, an **info** is good to know. `--strict` makes warnings fail.

A finding that does not hold for all environments names those it holds for: `[prod, test]`; `-` stands for the manifest
without an environment. What only the manifest itself lacks, and every environment gives, is no finding.

## Choosing

`--select` and `--ignore` take codes or their beginnings (`--ignore NAM,TAB003`). On a line, a comment silences a code:

```yaml
tables:
  web-orders_CL:   # provisioner: ignore NAM005 the name is older than we are
```

For a whole project, `.provisioner.toml` beside the manifest or above it (or `[tool.provisioner]` in `pyproject.toml`)
holds the same choices and severities of your own:

```toml
ignore = ["TAB010"]
severity = {TAB015 = "error", RES002 = "info"}
evidence = "documented"
```

`evidence` decides what is taken for allowed where sources disagree, as `--evidence` does: `newest` (the newest of what
a page says and a tenant was seen to do), `undisputed`, or `documented`. [What we know and how](../truth.md) says more.

What stops the manifest from being read at all can be neither ignored nor silenced.

## Checks of your own

A package adds checks through the entry point group `provisioner.rules`. Each entry point names a rule, or a module that
holds some. A rule is a function over one part of the manifest (`Manifest`, `Workspace`, `Endpoint`, `Table`, `Stream`,
`Flow`, `Dcr`, `Application` or `Grant` of `provisioner.model`); it yields findings and never raises:

```python
{example}```

```toml
[project.entry-points."provisioner.rules"]
team = "ourrules.team"
```

`context.error`, `context.warning` and `context.info` take a message and the path below the part (`"columns", name`);
`key=True` points at the key instead of the value, `hint=` says what to do, and `fix=context.change(...)` or
`fix=context.add(...)` lets `--fix` do it.

## All checks

"""

EXAMPLE = '''\
"""A table is named after a team.

Why: the bill is split by table name.
Wrong: `tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}`
Right: `tables: {ShopOrders_CL: {columns: {TimeGenerated: datetime}}}`
"""

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.validate import Context, rule


@rule("OUR001", on=Table, severity="warning")
def team(table: Table, context: Context) -> Iterator[Diagnostic]:
    if not table.name.startswith(("Shop", "Web")):
        yield context.warning(f"no team owns {table.name!r}", key=True, hint="begin with Shop or Web")
'''


def pages() -> dict[Path, str]:
    """The index, and a page for each code."""
    files = {FOLDER / f"{check.code}.md": check_page(with_facts(check)) for check in check_pages()}
    return {FOLDER / "index.md": index_page(), **files}


def pages_by_subject() -> dict[str, list[CodePage]]:
    """The pages of all codes by subject. Raises KeyError for the letters of a code that no subject is written for."""
    subjects: dict[str, list[CodePage]] = {subject: [] for subject in SUBJECTS.values()}
    for check in check_pages():
        subjects[SUBJECTS[check.code.rstrip("0123456789")]].append(check)
    return subjects


def index_page() -> str:
    """How checks are chosen and added, and a table for each subject."""
    return INTRODUCTION.replace("{example}", EXAMPLE) + "\n".join(
        _subject_table(subject, checks) for subject, checks in pages_by_subject().items()
    )


def _subject_table(subject: str, checks: list[CodePage]) -> str:
    rows = "".join(f"| [{check.code}]({check.code}.md) | {check.severity} | {check.summary} |\n" for check in checks)
    return f"### {subject}\n\n| code | severity | what holds |\n| --- | --- | --- |\n{rows}"


def check_page(check: CodePage) -> str:
    """What a check says, why, an example of wrong and right, and its source."""
    parts = [f"# {check.code} {_title(check)}\n\n**{check.severity}**: {check.summary}\n"]
    if check.why:
        parts.append("\n## Why\n\n" + textwrap.fill(_sentence(check.why), 118, break_long_words=False) + "\n")
    for title, example in (("Wrong", check.wrong), ("Right", check.right)):
        if example:
            # An example with code in backticks is a sentence, not a piece of a manifest.
            shown = example if example.startswith("`") else f"```yaml\n{example}\n```"
            parts.append(f"\n## {title}\n\n{shown}\n")
    if check.source:
        linked_source = re.sub(r"https?://[^ ,;]+", r"<\g<0>>", check.source)
        parts.append(f"\n## Source\n\n{linked_source}\n")
    if check.checked:
        parts.append(f"\nThe facts behind this check were last compared with their sources on {check.checked}.\n")
    if check.evidence:
        parts += ["\n## Evidence\n\n", *evidence_table(check.evidence)]
    return "".join(parts)


def evidence_table(evidence: Iterable[tuple[str, Evidence]]) -> Iterator[str]:
    """The lines of a table: what a source says of a word, and when."""
    yield "| of | what | date | source | in its words |\n| --- | --- | --- | --- | --- |\n"
    for subject, entry in evidence:
        source = f"[page]({entry.source})" if entry.source.startswith("http") else entry.source
        cells = (f"`{subject}`", entry.title, entry.date or "unknown", source, entry.words)
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


def _sentence(text: str) -> str:
    """Behind `Why:` a docstring goes on in lower case; below a heading it is a sentence of its own."""
    return text[0].upper() + text[1:]


def _title(check: CodePage) -> str:
    """The name of a rule; what is found while loading or binding bears its room's name, so its summary tells more."""
    return check.summary.removesuffix(".") if check.name in ("load", "kql") else check.name.replace("_", " ")
