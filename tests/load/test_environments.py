"""Environments, derived values, and the files of a project: what manifest comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner import load
from provisioner.load.overlays import merge_overlay
from provisioner.load.yaml.composer import compose_yaml
from provisioner.load.yaml.nodes import MappingNode
from provisioner.load.yaml.source_text import SourceText
from provisioner.model import LOCAL_GROUP, LOCAL_LOCATION, LOCAL_SUBSCRIPTION, LOCAL_TENANT, Columns

HEAD = """\
version: 1
name: shop
workspace: {name: law-shop}
target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg, location: West Europe}
"""


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def make(text: str, environment: str | None = None, head: str = HEAD, **variables: str):
        Path("provisioner.yaml").write_text(head + text)
        return load.load_document(".", environment, variables)

    return make


def manifest_of(document):
    assert [diagnostic.message for diagnostic in document.diagnostics] == []
    return document.manifest


TABLE = "tables: {Orders_CL: {columns: {TimeGenerated: datetime, Id: guid, Amount: real}}}\n"


def test_without_dcrs_one_takes_all_streams(loaded):
    manifest = manifest_of(loaded(f"{TABLE}streams: {{Custom-A: Orders_CL, Custom-B: Orders_CL}}\n"))
    (dcr,) = manifest.dcrs.values()
    assert (dcr.name, dcr.streams, dcr.endpoint) == ("dcr-shop", ("Custom-A", "Custom-B"), "direct")


def test_with_an_endpoint_dcrs_have_it_beside_their_own(loaded):
    manifest = manifest_of(loaded(f"endpoint: {{}}\n{TABLE}streams: {{Custom-A: Orders_CL}}\n"))
    assert manifest.endpoint.name == "dce-shop"
    assert manifest.dcrs["dcr-shop"].endpoint == "both"


def test_without_streams_there_is_no_dcr(loaded):
    assert manifest_of(loaded(TABLE)).dcrs == {}


def test_an_unlisted_stream_joins_the_only_dcr(loaded):
    text = f"{TABLE}streams: {{Custom-A: Orders_CL, Custom-B: Orders_CL}}\ndcrs: {{dcr-x: {{streams: [Custom-B]}}}}\n"
    assert manifest_of(loaded(text)).dcrs["dcr-x"].streams == ("Custom-B", "Custom-A")


def test_a_stream_may_be_in_two_dcrs(loaded):
    dcrs = "dcrs: {dcr-x: {streams: [Custom-A]}, dcr-y: {streams: [Custom-A]}}\n"
    manifest = manifest_of(loaded(f"{TABLE}streams: {{Custom-A: Orders_CL}}\n{dcrs}"))
    assert [dcr.name for dcr in manifest.dcrs_of("Custom-A")] == ["dcr-x", "dcr-y"]


def test_a_stream_without_columns_takes_the_tables_and_casts_guid_back(loaded):
    stream = manifest_of(loaded(f"{TABLE}streams: {{Custom-A: Orders_CL}}\n")).streams["Custom-A"]
    assert stream.columns == Columns({"TimeGenerated": "datetime", "Id": "string", "Amount": "real"})
    cast = "source | project-rename IdText = Id | extend Id = toguid(IdText) | project-away IdText"
    assert stream.flows[0].transform == cast
    assert not stream.flows[0].written
    assert not stream.declared


def test_a_transform_of_the_authors_gets_no_cast(loaded):
    text = f"{TABLE}streams: {{Custom-A: {{table: Orders_CL, transform: source | take 1}}}}\n"
    flow = manifest_of(loaded(text)).streams["Custom-A"].flows[0]
    assert (flow.transform, flow.written) == ("source | take 1", True)


def test_a_stream_into_a_built_in_table_takes_its_columns_without_those_of_the_platform(loaded):
    stream = manifest_of(loaded("streams: {Custom-A: CommonSecurityLog}\n")).streams["Custom-A"]
    assert stream.columns["DeviceVendor"] == "string"
    assert not {"TenantId", "Type", "_ResourceId"} & set(stream.columns)


def test_local_has_values_of_its_own(loaded):
    head = "version: 1\nname: shop\nworkspace: {name: law-shop}\n"
    manifest = manifest_of(loaded("", "local", head))
    target = manifest.target
    assert (target.subscription, target.tenant) == (LOCAL_SUBSCRIPTION, LOCAL_TENANT)
    assert (target.resource_group, target.location) == (LOCAL_GROUP, LOCAL_LOCATION)
    assert manifest.owner == "shop/local"


def test_local_can_be_laid_over(loaded):
    text = "environments: {local: {target: {location: northeurope}, workspace: {retention: 31}}}\n"
    manifest = manifest_of(loaded(text, "local"))
    assert (manifest.target.cloud, manifest.target.location, manifest.workspace.retention) == (
        "local",
        "northeurope",
        31,
    )


def test_the_name_is_not_made_of_itself(loaded):
    document = loaded("", head=HEAD.replace("name: shop\n", "name: a-$(name)\n"))
    assert [(diagnostic.code, diagnostic.place.line) for diagnostic in document.diagnostics] == [("VAR002", 2)]


def test_null_deletes_under_local_as_elsewhere(loaded):
    text = (
        "tags: {team: x, keep: y}\nendpoint: {name: dce-shop}\n"
        "environments: {local: {tags: {team: null}, endpoint: null, target: {resource_group: rg-mine}}}\n"
    )
    manifest = manifest_of(loaded(text, "local"))
    assert dict(manifest.tags) == {"keep": "y"}
    assert manifest.endpoint is None
    assert (manifest.target.cloud, manifest.target.resource_group) == ("local", "rg-mine")


def test_regions_have_their_short_form(loaded):
    manifest = manifest_of(loaded("endpoint: {name: dce, location: North Europe}\n"))
    assert (manifest.target.location, manifest.workspace.location) == ("westeurope", "westeurope")
    assert manifest.endpoint.location == "northeurope"


def test_an_existing_workspace_is_known_by_its_id(loaded):
    head = HEAD.replace("{name: law-shop}", "{id: /subscriptions/0/resourceGroups/rg/providers/M.O/workspaces/central}")
    workspace = manifest_of(loaded("", head=head)).workspace
    assert (workspace.name, workspace.existing, workspace.location) == ("central", True, "westeurope")


def test_grants_have_their_defaults(loaded):
    text = f"{TABLE}streams: {{Custom-A: Orders_CL}}\ngrants: {{shop: {{principal: self}}}}\n"
    grant = manifest_of(loaded(text)).grants["shop"]
    assert (grant.dcrs, grant.type, grant.role) == (("dcr-shop",), "ServicePrincipal", "Monitoring Metrics Publisher")


def test_expected_rows_in_a_list_are_meant_for_the_only_table(loaded):
    text = f"""{TABLE}streams:
  Custom-A: {{table: Orders_CL, tests: [{{given: [{{Id: x}}], expect: [{{Id: x}}]}}]}}
