"""One cache of bound transforms for validate, transform tests and verify."""

from __future__ import annotations

from collections import Counter

import pytest

from provisioner import kql
from provisioner.model import Columns, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.project import Project
from provisioner.transforms.bound_transforms import BoundTransforms
from provisioner.transforms.table_columns import known_columns
from provisioner.transforms.transform_rows import transform_rows
from tests.support.verifying import MANIFEST, Environment

TESTS = """\
    tests:
      - {name: large, given: [{id: A, amount: 2.0}], expect: [{OrderId: A}]}
      - {name: small, given: [{id: A, amount: 0.0}], expect: []}
environments: {prod: {tags: {stage: prod}}}
"""


@pytest.fixture
def bound_texts(monkeypatch):
    """How often each text is bound."""
    counts = Counter()
    bind = kql.bind

    def counting_bind(text, *arguments, **options):
        counts[text] += 1
        return bind(text, *arguments, **options)

    monkeypatch.setattr(kql, "bind", counting_bind)
    return counts


def stream_of(transform, columns=None):
    return Stream("S", "Custom-S", Columns(columns or {"a": "string"}), (Flow("T_CL", transform, written=True),))


def test_a_manifest_that_is_validated_tested_and_verified_is_bound_once(tmp_path, azure_monitor, bound_texts):
    environment = Environment.applied(tmp_path, azure_monitor, MANIFEST + TESTS)
    project = Project.load(tmp_path)
    transform = project.manifest.streams["Custom-Orders"].flows[0].transform
    bound_texts.clear()
    with environment.azure as azure:
        assert not [diagnostic for diagnostic in project.diagnostics if diagnostic.severity == "error"]
        assert all(result.ok for result in project.test())
        assert project.verify(azure).ok
    assert bound_texts[transform] == 1


def test_environments_that_share_a_transform_bind_it_once(tmp_path, bound_texts):
    from provisioner import validate

    (tmp_path / "provisioner.yaml").write_text(MANIFEST + TESTS)
    validate.check_all_environments(tmp_path, {})
    assert set(bound_texts.values()) == {1}


def test_facts_stay_when_the_query_is_dropped(bound_texts):
    transforms = BoundTransforms()
    streams = [stream_of(f"source | extend n = {n}") for n in range(200)]
    facts = [transforms.facts(stream, stream.flows[0]) for stream in streams]
    assert [transforms.facts(stream, stream.flows[0]) for stream in streams] == facts
    assert set(bound_texts.values()) == {1}
    query, _ = transforms.bind(streams[0], streams[0].flows[0])
    assert transform_rows(query, [{"a": "x"}]) == [{"a": "x", "n": 0}]
    assert bound_texts["source | extend n = 0"] == 2, "its query was dropped for newer ones"


def test_the_columns_belong_to_the_key():
    transforms = BoundTransforms()
    stream, other = stream_of("source | where b == 1"), stream_of("source | where b == 1", {"b": "int"})
    assert not transforms.facts(stream, stream.flows[0]).bound
    assert transforms.facts(other, other.flows[0]).bound
    query, diagnostics = transforms.bind(stream, stream.flows[0])
    assert query is None
    assert [diagnostic.severity for diagnostic in diagnostics] == ["error"]
    assert transforms.fit(stream, stream.flows[0], Columns({"b": "int"})) == ()


def test_written_columns_are_those_of_all_flows_into_the_table():
    first, second = stream_of("source | project TimeGenerated = now(), A = a"), stream_of("source | project B = a")
    broken = stream_of("source | project C = nothing")
    streams = {str(number): stream for number, stream in enumerate((first, second, broken))}
    manifest = Manifest("x", Target("local", "s", "g", "r"), Workspace("w", "r"), streams=streams)
    assert BoundTransforms().written_columns("T_CL", manifest) == {"TimeGenerated", "A", "B"}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (Table("T_CL", Columns({"A": "string"})), {"A": "string"}),
        (Table("T_CL", Columns({}), existing=True), None),
        (Table("Heartbeat", Columns({})), None),
    ],
)
def test_columns_of_a_table_are_known_where_they_are_declared_or_published(table, columns):
    manifest = Manifest("x", Target("local", "s", "g", "r"), Workspace("w", "r"), tables={table.name: table})
    assert known_columns(table.name, manifest) == columns


def test_a_built_in_table_has_its_published_columns_and_those_that_the_manifest_adds():
    table = Table("CommonSecurityLog", Columns({"Shop_CF": "string"}))
    manifest = Manifest("x", Target("local", "s", "g", "r"), Workspace("w", "r"), tables={table.name: table})
    columns = known_columns("CommonSecurityLog", manifest)
    assert columns["Shop_CF"] == "string"
    assert columns["DeviceVendor"] == "string"
