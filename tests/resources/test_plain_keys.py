"""Keys whose value stands in the body as it is: written by each template, read back by each flatten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model import Columns, Dcr, Endpoint, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.resources import dcr_resource, endpoint_resource, resource_type, table_resource, workspace_resource
from provisioner.resources.expand import expand_manifest
from provisioner.resources.resource_types import TYPES_IN_ORDER

COLUMNS = Columns({"TimeGenerated": "datetime"})
SECTIONS = {
    "workspace": Workspace("law-shop", "westeurope"),
    "table": Table("Orders_CL", COLUMNS),
    "endpoint": Endpoint("dce-shop", "westeurope"),
    "dcr": Dcr("dcr-shop", ("orders",), "shared"),
}
FLATTEN = {
    "workspace": lambda body: workspace_resource.flatten(body, "law-shop"),
    "table": lambda body: table_resource.flatten(body, "Orders_CL"),
    "endpoint": lambda body: endpoint_resource.flatten(body, "dce-shop"),
    "dcr": dcr_resource.flatten,
}
VALUES = {"retention": st.integers(30, 730), "description": st.text(min_size=1)}
KEYS = [(type_name, key) for type_name in TYPES_IN_ORDER for key in resource_type(type_name).keys]


def body_with(type_name, section):
    """The body of that type in a manifest whose section of it is this one."""
    sections = {**SECTIONS, type_name: section}
    graph = expand_manifest(
        Manifest(
            name="shop",
            target=Target("public", "11111111-2222-3333-4444-555555555555", "rg-shop", "westeurope"),
            workspace=sections["workspace"],
            endpoint=sections["endpoint"],
            tables={"Orders_CL": sections["table"]},
            streams={"orders": Stream("orders", "Custom-Orders", COLUMNS, (Flow("Orders_CL", "source"),))},
            dcrs={"dcr-shop": sections["dcr"]},
        )
    )
    (body,) = (resource.body for resource in graph if resource.type.short_name == type_name)
    return body


@pytest.mark.parametrize(("type_name", "key"), KEYS)
@given(data=st.data())
def test_a_plain_key_is_written_to_its_place_and_read_back(type_name, key, data):
    value = data.draw(VALUES[key])
    body = body_with(type_name, replace(SECTIONS[type_name], **{key: value}))
    written = body
    for step in resource_type(type_name).keys[key].split("."):
        written = written[step]
    assert written == value
    fragment = FLATTEN[type_name](body)
    assert fragment.fields[key] == value
    assert not [remark for remark in fragment.remarks if remark.path == resource_type(type_name).keys[key]]


@pytest.mark.parametrize(("type_name", "key"), KEYS)
def test_a_plain_key_that_is_not_written_is_in_no_body(type_name, key):
    fragment = FLATTEN[type_name](body_with(type_name, SECTIONS[type_name]))
    assert key not in fragment.fields
