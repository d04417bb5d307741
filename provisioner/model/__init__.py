"""The manifest as frozen values. A public face for plugins: the names here stay."""

from __future__ import annotations

from provisioner.model.column_types import TYPES, ColumnType, column_type
from provisioner.model.columns import Columns
from provisioner.model.manifest import (
    LOCAL_GROUP,
    LOCAL_LOCATION,
    LOCAL_SUBSCRIPTION,
    LOCAL_TENANT,
    PUBLISHER,
    SELF,
    Application,
    Dcr,
    Endpoint,
    EndpointMode,
    FederatedCredential,
    Grant,
    Manifest,
    NetworkAccess,
    PrincipalKind,
    PrincipalReference,
    PrincipalType,
    Sku,
    Target,
    Workspace,
    local_target,
)
from provisioner.model.manifest_path import ManifestPath
from provisioner.model.monitoring import Alerts, Monitoring
from provisioner.model.stream import (
    BUILTIN_STREAM_PREFIX,
    PASSTHROUGH,
    SENDERS,
    WORKSPACE_STREAM_PREFIX,
    Flow,
    Record,
    Stream,
    TransformTest,
    builtin_stream_table,
)
from provisioner.model.table import CUSTOM_SUFFIX, Table, TablePlan, output_stream

Plan = TablePlan
"""The former name of TablePlan, kept for plugins."""

__all__ = [
    "BUILTIN_STREAM_PREFIX",
    "CUSTOM_SUFFIX",
    "LOCAL_GROUP",
    "LOCAL_LOCATION",
    "LOCAL_SUBSCRIPTION",
    "LOCAL_TENANT",
    "PASSTHROUGH",
    "PUBLISHER",
    "SELF",
    "SENDERS",
    "TYPES",
    "WORKSPACE_STREAM_PREFIX",
    "Alerts",
    "Application",
    "ColumnType",
    "Columns",
    "Dcr",
    "Endpoint",
    "EndpointMode",
    "FederatedCredential",
    "Flow",
    "Grant",
    "Manifest",
    "ManifestPath",
    "Monitoring",
    "NetworkAccess",
    "Plan",
    "PrincipalKind",
    "PrincipalReference",
    "PrincipalType",
    "Record",
    "Sku",
    "Stream",
    "Table",
    "TablePlan",
    "Target",
    "TransformTest",
    "Workspace",
    "builtin_stream_table",
    "column_type",
    "local_target",
    "output_stream",
]
