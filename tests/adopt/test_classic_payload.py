"""`import --classic --sample`: a payload of the HTTP Data Collector API becomes a manifest that stores it as before."""

from __future__ import annotations

import gzip
import json

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from provisioner import Project
from provisioner.adopt import from_payload
from provisioner.adopt.payload_table import table_of_payload
from provisioner.cli.main import provisioner
from provisioner.errors import BadRequestFile

GUID = "8145d822-13a7-44ad-859c-36f31a84f6dd"
TIME = "2019-09-12T20:00:00.625Z"
# What was posted of one field, record by record → the columns that the API made, and their types.
STORED = [
    ([42], {"x_d": "real"}),
    ([4.5, 10**30], {"x_d": "real"}),
    ([True], {"x_b": "boolean"}),
    (["text"], {"x_s": "string"}),
    ([""], {"x_s": "string"}),
    ([TIME], {"x_t": "datetime"}),
    (["2019-09-12T20:00:00+02:00"], {"x_t": "datetime"}),
    (["2019-09-12"], {"x_t": "datetime"}),
    (["2019-13-45T99:00:00Z"], {"x_s": "string"}),
    (["20190912"], {"x_s": "string"}),
    ([GUID], {"x_g": "guid"}),
    ([GUID.replace("-", "")], {"x_g": "guid"}),
    ([GUID.upper()], {"x_g": "guid"}),
    ([f"{GUID}0"], {"x_s": "string"}),
    ([{"a": [1, "x"]}], {"x_s": "string"}),
    ([[1, None]], {"x_s": "string"}),
    ([None, 1], {"x_d": "real"}),
    # Text converts to a column that is there; nothing else does.
    ([1, "2"], {"x_d": "real"}),
    ([True, "False"], {"x_b": "boolean"}),
    (["text", TIME, GUID, "1"], {"x_s": "string"}),
    ([True, 1], {"x_b": "boolean", "x_d": "real"}),
    (["text", 1], {"x_s": "string", "x_d": "real"}),
    ([1, "soon"], {"x_d": "real", "x_s": "string"}),
    ([TIME, "soon"], {"x_t": "datetime", "x_s": "string"}),
    ([GUID, "none"], {"x_g": "guid", "x_s": "string"}),
    ([{"a": 1}, True], {"x_s": "string", "x_b": "boolean"}),
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(
        [TIME, GUID, GUID.upper(), "2019-09-12", "true", "False", "7", "0.5", "", "soon", "20190912", "é\"'"]
    ),
    st.sampled_from([{}, [], {"a": [1, {"b": None}]}, ["x", True]]),
)
RECORDS = st.lists(st.fixed_dictionaries(dict.fromkeys(("Level", "type", "long"), VALUES)), min_size=1, max_size=4)


def imported(folder, records, log_type="Orders", **options):
    file = folder / "posted.json"
    file.write_text(json.dumps(records))
    result = from_payload(file, log_type, **options)
    manifest = folder / "provisioner.yaml"
    manifest.write_text(result.yaml_text())
    return result, Project.load(manifest)


def remarks(result, code="IMP011"):
    return [diagnostic.message for diagnostic in result.diagnostics if diagnostic.code == code]


@pytest.mark.parametrize(("values", "columns"), STORED, ids=str)
def test_each_value_goes_to_the_column_that_the_api_made_for_it(tmp_path, values, columns):
    result, project = imported(tmp_path, [{"x": value} for value in values])
    table = result.fields["tables"]["Orders_CL"]
    assert table == {"migrate": True, "columns": {"TimeGenerated": "datetime", **columns}}
    assert [diagnostic.message for diagnostic in project.validate()] == []
    assert all(test.ok for test in project.test())


@given(records=RECORDS)
def test_the_transform_stores_every_payload_as_the_api_did(tmp_path_factory, records):
    """The tests expect what the rules of the API say; the transform, written apart from these, has to agree."""
    if all(value is None for record in records for value in record.values()):
        return
    _, project = imported(tmp_path_factory.mktemp("payload"), records)
    assert [diagnostic.message for diagnostic in project.validate()] == []
    assert all(test.ok for test in project.test())


def test_the_samples_are_records_as_they_were_posted_and_fill_each_column(tmp_path):
    records = [{"a": 1}, {"a": 2}, {"a": "x", "b": [TIME]}, {"a": 3, "b": None}]
    result, _ = imported(tmp_path, records)
    stream = result.fields["streams"]["Custom-Orders"]
    assert stream["samples"] == [records[0], records[2]]
    expected = {column for test in stream["tests"] for row in test["expect"] for column in row}
    assert expected == {"a_d", "a_s", "b_s"}


