"""Any value in the place of any other: what an editor asks is answered, whatever the author has written where."""

from __future__ import annotations

import copy

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.language.language_workspace import LanguageWorkspace
from tests.support.editor_requests import ask_everything
from tests.support.kql_places import HEAD, STREAM

MANIFEST = yaml.safe_load(
    HEAD
    + STREAM
    + """\
    transform: |
      let limit = 3;
      source | where order.amount > limit | project TimeGenerated = placed, OrderId = tostring(order.id), Amount = 0.0
    sender: fluent-bit
    tests:
      - name: t
        given: [{placed: "2026-01-01T10:00:00Z", order: {id: A1, amount: 9.5}}]
        expect: [{OrderId: A1}]
  Custom-Two: {columns: {TimeGenerated: datetime}, flows: [{table: Orders_CL, transform: source}, {table: Other_CL}]}
  Custom-File: {table: Orders_CL, samples: {file: s.json}, transform: {file: t.kql}, tests: {file: tests.yaml}}
dcrs: {d: {streams: [Custom-Orders], endpoint: both, tags: {a: b}}}
applications: {app: {federated: [{issuer: "https://x", subject: s}]}}
grants: {g: {principal: {application: app}, dcrs: [d]}, h: {principal: self}}
workspace_transforms: {Syslog: {transform: source | where true, samples: [{Facility: cron}], tests: []}}
monitoring: {alerts: {silence: 2h, action_groups: []}}
variables: {days: {default: 30, description: d}}
include: [parts/*.yaml]
tags: {a: $(days)}
environments:
  prod: {variables: {days: 60}, tables: {Orders_CL: {retention: $(days)}}, streams: {Custom-Two: {transform: source}}}
"""
)
VALUES = [30, 1.5, "x", "$(", None, True, [], {}, [1], [[]], [{}], {"a": 1}, {"file": "t.kql"}, {"file": 3}]


def paths(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from paths(value, (*path, key))


def replaced(path, value):
    """The manifest with another value at a path."""
    if not path:
        return value
    whole = copy.deepcopy(MANIFEST)
    node = whole
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return whole


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "s.json").write_text('[{"a": 1}]', "utf-8")
    (folder / "t.kql").write_text("source | extend x = 1", "utf-8")
    (folder / "tests.yaml").write_text("- name: x\n  given: []\n", "utf-8")
    workspace = LanguageWorkspace((folder,))
    workspace.buffers.set_text(folder / "provisioner.yaml", yaml.safe_dump(MANIFEST, sort_keys=False))
    # The names of the last good text are those that stay.
    assert workspace.file(folder / "provisioner.yaml").analysis.manifest is not None
    return workspace


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(list(paths(MANIFEST))),
    st.sampled_from(VALUES),
    st.sampled_from([True, False, None]),
    st.floats(0, 1),
)
def test_every_question_is_answered(workspace, path, value, flow, where):
    file = workspace.folders[0] / "provisioner.yaml"
    text = yaml.safe_dump(replaced(path, value), sort_keys=False, default_flow_style=flow)
    workspace.buffers.set_text(file, text)
    ask_everything(workspace, workspace.file(file), int(where * len(text)))


@pytest.mark.parametrize(
    ("path", "value", "needle"),
    [
        (("variables",), 1.5, "prod:"),
        (("variables", "days"), 30, "$(days)"),
        (("streams", "Custom-Orders", "table"), None, "Custom-Orders:"),
    ],
)
def test_a_value_that_was_not_expected_leaves_what_is_around_it_to_be_asked(workspace, path, value, needle):
    file = workspace.folders[0] / "provisioner.yaml"
    text = yaml.safe_dump(replaced(path, value), sort_keys=False)
    workspace.buffers.set_text(file, text)
    start = text.index(needle)
    for offset in range(start, start + len(needle) + 1):
        ask_everything(workspace, workspace.file(file), offset)
