"""Import from other tools' files: each folder of cases/arm holds the files, the manifest and the expected diagnostics.

`UPDATE_CASES=1 python -m pytest tests/test_adopt.py` writes what import says now; review the difference.
"""

from __future__ import annotations

import json
import os
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provisioner import load
from provisioner.adopt import CODES, ImportOptions, from_arm
from provisioner.adopt.json_source import read_json_file
from provisioner.errors import BadRequestFile
from provisioner.resources.expand import expand_manifest
from provisioner.template import DeploymentScope, Evaluation, UnresolvedValue, evaluate_expression
from tests.support.paths import CASES

ARM_CASES = sorted(path for path in (CASES / "arm").iterdir() if path.is_dir())
PARAMETERS = {"name": "shop", "deep": {"list": ["a", "b"]}, "unknown": UnresolvedValue("{{unknown}}", "unknown")}
VARIABLES = {"dce": "[concat('dce-', parameters('name'))]"}


def evaluated(text):
    return evaluate_expression(
        text,
        DeploymentScope("sub", "rg"),
        parameters=PARAMETERS,
        variables=VARIABLES,
        evaluation=Evaluation(allow_unresolved=True),
    )


def diagnostic_lines(adopted):
    return [f"{diagnostic.code} {diagnostic.severity}: {diagnostic.message}" for diagnostic in adopted.diagnostics]


def write_manifest_text(tmp_path, adopted):
    """The manifest as loading sees it."""
    file = tmp_path / "provisioner.yaml"
    file.write_text(adopted.yaml_text(), encoding="utf-8")
    return load.load_document(file)


@pytest.mark.parametrize("case", ARM_CASES, ids=lambda case: case.name)
def test_files_of_other_tools_become_a_manifest(case, tmp_path):
    adopted = from_arm(sorted(case.glob("*.json")))
    report = yaml.safe_dump(diagnostic_lines(adopted), width=1000)
    if os.environ.get("UPDATE_CASES"):
        (case / "provisioner.yaml").write_text(adopted.yaml_text(), encoding="utf-8")
        (case / "report.yaml").write_text(report, encoding="utf-8")
    assert adopted.yaml_text() == (case / "provisioner.yaml").read_text(encoding="utf-8")
    assert report == (case / "report.yaml").read_text(encoding="utf-8")
    document = write_manifest_text(tmp_path, adopted)
    assert [diagnostic.message for diagnostic in document.diagnostics if diagnostic.severity == "error"] == []
    assert len(expand_manifest(document.manifest)) >= len(adopted.fields["tables"])


def test_every_code_that_is_told_is_explained():
    codes = {diagnostic.code for case in ARM_CASES for diagnostic in from_arm(sorted(case.glob("*.json"))).diagnostics}
    assert codes <= set(CODES)
    assert all("\n\nWhy: " in code.page for code in CODES.values())


def test_what_the_caller_knows_is_not_put_in():
    options = ImportOptions("mine", "11111111-2222-3333-4444-555555555555", "rg-mine", "northeurope", "law-mine")
    adopted = from_arm([ARM_CASES[0].parent / "connector" / "Shop_DCR.json"], options)
    assert adopted.fields["name"] == "mine"
    assert adopted.fields["target"]["location"] == "northeurope"
    assert adopted.fields["workspace"] == {"name": "law-mine"}
    assert not any("target" in path for path in adopted.comments)


def test_a_parameter_given_wins_over_the_template_s_own():
    adopted = from_arm(
        [ARM_CASES[0].parent / "template" / "template.json"], ImportOptions(parameters={"workspaceName": "law-x"})
    )
    assert adopted.fields["workspace"]["name"] == "law-x"


def test_a_rule_without_kind_is_never_made_direct(tmp_path):
    file = tmp_path / "a.json"
    rule = json.loads((ARM_CASES[0].parent / "connector" / "Shop_DCR.json").read_text())[0]
    del rule["properties"]["dataCollectionEndpointId"]
    file.write_text(json.dumps(rule))
    assert "endpoint" in from_arm([file]).fields


@pytest.mark.parametrize("text", ["not json", "[]", '{"a": 1}', '{"resources": []}', "\xff"])
def test_a_file_without_tables_and_rules_is_refused_in_words(tmp_path, text):
    file = tmp_path / "a.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(BadRequestFile, match=r"a\.json"):
        from_arm([file])