def test_the_time_field_becomes_the_time_of_the_row_and_keeps_its_column(tmp_path):
    result, project = imported(tmp_path, [{"when": TIME, "x": 1}], time_field="when")
    [test] = result.fields["streams"]["Custom-Orders"]["tests"]
    assert test["expect"] == [{"TimeGenerated": TIME, "when_t": TIME, "x_d": 1.0}]
    assert all(one.ok for one in project.test())
    assert not any("--time-field" in message for message in remarks(result, "IMP012"))


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("bad-name", "letters of ASCII"),
        ("Größe", "letters of ASCII"),
        ("TimeGenerated", "refused a field"),
        ("tenant", "refused a field"),
        ("_x", "begin with a letter"),
        ("9x", "begin with a letter"),
        ("x" * 44, "more than 45 characters"),
        ("GOOD", "differs from good by case alone"),
    ],
)
def test_a_field_that_cannot_be_carried_over_is_told_and_left_out(tmp_path, field, why):
    result, project = imported(tmp_path, [{"good": 1, field: 2}])
    [message] = remarks(result)
    assert repr(field) in message
    assert why in message
    assert list(result.fields["streams"]["Custom-Orders"]["columns"]) == ["good"]
    assert [diagnostic.message for diagnostic in project.validate()] == []


def test_a_guid_that_the_api_typed_comes_with_the_column_beside_it(tmp_path):
    result, _ = imported(tmp_path, [{"id": GUID}])
    [message] = [text for text in remarks(result, "IMP012") if "id_g" in text]
    assert "id_s: string" in message
    assert "id_s: string" in result.yaml_text()


def test_more_fields_than_a_table_and_a_transform_take_are_left_out_from_the_end(tmp_path):
    result, project = imported(tmp_path, [{f"field_{number:04}": "x" for number in range(600)}])
    left_out = remarks(result)
    kept = result.fields["streams"]["Custom-Orders"]["columns"]
    assert len(left_out) + len(kept) == 600
    assert "'field_0599'" in left_out[0]
    assert [diagnostic.message for diagnostic in project.validate() if diagnostic.severity == "error"] == []


@pytest.mark.parametrize(
    ("records", "log_type", "time_field", "words"),
    [
        ([{"a": 1}], "Orders_CL", None, "ends in _CL"),
        ([{"a": 1}], "a b", None, "no log type"),
        ([{"a": 1}], "", None, "no log type"),
        ([{"a": 1}], "a" * 101, None, "no log type"),
        ([{"a": 1}], "a" * 61, None, "64 characters"),
        ([{"a": 1}], "Orders", "b", "has the field b"),
        ([{"a": 1, "TimeGenerated": TIME}], "Orders", "TimeGenerated", "TimeGenerated cannot be carried over"),
        ([{"a": None}], "Orders", None, "no field"),
        ([{}], "Orders", None, "no field"),
    ],
)
def test_what_is_no_payload_of_the_api_is_refused_in_words(records, log_type, time_field, words):
    with pytest.raises(BadRequestFile, match=words) as refused:
        table_of_payload(records, log_type, time_field=time_field)
    assert refused.value.hint


def test_the_command_writes_the_manifest_and_tells_what_changes(tmp_path):
    file = tmp_path / "posted.json"
    file.write_text(json.dumps({"a": 1, "b-c": 2}))
    arguments = ["import", "--classic", "--sample", str(file), "--log-type", "Orders", "--name", "shop"]
    done = CliRunner().invoke(provisioner, arguments, standalone_mode=False)
    assert done.return_value == 0
    assert yaml.safe_load(done.stdout)["tables"]["Orders_CL"]["migrate"] is True
    assert "warning IMP011 table Orders_CL: the field 'b-c' is left out" in done.stderr
    assert CliRunner().invoke(provisioner, [*arguments, "--strict"], standalone_mode=False).return_value == 1


@pytest.mark.parametrize("name", ["posted.json.gz", "posted.ndjson.gz", "posted"])
def test_a_payload_in_gzip_is_read_as_it_is(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(gzip.compress(b'{"a":1}\n{"a":2}\n' if "ndjson" in name else b'[{"a":1},{"a":2}]'))
    assert from_payload(file, "Orders").fields["tables"]["Orders_CL"]["columns"]["a_d"] == "real"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b'[{"a":1}]')[:-3], "damaged"),
        (b"\x1f\x8bno gzip", "damaged"),
        (gzip.compress(b'[{"a":"\xff"}]'), "no UTF-8"),
        (gzip.compress(b"{"), "posted.json"),
        (gzip.compress(b" " * (16 << 20) + b" "), "more than 16 MB"),
    ],
    # Compressed bytes hold the time, and each process of the run must name a case alike.
    ids=["cut", "no gzip", "no UTF-8", "no JSON", "too long"],
)
def test_a_damaged_payload_in_gzip_is_refused_in_words(tmp_path, content, words):
    file = tmp_path / "posted.json.gz"
    file.write_bytes(content)
    with pytest.raises(BadRequestFile, match=words) as refused:
        from_payload(file, "Orders")
    assert refused.value.hint


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--classic", "--sample", "s.json"], "--sample needs --log-type"),
        (["--classic", "--log-type", "X"], "--log-type needs --sample"),
        (["--sample", "s.json", "--log-type", "X"], "belongs to --classic"),
        (["--time-field", "x"], "--time-field belongs to --classic"),
        (["--classic", "--from-arm", "a.json"], "no templates"),
        (["--classic", "--sample", "s.json", "--log-type", "X", "m.yaml"], "no MANIFEST"),
    ],
)
def test_options_that_do_not_go_together_are_told(arguments, words):
    done = CliRunner().invoke(provisioner, ["import", *arguments])
    assert done.exit_code == 2
    assert words in done.output
