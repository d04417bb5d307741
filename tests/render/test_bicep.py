"""Bicep, read back by a parser that is not ours: what it holds is what the definitions say."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pycep import BicepParser

from provisioner.model import Workspace
from provisioner.render import render
from provisioner.render.bicep_syntax import bicep_string, bicep_value
from provisioner.resources import Param, Ref
from provisioner.resources.expand import expand_manifest
from tests.resources.test_resources import SUBSCRIPTION, manifest

ELSEWHERE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-central/providers/Microsoft.OperationalInsights"
# The parser marks what no text of a definition holds.
REFERENCE = "property_accessor"


def parsed(text):
    return BicepParser().parse(text=text)


def files_of(desired):
    return render(desired, expand_manifest(desired), "bicep")


def unescaped(text):
    """A string literal's text, by the rules of Bicep's reference."""
    letters = {"n": "\n", "r": "\r", "t": "\t", "'": "'", "\\": "\\", "$": "$"}
    return re.sub(
        r"\\(?:u\{([0-9a-fA-F]+)\}|(.))", lambda m: chr(int(m[1], 16)) if m[1] else letters[m[2]], text, flags=re.DOTALL
    )


def assert_same(written, declared, location):
    """What the parser read of a body against the definition: texts equal, references and parameters in their places."""
    if isinstance(declared, Ref):
        assert written["operator"]["type"] == REFERENCE
        assert written["operator"]["operands"]["operand_2"] == "id"
    elif isinstance(declared, Param):
        assert written == declared.name
    elif isinstance(declared, dict):
        names = {name.strip("'"): value for name, value in written.items()}
        assert list(names) == list(declared)
        for name, value in declared.items():
            assert_same(names[name], value, location)
    elif isinstance(declared, list):
        assert len(written) == len(declared)
        for one, other in zip(written, declared, strict=True):
            assert_same(one, other, location)
    elif isinstance(declared, str):
        assert declared in (written, unescaped(written)) or (declared == location and written == "location")
    else:
        assert written == declared


def without_head(config):
    return {name: value for name, value in config.items() if name not in {"name", "parent", "scope", "dependsOn"}}


MANIFESTS = {
    "own workspace": manifest(),
    "workspace elsewhere": manifest(workspace=Workspace("law", "westeurope", id=f"{ELSEWHERE}/workspaces/law")),
    "several lines": manifest(
        dcrs={
            "dcr-shop": replace(manifest().dcrs["dcr-shop"], description="it's ${one}\nand '''two''' \\ too"),
        }
    ),
}


@pytest.mark.parametrize("desired", MANIFESTS.values(), ids=MANIFESTS)
def test_each_body_is_the_definition(desired):
    graph = expand_manifest(desired)
    resources = {}
    for name, text in files_of(desired).items():
        if name.endswith(".bicep"):
            resources |= {symbol: r for symbol, r in parsed(text)["resources"].items() if not r["existing"]}
    declared = [resource for resource in graph if not resource.existing and resource.type.short_name != "group"]
    assert len(resources) == len(declared)
    written = sorted(resources.values(), key=lambda r: [d.type.arm_type for d in declared].index(r["type"]))
    for one, other in zip(written, declared, strict=True):
        assert (one["type"], one["api_version"]) == (other.type.arm_type, other.type.api_version)
        assert_same(without_head(one["config"]), other.body, desired.target.location)


def test_what_must_come_first_is_parent_reference_or_named():
    resources = parsed(files_of(manifest())["main.bicep"])["resources"]
    assert resources["ordersTable"]["config"]["parent"] == "workspace"
    assert resources["shopRule"]["config"]["dependsOn"] == ["ordersTable"]
    grant = next(r["config"] for r in resources.values() if r["type"].endswith("roleAssignments"))
    assert grant["scope"] == "shopRule"
    assert grant["name"]["function"]["type"] == "guid"


def test_a_workspace_elsewhere_is_existing_and_its_tables_are_a_module_in_its_group():
    files = files_of(MANIFESTS["workspace elsewhere"])
    main, tables = parsed(files["main.bicep"]), parsed(files["workspace-tables.bicep"])
    scope = {"subscription_id": SUBSCRIPTION, "resource_group_name": "rg-central"}
    assert main["resources"]["workspace"]["existing"]
    assert main["resources"]["workspace"]["config"]["scope"]["function"]["parameters"] == scope
    assert main["modules"]["workspaceTables"]["config"]["scope"]["function"]["parameters"] == scope
    assert main["resources"]["shopRule"]["config"]["dependsOn"] == ["workspaceTables"]
    assert tables["resources"]["ordersTable"]["config"]["parent"] == "workspace"


def test_parameters_and_outputs_carry_their_descriptions():
    main = parsed(files_of(manifest())["main.bicep"])
    for entry in (*main["parameters"].values(), *main["outputs"].values()):
        assert entry["decorators"][0]["type"] == "description"
        assert entry["decorators"][0]["argument"]
    assert set(main["parameters"]) == {"location", "principalId"}
    assert list(main["outputs"]["dcrs"]["value"]) == ["'dcr-shop'"]


def test_a_transform_of_several_lines_stands_as_it_is_written():
    desired = manifest()
    [flow] = desired.streams["orders"].flows
    text = "source\n| where isnotempty(tostring(b))\n"
    stream = replace(desired.streams["orders"], flows=(replace(flow, transform=text),))
    files = files_of(replace(desired, streams={"orders": stream}))
    assert f"transformKql: '''\n{text}'''\n" in files["main.bicep"]


def test_the_guide_names_the_files_and_how_to_leave():
    guide = files_of(MANIFESTS["workspace elsewhere"])["README.md"]
    assert "`workspace-tables.bicep`" in guide
    assert "-p principalId=<value>" in guide
    assert "Go on without the provisioner" in guide


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("${a}")
@example("\\")
@example("a\n'''\nb")
@example("a\n'")
@example("\na\r\n")
def test_every_text_comes_back_from_the_parser(text):
    literal = bicep_string(text)
    value = parsed(f"output o string = {literal}\n")["outputs"]["o"]["value"] if literal != "''" else ""
    assert (value if literal.startswith("'''") else unescaped(value)) == text
    # Never an interpolation: what an author writes is no expression.
    assert literal.startswith("'''") or not re.search(r"(?<!\\)\$\{", literal.replace("\\\\", ""))


@settings(deadline=None)
@given(
    st.recursive(
        st.booleans() | st.integers(-(2**31), 2**31) | st.text("ab-_ 1", max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab-_1", min_size=1, max_size=4), inner),
        max_leaves=8,
    )
)
def test_nesting_is_written_so_that_lines_and_brackets_match(value):
    text = bicep_value({"value": value})
    assert text.count("{") == text.count("}") == len(re.findall(r"\{", json.dumps({"value": value})))
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
