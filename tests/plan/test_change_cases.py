"""Plans as a reviewer reads them: a manifest before and after, and what `plan` says of it as text and as Markdown.

A case is a folder of `tests/cases/plan/changes`: `before.yaml` and `after.yaml` (without the keys that every manifest
needs), `plan.txt` and `plan.md`. Add a folder with the first two, run `python -m tests.plan.test_change_cases --write`,
and read what it writes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from provisioner.plan import PlanOptions
from provisioner.plan.report import VIEWS
from provisioner.reports.report_format import ReportOptions
from tests.support.manifests import complete_manifest
from tests.support.offline_plans import plan_between
from tests.support.paths import CASES

FOLDERS = sorted(path.parent for path in (CASES / "plan/changes").glob("*/after.yaml"))
FORMS = {"plan.txt": "text", "plan.md": "markdown"}


def planned(folder: Path, work: Path):
    """The plan of a case; its manifests are completed in `work`."""
    paths = []
    for side in ("before", "after"):
        (work / side).mkdir(exist_ok=True)
        paths.append(work / side / "provisioner.yaml")
        paths[-1].write_text(complete_manifest((folder / f"{side}.yaml").read_text("utf-8")), "utf-8")
    options = folder / "options.txt"
    allow = tuple(options.read_text("utf-8").split()) if options.exists() else ()
    return plan_between(*paths, PlanOptions(allow=allow))


def shown(folder: Path, work: Path) -> dict[str, str]:
    """File of the case → what the plan looks like."""
    plan = planned(folder, work)
    return {name: VIEWS[view](plan, ReportOptions()) for name, view in FORMS.items()}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_plan_reads_as_recorded(folder, tmp_path):
    assert shown(folder, tmp_path) == {name: (folder / name).read_text("utf-8") for name in FORMS}


if __name__ == "__main__" and "--write" in sys.argv:
    for case in FOLDERS:
        with tempfile.TemporaryDirectory() as directory:
            for file, text in shown(case, Path(directory)).items():
                (case / file).write_text(text, "utf-8")
