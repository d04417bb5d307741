"""Terraform, read back by a parser that is not ours: what it holds is what the definitions say."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import hcl2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provisioner import load
from provisioner.model import Table
from provisioner.render import render
from provisioner.render.terraform_syntax import terraform_string
from provisioner.resources import Param, Ref, arm_guid
from provisioner.resources.expand import expand_manifest
from tests.render.test_bicep import MANIFESTS
from tests.resources.test_resources import manifest
from tests.support.paths import EXAMPLES


def files_of(desired, **options):
    return render(desired, expand_manifest(desired), "terraform", **options)


def blocks(text, kind):
    """The blocks of a kind by their last label."""
    labelled = {}
    for entry in hcl2.loads(text).get(kind, []):
        labels, body = [], entry
        while "__is_block__" not in body:
            [(label, body)] = body.items()
            labels.append(label.strip('"'))
        labelled[labels[-1] if labels else len(labelled)] = (labels, body)
    return labelled


def text_of(written):
    """A literal's text, by the rules of HCL's reference."""
    if chomped := re.fullmatch(r'\$\{chomp\("<<KQL\n(.*)\nKQL"\)\}', written, re.DOTALL):
        return plain(chomped[1])
    inner = written[1:-1]
    if heredoc := re.fullmatch(r"<<KQL\n(.*\n)KQL", inner, re.DOTALL):
        return plain(heredoc[1])
    letters = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
    pattern = r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(.))"
    return plain(
        re.sub(pattern, lambda m: letters[m[3]] if m[3] else chr(int(m[1] or m[2], 16)), inner, flags=re.DOTALL)
    )


def plain(text):
    return text.replace("$${", "${").replace("%%{", "%{")


def assert_same(written, declared, location):
    if isinstance(declared, Ref):
        assert re.fullmatch(r"\$\{(data\.)?azapi_(update_)?resource\.\w+\.id\}", written)
    elif isinstance(declared, Param):
        assert written == "${var.principal_id}"
    elif isinstance(declared, dict):
        names = {name.strip('"'): value for name, value in written.items()}
        assert set(names) == set(declared)
        for name, value in declared.items():
            assert_same(names[name], value, location)
    elif isinstance(declared, list):
        assert len(written) == len(declared)
        for one, other in zip(written, declared, strict=True):
            assert_same(one, other, location)
    elif isinstance(declared, str):
        assert (
            written == "${var.location}" if declared == location and "var." in written else text_of(written) == declared
        )
    else:
        assert written == declared


@pytest.mark.parametrize("desired", MANIFESTS.values(), ids=MANIFESTS)
def test_each_body_is_the_definition(desired):
    graph = expand_manifest(desired)
    written = [*blocks(files_of(desired)["main.tf"], "resource").values()]
    declared = [resource for resource in graph if not resource.existing]
    assert len(written) == len(declared)
    for (_, one), other in zip(written, declared, strict=True):
        assert text_of(one["type"]) == f"{other.type.arm_type}@{other.type.api_version}"
        body = {name: one[name] for name in ("location", "tags", "identity") if name in one} | one.get("body", {})
        assert_same(body, other.body, desired.target.location)


def test_what_is_made_in_entra_is_no_resource_of_the_files_and_is_told():
    desired = load.load_document(EXAMPLES / "everything" / "provisioner.yaml", environment="prod").manifest
    for format_name in ("terraform", "bicep", "arm"):
        files = render(desired, expand_manifest(desired), format_name)
        assert not any("Microsoft.Graph" in text for text in files.values())
        assert any("application shop-sender, which is made in Entra" in text for text in files.values())
    assert "App registrations (shop-sender)" in files_of(desired)["README.md"]
    assert "shop-sender" not in files_of(desired, import_blocks=True)["imports.tf"]


def test_what_exists_is_data_and_referred_to():
    main = files_of(MANIFESTS["workspace elsewhere"])["main.tf"]
    [(labels, workspace)] = blocks(main, "data").values()
    assert labels == ["azapi_resource", "workspace"]
    assert "rg-central" in workspace["resource_id"]
    assert blocks(main, "resource")["orders_table"][1]["parent_id"] == "${data.azapi_resource.workspace.id}"


def test_a_table_of_azure_s_own_is_updated_and_never_created():
    desired = manifest()
    tables = {**desired.tables, "AppTraces": Table("AppTraces", retention=90)}
    files = files_of(replace(desired, tables=tables), import_blocks=True)
    assert blocks(files["main.tf"], "resource")["app_traces_table"][0][0] == "azapi_update_resource"
    assert "AppTraces" not in files["imports.tf"]


def test_imports_are_written_on_demand_with_ids_and_versions():
    desired = manifest()
    assert "imports.tf" not in files_of(desired)
    imports = blocks(files_of(desired, import_blocks=True)["imports.tf"], "import")
    by_address = {body["to"]: text_of(body["id"]) for _, body in imports.values()}
    graph = expand_manifest(desired)
    assert by_address["${azapi_resource.workspace}"].startswith(graph.of_type("workspace")[0].id + "?api-version=20")
    # A principal that is a variable leaves its assignment without an id.
    assert len(by_address) == len([r for r in graph if r.id is not None])
    with pytest.raises(ValueError, match="no import blocks"):
        render(desired, graph, "bicep", import_blocks=True)


def test_a_grant_s_name_is_the_one_that_apply_gives_it():
    resources = blocks(files_of(manifest())["main.tf"], "resource").values()
    [grant] = [body for labels, body in resources if "grant" in labels[1] and "uuidv5" in body["name"]]
    namespace, parts = re.fullmatch(r'\$\{uuidv5\("([^"]+)", "(.*)"\)\}', grant["name"]).groups()
    scope, principal = "/subscriptions/s/x", "1111"
    text = parts.replace("${azapi_resource.shop_rule.id}", scope).replace("${var.principal_id}", principal)
    role = text.rsplit(f"{principal}-", 1)[1]
    assert str(uuid.uuid5(uuid.UUID(namespace), text)) == arm_guid(scope, principal, role)


def test_variables_and_outputs_are_described():
    files = files_of(manifest())
    for text, kind in ((files["variables.tf"], "variable"), (files["outputs.tf"], "output")):
        assert all(text_of(body["description"]) for _, body in blocks(text, kind).values())
    value = blocks(files["outputs.tf"], "output")["dcrs"][1]["value"]['"dcr-shop"']
    assert value["immutable_id"] == "${azapi_resource.shop_rule.output.properties.immutableId}"


def test_the_guide_says_how_existing_resources_come_into_the_state():
    guide = files_of(manifest())["README.md"]
    assert "`--import`" in guide
    assert "terraform apply -var principal_id=<value>" in guide


@settings(deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t\0", exclude_characters="%"),
        max_size=40,
    )
)
@example("${a} b $${c}")
@example("a\nb")
@example("a\n${b}\n")
@example("a\nKQL\nb")
@example('"\\')
def test_every_text_comes_back_from_the_parser(text):
    """Without `%`, whose escape `%%{` the parser takes in some places only."""
    literal = terraform_string(text)
    written = hcl2.loads(f"value = {literal}\n")["value"]
    assert text_of(written).replace("$$", "$") == text.replace("$$", "$")


def test_neither_form_of_a_template_is_left_in_a_text():
    assert terraform_string("${a} %{b}") == '"$${a} %%{b}"'
    assert terraform_string("x\n%{ if a }\n") == "<<KQL\nx\n%%{ if a }\nKQL"
