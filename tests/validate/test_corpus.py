"""Published connectors, written as manifests, against the findings that a reader has judged."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from provisioner import load, validate
from tests.support.corpus import CORPUS, connectors, manifest
from tests.support.paths import CASES

GOLDEN = CASES / "corpus_findings.yaml"
BY_THE_WAY = ("MAN006",)
"""Codes that say nothing about the connector: its types are spelled as Azure does, not as the manifest does."""

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside the checkout")


def findings(folder: Path, record: dict) -> list[str]:
    path = folder / f"{record['id']}.yaml"
    path.write_text(json.dumps(manifest(record), ensure_ascii=False), encoding="utf-8")  # JSON is YAML
    told = validate.check(load.document(path))
    lines = [f"{each.severity} {each.code} {each.message}" for each in told if each.code not in BY_THE_WAY]
    counts = Counter(lines)  # in the order of their first place
    return [line if count == 1 else f"{line} ({count} times)" for line, count in counts.items()]


def test_the_findings_in_published_connectors_are_those_that_were_judged(tmp_path):
    """Rewrite with `python -m tests.validate.test_corpus` and read the difference."""
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    for record in connectors():
        assert findings(tmp_path, record) == golden.get(record["id"], []), record["id"]


def _write() -> None:
    import tempfile

    parts = ["# What validate says of published connectors; those without a finding are left out.\n"]
    with tempfile.TemporaryDirectory() as folder:
        for record in connectors():
            told = findings(Path(folder), record)
            if told:
                parts.append(f"\n# {record['source_repo_path']}\n")
                parts.append(yaml.safe_dump({record["id"]: told}, width=1000, allow_unicode=True))
    GOLDEN.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    _write()
