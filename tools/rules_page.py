"""Makes docs/rules.md from the rules; `python -m tools.rules_page` rewrites it."""

from __future__ import annotations

import textwrap

from provisioner import validate
from provisioner.validate import Page
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "rules.md"

INTRODUCTION = """\
# The checks

`provisioner validate` runs every check below over the manifest and each of its environments, without any network.
This page is made from the checks themselves (`python -m tools.rules_page`); `provisioner explain CODE` prints one.

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
```

What stops the manifest from being read at all can be neither ignored nor silenced.

## Checks of your own

A package adds checks through the entry point group `provisioner.rules`. Each entry point names a rule, or a module that
holds some. A rule is a function over one part of the manifest (`Manifest`, `Workspace`, `Endpoint`, `Table`, `Stream`,
`Flow`, `Dcr` or `Grant` of `provisioner.model`); it yields findings and never raises:

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


def page() -> str:
    """The whole document."""
    pages = validate.pages()
    table = "| code | severity | what holds |\n| --- | --- | --- |\n"
    table += "".join(f"| [{each.code}](#{each.code.lower()}) | {each.severity} | {each.summary} |\n" for each in pages)
    return INTRODUCTION.replace("{example}", EXAMPLE) + table + "".join(_entry(each) for each in pages)


def _entry(page: Page) -> str:
    parts = [f"\n### {page.code}\n\n`{page.name}` · {page.severity}\n\n{page.summary}\n"]
    if page.why:
        parts.append("\n" + textwrap.fill(f"Why: {page.why}", 118, break_long_words=False) + "\n")
    for title, example in (("Wrong", page.wrong), ("Right", page.right)):
        if example:
            parts.append(f"\n{title}:\n\n```yaml\n{example}\n```\n")
    if page.source:
        parts.append(f"\nSource: {page.source}\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
