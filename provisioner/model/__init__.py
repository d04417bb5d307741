"""What the author says, as frozen values."""

from __future__ import annotations

from provisioner.model.column_types import TYPES, ColumnType, column_type
from provisioner.model.columns import Columns
from provisioner.model.local import LOCAL_GROUP, LOCAL_LOCATION, LOCAL_SUBSCRIPTION, LOCAL_TENANT
from provisioner.model.manifest import PUBLISHER, SELF, Dcr, Endpoint, Grant, Manifest, Target, Workspace
from provisioner.model.stream import PASSTHROUGH, Flow, Record, Stream, TransformTest
from provisioner.model.table import CUSTOM_SUFFIX, Plan, Table, output_stream

__all__ = [
    "CUSTOM_SUFFIX",
    "LOCAL_GROUP",
    "LOCAL_LOCATION",
    "LOCAL_SUBSCRIPTION",
    "LOCAL_TENANT",
    "PASSTHROUGH",
    "PUBLISHER",
    "SELF",
    "TYPES",
    "ColumnType",
    "Columns",
    "Dcr",
    "Endpoint",
    "Flow",
    "Grant",
    "Manifest",
    "Plan",
    "Record",
    "Stream",
    "Table",
    "Target",
    "TransformTest",
    "Workspace",
    "column_type",
    "output_stream",
]
