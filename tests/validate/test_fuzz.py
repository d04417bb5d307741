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
from provisioner.validate import report, source_files
from tests.support.mutants import VALID, mutants
from tests.support.paths import EXAMPLES

SOURCES = sorted(EXAMPLES.glob("*/provisioner.yaml"))
SCRAPS = [
    "", "~", "null", "{}", "[]", "[", "}", "- ", ": ", "\t", "#", "*a", "&a ", "<<: ", "$(", "$(x)", "'", '"', "|", ">",
    "999999999999999999999", "-1", ".inf", "true", "2026-01-01", "\x00", "é", "😀", "\r\n", "_CL", "Custom-", "guid",
    "source |", "!!str ", "%YAML 1.1\n", "---\n", "\ufeff", "  ", "tables:\n", "streams: 5\n", "$$", "\u2028",
]  # fmt: skip


def broken(text: str, seed: int, blows: int) -> str:
    """The text with words dropped, doubled, exchanged or replaced by scraps."""
    chance = random.Random(seed)
    for _ in range(blows):
        words = [match.span() for match in re.finditer(r"[\w$().-]+|[^\w\s]|\n *", text)] or [(0, 0)]
        start, end = chance.choice(words)
        other = chance.choice(words)
        new = chance.choice([chance.choice(SCRAPS), text[start:end] * 2, text[other[0] : other[1]]])
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
    told = validate.check_all(path, {})
    lines = source_files.lines(str(path)) or [""]
    for each in told:
        assert each.message
        assert each.place is not None
        if each.place.file.endswith(path.name):
            assert 1 <= each.place.line <= len(lines), each
            assert 1 <= each.place.column <= len(lines[each.place.line - 1]) + 1, each
    for form in (report.json, report.sarif, report.junit):
        assert form(told)
    assert report.text(told, source_files.lines)
    shown, _ = source_files.mend(told, None)
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
    before = validate.check_all(path, {})
    _, made = source_files.mend(before, lambda: validate.check_all(path, {}))
    after = validate.check_all(path, {})
    assert made < 50
    assert not {each.code for each in after if each.code.startswith("YAML")} - {each.code for each in before}


def _never_worse(path: Path) -> None:
    before = validate.check_all(path, {})
    _, made = source_files.mend(before, lambda: validate.check_all(path, {}))
    after = validate.check_all(path, {})
    errors = [sum(each.severity == "error" for each in told) for told in (before, after)]
    assert errors[1] <= errors[0]
    assert bool(made) == any(each.fix for each in before)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_any_value_anywhere_is_told_or_taken(data):
    """Every place of a whole manifest takes any JSON value without a traceback."""
    import copy
    import json
    import tempfile

    tree = copy.deepcopy(VALID)
    at, key = tree, data.draw(st.sampled_from(list(tree)))
    while isinstance(at[key], (dict, list)) and at[key] and data.draw(st.booleans()):
        at = at[key]
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    at[key] = data.draw(
        st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "provisioner.yaml"
        path.write_text(json.dumps(tree), encoding="utf-8")
        assert all(each.place for each in validate.check_all(path, {}))
