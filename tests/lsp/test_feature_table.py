"""The table of requests, and a start that loads none of their handlers."""

from __future__ import annotations

import inspect
import sys
from typing import get_args

import pytest

from provisioner.language.code_actions import ActionKind
from provisioner.lsp.feature_table import FEATURES
from tests.support.kql_places import HEAD
from tests.support.lsp_client import LspClient


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.method)
def test_each_request_has_a_handler_of_a_file_and_its_parameters(feature):
    assert len(inspect.signature(feature.function).parameters) == 2


def test_the_client_is_told_every_kind_of_code_action():
    (options,) = [feature.options for feature in FEATURES if feature.method == "textDocument/codeAction"]
    assert {kind.value for kind in options.code_action_kinds} == set(get_args(ActionKind))


def test_the_first_findings_load_no_handler_and_switch_the_collector_on(tmp_path):
    code = (
        "import atexit, gc, sys\n"
        "def tell():\n"
        "    loaded = [name for name in sys.modules if name.startswith('provisioner.lsp.') and 'features' in name]\n"
        "    print(gc.isenabled(), sorted(loaded), file=sys.stderr)\n"
        "atexit.register(tell)\n"
        "from provisioner.cli.main import run\n"
        "sys.exit(run(['lsp', '-q']))\n"
    )
    path = tmp_path / "provisioner.yaml"
    path.write_text(HEAD.replace("version: 1", "version: 2"), "utf-8")
    client = LspClient(tmp_path, command=[sys.executable, "-c", code])
    client.open(path)
    assert client.published(path)
    assert client.close() == 0
    loaded = "['provisioner.lsp.document_features', 'provisioner.lsp.workspace_features']"
    assert "".join(client.stderr) == f"True {loaded}\n"
