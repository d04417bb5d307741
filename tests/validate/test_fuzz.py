"""Whatever is done to a manifest: no traceback, always a position, and fixes that stay inside the files."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner import validate
from provisioner.reports.format_registry import FORMATS
from provisioner.validate import source_files
from tests.support.mutants import VALID, mutants
from tests.support.paths import EXAMPLES

SOURCES = sorted(EXAMPLES.glob("*/provisioner.yaml"))
SCRAPS = [
    "", "~", "null", "{}", "[]", "[", "}", "- ", ": ", "\t", "#", "*a", "&a ", "<<: ", "$(", "$(x)", "'", '"', "|", ">",
    "999999999999999999999", "-1", ".inf", "true", "2026-01-01", "\x00", "é", "😀", "\r\n", "_CL", "Custom-", "guid",
    "source |", "!!str ", "%YAML 1.1\n", "---\n", "\ufeff", "  ", "tables:\n", "streams: 5\n", "$$", "\u2028",
]  # fmt: skip


def broken(text: str, seed: int, damages: int) -> str:
    """The text with words dropped, doubled, exchanged or replaced by scraps."""
    randomness = random.Random(seed)
    for _ in range(damages):
        token_spans = [match.span() for match in re.finditer(r"[\w$().-]+|[^\w\s]|\n *", text)] or [(0, 0)]
        start, end = randomness.choice(token_spans)
        other = randomness.choice(token_spans)
        new = randomness.choice([randomness.choice(SCRAPS), text[start:end] * 2, text[other[0] : other[1]]])
        text = text[:start] + new + text[end:]
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=st.sampled_from(SOURCES), seed=st.integers(0, 2**32), blows=st.integers(1, 6))
def test_a_broken_manifest_gives_findings_with_positions(source: Path, seed: int, blows: int, folder):
    path = folder / "provisioner.yaml"
    path.write_bytes(broken(source.read_text(encoding="utf-8"), seed, blows).encode("utf-8", "replace"))
    diagnostics = validate.check_all_environments(path, {})
    lines = source_files.source_lines(str(path)) or [""]
    for diagnostic in diagnostics:
        assert diagnostic.message
        assert diagnostic.place is not None
        if diagnostic.place.file.endswith(path.name):
            assert 1 <= diagnostic.place.line <= len(lines), diagnostic
            assert 1 <= diagnostic.place.column <= len(lines[diagnostic.place.line - 1]) + 1, diagnostic
    for report in FORMATS["validate"].values():
        # Azure Pipelines has no command for a remark.
        assert report(diagnostics) or all(diagnostic.severity == "info" for diagnostic in diagnostics)
    shown, _ = source_files.fix_source_files(diagnostics, None)
    assert isinstance(shown, str)


@settings(deadline=None, max_examples=40)
@given(mutant=st.sampled_from([tree for _, tree in mutants()]))
def test_fixing_a_mutant_never_makes_it_worse(mutant, folder):
    """As many errors as before at most, and no fix left that could be made."""
    path = folder / "mutant.yaml"
    path.write_text(yaml.safe_dump(mutant, sort_keys=False, allow_unicode=True), encoding="utf-8")
    _never_worse(path)


@settings(deadline=None, max_examples=60)
@given(source=st.sampled_from(SOURCES), seed=st.integers(0, 2**32), blows=st.integers(1, 4))
def test_fixing_a_broken_manifest_never_makes_it_worse(source, seed, blows, folder):
    """A fix may bring to light what an error hid; it never breaks the file."""
    path = folder / "broken.yaml"
    path.write_bytes(broken(source.read_text(encoding="utf-8"), seed, blows).encode("utf-8", "replace"))
    before = validate.check_all_environments(path, {})
    _, applied = source_files.fix_source_files(before, lambda: validate.check_all_environments(path, {}))
    after = validate.check_all_environments(path, {})
    assert applied < 50
    assert not {diagnostic.code for diagnostic in after if diagnostic.code.startswith("YAML")} - {
        diagnostic.code for diagnostic in before
    }


def _never_worse(path: Path) -> None:
    before = validate.check_all_environments(path, {})
    _, applied = source_files.fix_source_files(before, lambda: validate.check_all_environments(path, {}))
    after = validate.check_all_environments(path, {})
    errors = [sum(diagnostic.severity == "error" for diagnostic in diagnostics) for diagnostics in (before, after)]
    assert errors[1] <= errors[0]
    assert bool(applied) == any(diagnostic.fix for diagnostic in before)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_any_value_anywhere_is_told_or_taken(data):
    """Every place of a whole manifest takes any JSON value without a traceback."""
    import copy
    import json
    import tempfile

    tree = copy.deepcopy(VALID)
    node, key = tree, data.draw(st.sampled_from(list(tree)))
    while isinstance(node[key], (dict, list)) and node[key] and data.draw(st.booleans()):
        node = node[key]
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    node[key] = data.draw(
        st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "provisioner.yaml"
        path.write_text(json.dumps(tree), encoding="utf-8")
        assert all(diagnostic.place for diagnostic in validate.check_all_environments(path, {}))
