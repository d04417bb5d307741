"""The JSON Schema says what loading takes; judged by an independent validator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from jsonschema import Draft202012Validator

from provisioner import load
from provisioner.load.schema.json_schema import manifest_json_schema
from tests.load.test_load import ALL, Case, marked
from tests.support.paths import ROOT

VALIDATOR = Draft202012Validator(manifest_json_schema())
EXAMPLES = sorted(ROOT.glob("examples/**/provisioner.yaml"))


class Text(yaml.SafeLoader):
    """Reads YAML as 1.2 does: dates and times stay text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, regexp) for tag, regexp in resolvers if "timestamp" not in tag]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def test_it_is_a_valid_schema_of_its_draft():
    Draft202012Validator.check_schema(manifest_json_schema())
    Draft202012Validator.check_schema(manifest_json_schema(included=True))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_validates(path):
    assert list(VALIDATOR.iter_errors(yaml.load(path.read_text(), Text))) == []


def test_the_contracts_whole_manifest_validates():
    assert list(VALIDATOR.iter_errors(yaml.load(WHOLE, Text))) == []


CAUGHT = {"MAN001", "MAN002", "MAN004", "MAN005", "MAN007", "MAN008"}


@pytest.mark.parametrize(
    "case",
    [
        case
        for name, case in ALL
        if name == "structure" and len(case.files) == 1 and {code for code, _ in case.finds} & CAUGHT
    ],
    ids=lambda case: case.title,
)
def test_mistakes_of_structure_are_underlined_in_an_editor_too(case: Case):
    text, _ = marked("x", case.files["provisioner.yaml"])
    if ".nan" in text or "yes" in text:
        pytest.skip("a number and a flag in YAML 1.1, which this test's reader speaks")
    assert list(VALIDATOR.iter_errors(yaml.load(text, Text)))


def test_a_field_of_the_language_has_a_description():
    def descriptions(node):
        if isinstance(node, dict):
            for name, value in node.get("properties", {}).items():
                yield name, value.get("description")
            for value in node.values():
                yield from descriptions(value)

    assert [name for name, text in descriptions(manifest_json_schema()) if not text] == []


WHOLE = """
version: 1
name: webshop
include: [tables/*.yaml]
tags: {team: platform}
variables:
  sender: {description: object id of the sender}
  days: {default: 30}
target: {cloud: public, subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: westeurope}
workspace: {name: law-webshop-$(environment), location: westeurope, retention: $(days)}
endpoint: {name: dce-webshop, public_access: enabled}
tables:
  Orders_CL:
    plan: analytics
    retention: 90
    columns: {TimeGenerated: datetime, Amount: {type: real, description: gross}}
  CommonSecurityLog: {columns: {Tenant_CF: string}}
streams:
  Custom-Orders: Orders_CL
  Custom-More:
    columns: {placed: datetime}
    transform: {file: orders.kql}
    table: Orders_CL
    samples: [{placed: "2026-01-01T10:00:00Z"}]
    tests:
      - {name: one, now: "2026-01-01T10:00:00Z", given: [{placed: x}], expect: {Orders_CL: [{Amount: null}]}}
dcrs: {dcr-webshop: {streams: [Custom-Orders], endpoint: shared}}
grants: {checkout: {principal: $(sender)}}
verify: {send: true}
environments:
  prod:
    target: {location: northeurope}
    tables: {Orders_CL: {retention: null}}
    streams: {Custom-More: {transform: source}}
    variables: {sender: 00000000-0000-0000-0000-000000000000}
    verify: {send: false}
"""


def test_what_the_schema_takes_loading_takes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("orders.kql").write_text("source")
    Path("tables").mkdir()
    Path("tables/a.yaml").write_text("{}")
    Path("provisioner.yaml").write_text(WHOLE)
    assert load.load_document(".", "prod").diagnostics == ()


def test_the_schema_that_an_example_names_is_there():
    named = [(path, re.findall(r"yaml-language-server: \$schema=(\S+)", path.read_text())) for path in EXAMPLES]
    assert any(schemas for _, schemas in named)
    for path, schemas in named:
        for schema in schemas:
            assert (path.parent / schema).resolve() == ROOT / "schemas" / "manifest.schema.json"
