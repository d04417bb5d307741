"""Streams whose transforms are bound, without a file or an emulator."""

from __future__ import annotations

from provisioner.model import Columns, Flow, Manifest, Stream, Table, Target, Workspace
from provisioner.probes.bound_flow import bind_flows
from provisioner.transforms.bound_transforms import BoundTransforms


def bound_stream(transform, columns, table=None, **fields):
    """A stream with one flow (or several, by table), and its bound flows."""
    by_table = transform if isinstance(transform, dict) else {"T_CL": transform}
    flows = tuple(Flow(name, text, written=True) for name, text in by_table.items())
    stream = Stream("Custom-S", "Custom-S", Columns(columns), flows, **fields)
    tables = {"T_CL": Table("T_CL", Columns(table))} if table else {}
    target, workspace = Target("local", "s", "rg", "we"), Workspace("law", "we")
    manifest = Manifest("x", target, workspace, tables=tables, streams={"Custom-S": stream})
    return stream, bind_flows(manifest, stream, BoundTransforms(), {})
