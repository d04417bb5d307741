"""A large project is bound in pieces, between which requests are answered; the checks then find all of it done."""

from __future__ import annotations

import pytest

from provisioner.language.language_workspace import LanguageWorkspace
from provisioner.lsp import background_binding
from provisioner.lsp.background_binding import BackgroundBinding
from tests.support.kql_places import HEAD

STREAM = """\
  Custom-S{number}:
    columns: {{placed: datetime}}
    table: Orders_CL
    transform: source | project TimeGenerated = placed, OrderId = 'n{number}', Amount = 1.0
"""
COUNT = 5


@pytest.fixture
def project(tmp_path):
    text = HEAD + "streams:\n" + "".join(STREAM.format(number=number) for number in range(COUNT))
    (tmp_path / "provisioner.yaml").write_text(text, "utf-8")
    workspace = LanguageWorkspace((tmp_path,))
    workspace.open_folders()
    (project,) = workspace.projects()
    return project


def test_each_piece_binds_some_and_the_checks_bind_no_more(project, monkeypatch):
    monkeypatch.setattr(background_binding, "_SLICE_SECONDS", -1)
    binding = BackgroundBinding()
    analysis = project.analysis
    counts = []
    while not binding.advance([analysis]):
        counts.append(analysis.transforms.count)
    assert counts == list(range(1, COUNT + 1))
    monkeypatch.setattr(type(analysis.transforms), "_bind", lambda *_: pytest.fail("bound by a check"))
    assert analysis.diagnostics == ()


def test_a_change_starts_anew_and_finds_what_it_shares_done(project, monkeypatch):
    monkeypatch.setattr(background_binding, "_SLICE_SECONDS", -1)
    binding = BackgroundBinding()
    assert binding.advance([project.analysis]) is False
    project.buffers.set_text(project.manifest_file, project.manifest_file.read_text("utf-8").replace("'n4'", "'other'"))
    changed = project.analysis
    while not binding.advance([changed]):
        continue
    assert changed.transforms.count == COUNT
    assert binding.advance([changed]) is True