"""
    (test,) = manifest_of(loaded(text)).streams["Custom-A"].tests
    assert test.expect == {"Orders_CL": ({"Id": "x"},)}


def test_a_value_from_the_command_line_is_text_or_a_number_as_its_key_needs(loaded):
    text = "variables: {x: {}}\ntags: {code: $(x), all: a-$(x)-$(name)}\ntables: {A_CL: {retention: $(x)}}\n"
    manifest = manifest_of(loaded(text, x="30"))
    assert manifest.tags == {"code": "30", "all": "a-30-shop"}
    assert manifest.tables["A_CL"].retention == 30


def test_values_come_from_the_command_line_then_the_environment_then_the_process_then_the_default(loaded, monkeypatch):
    text = "variables: {x: {default: d}}\ntags: {x: $(x)}\nenvironments: {prod: {variables: {x: e}}}\n"
    assert manifest_of(loaded(text)).tags["x"] == "d"
    monkeypatch.setenv("PROVISIONER_VAR_X", "p")
    assert manifest_of(loaded(text)).tags["x"] == "p"
    assert manifest_of(loaded(text, "prod")).tags["x"] == "e"
    assert manifest_of(loaded(text, "prod", x="c")).tags["x"] == "c"


def test_transforms_tests_and_descriptions_are_not_filled_in(loaded):
    text = """\