def test_comments_and_trailing_commas_are_no_obstacle(tmp_path):
    file = tmp_path / "a.json"
    file.write_text('\ufeff{ // one\n "a": "// kept, /* too */", /* two */ "b": [1, // three\n ], }', encoding="utf-8")
    assert read_json_file(file).value == {"a": "// kept, /* too */", "b": [1]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("[1] of [2]", "[1] of [2]"),
        ("[[literal]", "[literal]"),
        ("[parameters('NAME')]", "shop"),
        ("[variables('dce')]", "dce-shop"),
        ("[parameters('deep').List[1]]", "b"),
        ("[if(equals(parameters('name'), 'x'), reference('y').z, toUpper('it''s'))]", "IT'S"),
        ("[format('{{{0}}}-{1}', 1, true())]", "{1}-True"),
        ("[resourceId('A.B/c/d', 'x', 'y')]", "/subscriptions/sub/resourceGroups/rg/providers/A.B/c/x/d/y"),
        ("[concat(createArray(1), createArray('b'))]", [1, "b"]),
        ("[parameters('missing')]", UnresolvedValue("{{missing}}", "missing")),
        ("[concat('dcr-', parameters('unknown'))]", UnresolvedValue("dcr-{{unknown}}", "unknown")),
        ("[uniqueString(parameters('unknown'))]", UnresolvedValue("{{unknown}}", "unknown")),
        ("[noSuchFunction()]", UnresolvedValue("{{noSuchFunction()}}", "noSuchFunction()")),
        ("[parameters('unknown').x[0]]", UnresolvedValue("{{unknown}}", "unknown")),
    ],
)
def test_expressions_are_worked_out_as_far_as_the_file_tells(text, value):
    assert evaluated(text) == value


@given(st.text(alphabet="[]()'.,{} abcdefgconcatparameters0123", max_size=30))
def test_no_text_stops_the_reader(text):
    evaluated(text)


SOURCES = [(path, read_json_file(path).value) for case in ARM_CASES for path in sorted(case.glob("*.json"))]
ODD = [None, "x", "", [], {}, 3, True, ["x"], [None], {"a": None}, "[parameters('nobody')]", "{{nobody}}", "[[x]"]


def mapping_paths(value, path=()):
    """Every path in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from mapping_paths(inner, (*path, key))


def value_at(value, path):
    for step in path:
        value = value[step]
    return value


def with_change(value, path, change):
    """A copy in which the value at a path is another."""
    copy = json.loads(json.dumps(value))
    holder = value_at(copy, path[:-1])
    holder[path[-1]] = change(holder[path[-1]])
    return copy


@given(st.data())
def test_no_body_however_odd_stops_the_import(tmp_path_factory, data):
    """A file imports, or is refused with a BadRequestFile; the result loads as a manifest that may have errors."""
    _, value = data.draw(st.sampled_from(SOURCES))
    path = data.draw(st.sampled_from([path_ for path_ in mapping_paths(value) if path_]))
    odd = data.draw(st.sampled_from(ODD))
    folder = tmp_path_factory.mktemp("odd")
    file = folder / "a.json"
    file.write_text(json.dumps(with_change(value, path, lambda _: odd)), encoding="utf-8")
    try:
        adopted = from_arm([file])
    except BadRequestFile:
        return
    assert write_manifest_text(folder, adopted).manifest is not None


OTHERS = re.compile("deployments|savedSearches")
LEFT = {"dcr-agents", "dcr-whole-workspace", "law/Never_CL", "send-orders"}


def bodies(value, path=()):
    """The paths of the resources in a file that a manifest can hold."""
    is_body = isinstance(value, dict) and "properties" in value and "mainTemplate" not in value["properties"]
    if is_body and value.get("name") not in LEFT and not OTHERS.search(str(value.get("type"))):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from bodies(inner, (*path, key))


MARKED = [
    (path.name, value, (*body, "properties", *json_path))
    for path, value in SOURCES
    for body in bodies(value)
    for json_path in mapping_paths(value_at(value, (*body, "properties")))
    if isinstance(value_at(value, (*body, "properties", *json_path)), dict)
]


@pytest.mark.parametrize(
    "index", range(len(MARKED)), ids=lambda index: f"{MARKED[index][0]}-{'.'.join(map(str, MARKED[index][2]))}"
)
def test_nothing_is_dropped_in_silence(index, tmp_path):
    """An unknown property, wherever it is in a body, is in a comment of the manifest."""
    _, value, path = MARKED[index]
    file = tmp_path / "a.json"
    file.write_text(json.dumps(with_change(value, path, lambda mapping: {**mapping, "unheardOf": "mark-4711"})))
    adopted = from_arm([file])
    assert "mark-4711" in adopted.yaml_text()
