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
    diagnostics = validate.check(load.load_document(path))
    lines = [
        f"{diagnostic.severity} {diagnostic.code} {diagnostic.message}"
        for diagnostic in diagnostics
        if diagnostic.code not in BY_THE_WAY
    ]
    counts = Counter(lines)  # in the order of their first place
    return [line if count == 1 else f"{line} ({count} times)" for line, count in counts.items()]


def test_the_findings_in_published_connectors_are_those_that_were_judged(tmp_path):
    """Rewrite with `python -m tests.validate.test_corpus` and read the difference."""
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    for record in connectors():
        assert findings(tmp_path, record) == golden.get(record["id"], []), record["id"]


def test_each_kind_of_remark_that_is_kept_was_judged():
    """Why no working tenant refutes it; a judgement without a remark is left over."""
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    judgements = golden.pop("judged")
    kinds = {" ".join(line.split()[:2]) for lines in golden.values() for line in lines}
    assert judgements.keys() == kinds
    assert all(len(text) > 20 for text in judgements.values())


def _write() -> None:
    import tempfile

    # what a reader has judged stays; a kind of remark without a judgement fails the test
    head, _, _ = GOLDEN.read_text(encoding="utf-8").partition("\n# Azure/")
    parts = [f"{head.rstrip()}\n"]
    with tempfile.TemporaryDirectory() as folder:
        for record in connectors():
            lines = findings(Path(folder), record)
            if lines:
                parts.append(f"\n# {record['source_repo_path']}\n")
                parts.append(yaml.safe_dump({record["id"]: lines}, width=1000, allow_unicode=True))
    GOLDEN.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    _write()