tables: {A_CL: {description: costs $(money), columns: {TimeGenerated: datetime, A: string}}}
streams:
  Custom-A: {table: A_CL, transform: source | extend A = "$(x)", tests: [{given: [{A: $(x)}], expect: [{A: $(x)}]}]}
"""
    manifest = manifest_of(loaded(text))
    assert manifest.tables["A_CL"].description == "costs $(money)"
    assert "$(x)" in manifest.streams["Custom-A"].flows[0].transform


def test_null_in_an_overlay_deletes_and_shorthand_is_written_out_first(loaded):
    text = f"""{TABLE}streams: {{Custom-A: Orders_CL}}
environments:
  prod:
    tables: {{Orders_CL: {{columns: {{Amount: null, Id: {{description: order}}}}}}}}
    streams: {{Custom-A: {{transform: source | take 1}}}}
"""
    manifest = manifest_of(loaded(text, "prod"))
    assert manifest.tables["Orders_CL"].columns == {"TimeGenerated": "datetime", "Id": "guid"}
    assert manifest.tables["Orders_CL"].columns.descriptions == {"Id": "order"}
    assert manifest.streams["Custom-A"].flows[0].table == "Orders_CL"


def test_raw_is_written_out_and_spelt_as_the_author_spells(loaded):
    document = loaded("variables: {p: {default: Basic}}\ntables: {A_CL: {plan: $(p)}}\nstreams: {Custom-A: A_CL}\n")
    assert document.raw["tables"]["A_CL"]["plan"] == "Basic"
    assert document.raw["streams"]["Custom-A"] == {"table": "A_CL"}
    assert document.manifest.tables["A_CL"].plan == "basic"


def test_samples_may_be_json_lines(loaded):
    Path("a.ndjson").write_text('{"A": "\\ud83d\\ude00"}\r\n\r\n{"A": 2}\n')
    text = "streams: {Custom-A: {table: A_CL, columns: {A: string}, samples: {file: a.ndjson}}}\n"
    document = loaded(text)
    assert manifest_of(document).streams["Custom-A"].samples == ({"A": "😀"}, {"A": 2})
    assert str(document.place(("streams", "Custom-A", "samples", 1))) == "a.ndjson:3:1"


def test_environments_are_named_without_loading_one(loaded):
    loaded("environments: {prod: {}, test: {}}\n")
    assert load.list_environments(".") == ("prod", "test", "local")


def test_files_are_read_once_for_several_environments(loaded, tmp_path):
    loaded("environments: {prod: {}}\n")
    files = load.ProjectFiles(tmp_path)
    first = load.load_document(".", None, {}, files)
    Path("provisioner.yaml").unlink()
    assert load.load_document(".", "prod", {}, files).manifest.environment == "prod"
    assert first.manifest.environment is None


def flow(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"


# What a key holds is always of one kind, as it is in a manifest.
LEAVES = st.dictionaries(st.sampled_from("ab"), st.sampled_from(["1", "x", "[1]"]))
TREES = st.recursive(
    LEAVES.map(flow),
    lambda inner: st.builds(lambda a, b: flow({**a, **b}), LEAVES, st.dictionaries(st.sampled_from("xyz"), inner)),
    max_leaves=6,
)


def node(text: str):
    root, _ = compose_yaml(SourceText(Path("x.yaml"), text))
    return root


@given(TREES)
def test_laying_a_tree_over_itself_changes_nothing(text):
    assert merge_overlay(node(text), node(text), None).plain() == node(text).plain()


@given(TREES, TREES, TREES)
def test_overlays_can_be_laid_over_each_other_first(a, b, c):
    """The law of every good overlay: (a + b) + c = a + (b + c)."""
    left = merge_overlay(merge_overlay(node(a), node(b), None), node(c), None)
    right = merge_overlay(node(a), merge_overlay(node(b), node(c), None), None)
    assert isinstance(left, MappingNode)
    assert left.plain() == right.plain()
