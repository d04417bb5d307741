"""The pipelines are what their services take: checked by the schemas that check-jsonschema carries along."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from tests.support.paths import ROOT

GITOPS = (ROOT / "docs" / "gitops.md").read_text(encoding="utf-8")
GITLAB_HEAD, GITLAB_JOBS = (ROOT / "gitlab" / "provisioner.yml").read_text(encoding="utf-8").split("\n---\n")


def example(heading: str) -> str:
    """The first YAML block of a section of the page."""
    section = GITOPS.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.search(r"```yaml\n(.*?)```", section, re.DOTALL)[1]


FILES = {
    "github-actions": (ROOT / "action.yml").read_text(encoding="utf-8"),
    "github-workflows": example("GitHub"),
    "azure-pipelines": (ROOT / "azure-pipelines" / "provisioner.yml").read_text(encoding="utf-8"),
    "azure-pipelines example": example("Azure Pipelines"),
    "gitlab-ci head": GITLAB_HEAD,
    "gitlab-ci jobs": GITLAB_JOBS,
    "gitlab-ci example": example("GitLab"),
}


def checked(schema: str, text: str, folder) -> subprocess.CompletedProcess[str]:
    file = folder / "pipeline.yml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema.split(maxsplit=1)[0]}"]
    # The schema of Azure Pipelines has patterns that the stricter reading of regular expressions refuses.
    command += ["--regex-variant", "nonunicode"]
    transform = ["--data-transform", "gitlab-ci"] if schema.startswith("gitlab") else []
    return subprocess.run([*command, *transform, str(file)], capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("schema", FILES)
def test_a_pipeline_fits_the_schema_of_its_service(schema, tmp_path):
    done = checked(schema, FILES[schema], tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_schema_notices_a_key_that_no_service_has(tmp_path):
    assert checked("gitlab-ci", yaml.safe_dump({"job": {"script": ["true"], "scrpt": 1}}), tmp_path).returncode != 0


def test_the_example_of_gitlab_gives_only_inputs_that_exist():
    [entry] = yaml.safe_load(FILES["gitlab-ci example"])["include"]
    declared = yaml.safe_load(GITLAB_HEAD)["spec"]["inputs"]
    assert set(entry["inputs"]) <= set(declared)
    assert {name for name, one in declared.items() if "default" not in one} <= set(entry["inputs"])
