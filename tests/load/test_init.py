"""`init`: whatever the samples, the manifest drafted from them validates and its test passes."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner import load, transform_tests, validate
from provisioner.cli.main import run
from provisioner.load.builders.manifest_from_samples import draft_manifest
from provisioner.load.yaml.csv_records import parse_csv
from provisioner.load.yaml.yaml_writer import dump_yaml

HEAD = {
    "version": 1,
    "name": "shop",
    "target": {
        "subscription": "6f9619ff-8b86-4d01-b42d-00c04fc964ff",
        "resource_group": "rg",
        "location": "westeurope",
    },
    "workspace": {"name": "law-shop"},
}
ORDER = {"placed": "2026-01-01T10:00:00Z", "order": {"id": "A1", "amount": 9.5}}

NAMES = st.one_of(
    st.text(string.ascii_letters + string.digits + "_-. @", min_size=1, max_size=12).filter(str.strip),
    st.sampled_from(["id", "Type", "TimeGenerated", "time", "where", "source", "a'b", 'a"b', "é", "A", "a"]),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 3)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10),
    st.sampled_from(["2026-01-01T10:00:00Z", "6f9619ff-8b86-4d01-b42d-00c04fc964ff", "030", "on", "$(x)"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(RECORDS)
def test_any_records_give_a_manifest_that_validates_and_tests_green(tmp_path_factory, samples):
    path = tmp_path_factory.getbasetemp() / "sketch" / "provisioner.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(dump_yaml(HEAD | draft_manifest(samples, "Events_CL", "Custom-Events")), encoding="utf-8")
    document = load.load_document(path)
    assert [error for error in validate.check(document) if error.severity == "error"] == []
    (result,) = transform_tests.run_transform_tests(document)
    assert result.ok, (path.read_text(), result)


def test_objects_are_opened_up_and_the_likeliest_time_leads():
    draft = draft_manifest(
        [ORDER | {"seen": "2026-01-01T11:00:00Z", "time": "2026-01-01T12:00:00Z"}], "A_CL", "Custom-A"
    )
    assert draft["tables"]["A_CL"]["columns"] == {
        "TimeGenerated": "datetime",
        "placed": "datetime",
        "order_id": "string",
        "order_amount": "real",
        "seen": "datetime",
    }
    assert "TimeGenerated = ['time']" in draft["streams"]["Custom-A"]["transform"].replace('"', "'") or (
        "TimeGenerated = time" in draft["streams"]["Custom-A"]["transform"]
    )


def test_a_transform_stays_within_azures_limit():
    wide = {f"quite_a_long_name_of_a_column_{number}": {"a": 1} for number in range(600)}
    draft = draft_manifest([wide], "A_CL", "Custom-A")
    assert len(draft["streams"]["Custom-A"]["transform"]) <= 15_360
    assert len(draft["tables"]["A_CL"]["columns"]) <= 500


def test_cells_of_csv_are_typed_by_whole_columns():
    text = 'a;b;c;d;e\n1;1.5;true;030;\n2;3;FALSE;1;"x\n;y"\n'
    assert [record for _, record in parse_csv(text)] == [
        {"a": 1, "b": 1.5, "c": True, "d": "030", "e": None},
        {"a": 2, "b": 3, "c": False, "d": "1", "e": "x\n;y"},
    ]


@pytest.fixture
def project_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("orders.json", json.dumps([ORDER, ORDER])),
        ("orders.ndjson", f"{json.dumps(ORDER)}\n{json.dumps(ORDER)}\n"),
        ("orders.csv", "placed,amount\n2026-01-01T10:00:00Z,9.5\n"),
    ],
)
def test_a_sample_file_becomes_a_project(project_directory, name, text, capsys):
    Path(name).write_text(text)
    assert run(["init", "shop", "--from", name, "--table", "Orders_CL"]) == 0
    assert run(["validate", "shop", "--strict"]) == 0
    assert run(["test", "shop"]) == 0
    assert "1 passed" in capsys.readouterr().out


def test_nothing_is_overwritten(project_directory, capsys):
    Path("orders.json").write_text(json.dumps([ORDER]))
    Path("provisioner.yaml").write_text("mine")
    assert run(["init", "--from", "orders.json"]) == 1
    assert Path("provisioner.yaml").read_text() == "mine"
    assert not Path("samples").exists()
    assert "never overwrites" in capsys.readouterr().err
    Path("provisioner.yaml").unlink()
    Path("samples").mkdir()
    Path("samples/orders.json").write_text("mine")
    assert run(["init", "--from", "orders.json"]) == 1
    assert not Path("provisioner.yaml").exists()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "[{]", "this is not JSON"),
        ("a.json", "[]", "no records"),
        ("a.json", "[{}]", "no fields"),
        ("a.json", "[1]", "a record is a JSON object"),
        ("a.json", '[{"a": "\\ud800"}]', "half a surrogate pair"),
        ("a.json", '[{"a": 1e999}]', "too large"),
        ("a.json", '[{"a": NaN}]', "no JSON value"),
        ("a.json", '[{"a": ' + "1" * 5000 + "}]", "cannot be read"),
        ("a.csv", "a,b\n1,2,3\n", "more cells than the head"),
    ],
)
def test_samples_that_are_none_are_refused_with_a_message(project_directory, capsys, name, text, message):
    Path(name).write_text(text)
    assert run(["init", "--from", name]) == 1
    assert message in capsys.readouterr().err
    assert not Path("provisioner.yaml").exists()


def test_without_a_terminal_a_sample_is_needed(project_directory, capsys):
    assert run(["init"]) == 64
    assert "--from SAMPLE.json" in capsys.readouterr().err


def test_a_custom_table_is_named_like_one(project_directory):
    Path("orders.json").write_text(json.dumps([ORDER]))
    assert run(["init", "--from", "orders.json", "--table", "Orders"]) == 64


def test_on_a_terminal_columns_are_asked_for(project_directory, monkeypatch):
    answers = iter(["", "Orders_CL", "Amount real", "Amount rael", "OrderId guid", ""])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_args, **_more: next(answers))
    assert run(["init"]) == 0
    columns = load.load_document(".").manifest.tables["Orders_CL"].columns
    assert columns == {"TimeGenerated": "datetime", "Amount": "real", "OrderId": "guid"}
    assert run(["test"]) == 0
