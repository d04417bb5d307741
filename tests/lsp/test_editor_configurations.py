"""The configurations for editors that no test can start: they can be read, and name the command and the settings."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from provisioner.lsp.server_settings import ServerSettings
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "editors.md").read_text("utf-8")


def blocks(heading, language):
    """The pieces of one language under a heading of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def test_helix():
    (text,) = blocks("Helix", "toml")
    configuration = tomllib.loads(text)
    server = configuration["language-server"]["provisioner"]
    assert [server["command"], *server["args"]] == ["provisioner", "lsp", "-q"]
    assert {language["name"] for language in configuration["language"]} == {"yaml", "kql"}
    assert all("provisioner" in language["language-servers"] for language in configuration["language"])


def test_zed():
    (text,) = blocks("Zed", "json")
    settings = json.loads(text)
    extension = tomllib.loads((ROOT / "editors" / "zed" / "extension.toml").read_text("utf-8"))
    (name,) = extension["language_servers"]
    assert extension["language_servers"][name]["languages"] == ["YAML"]
    assert name in settings["languages"]["YAML"]["language_servers"]
    assert ServerSettings.from_client(settings["lsp"][name]["initialization_options"]).inlay_hints is True
    crate = tomllib.loads((ROOT / "editors" / "zed" / "Cargo.toml").read_text("utf-8"))
    assert crate["lib"]["crate-type"] == ["cdylib"]
    source = (ROOT / "editors" / "zed" / "src" / "lib.rs").read_text("utf-8")
    assert 'which("provisioner")' in source
    assert re.findall(r'"([^"]+)"\.to_string\(\)', source) == ["lsp", "-q"]


@pytest.mark.parametrize("words", ["provisioner lsp -q", "*.yaml;*.yml", "`*.kql`"])
def test_jetbrains(words):
    section = PAGE.partition("\n## JetBrains\n")[2].partition("\n## ")[0]
    assert words in section
