"""The local Azure beside the manifest, as the page shows it; nothing is started by looking."""

from __future__ import annotations

from provisioner.emulator.faults import FAULT_FIELDS
from provisioner.emulator.lifecycle import ReadyLine, find_running
from provisioner.emulator.testing import AzureMonitor
from provisioner.errors import ProvisionerError
from provisioner.kql import infer
from provisioner.load.document import LOCAL_ENVIRONMENT
from provisioner.project import Project
from provisioner.text import plural
from provisioner.workbench.messages.local_messages import (
    LocalDrop,
    LocalFault,
    LocalOutcome,
    LocalQuery,
    LocalRequest,
    LocalRows,
    LocalSend,
    LocalStatus,
    LocalTable,
)
from provisioner.workbench.messages.project_messages import Column
from provisioner.workbench.workbench import Workbench

_MAX_SHOWN = 200
_MAX_ROWS = 1_000


def local_status(workbench: Workbench) -> LocalStatus:
    """Tables, drops, requests and faults of the local Azure."""
    # A null among the defaults is one that the caller has to give, if at all.
    kinds = {
        kind: {name: value for name, value in fields.items() if value is not None}
        for kind, fields in FAULT_FIELDS.items()
        if kind != "clock"
    }
    ready = _running(workbench)
    # Looking starts nothing: a server that came up because a tab was opened would surprise.
    if ready is None:
        return LocalStatus(False, "", (), (), (), (), kinds)
    monitor = AzureMonitor(ready)
    tables = [
        LocalTable(one["workspace"], one["workspace_id"], one["name"], one["rows"])
        for one in monitor.call_admin_api("GET", "/emulator/tables")["tables"]
    ]
    drops = [
        LocalDrop(one["at"], one["stream"], one["table"] or "", one["message"], one["detail"], one["count"])
        for one in reversed(monitor.drops()[-_MAX_SHOWN:])
    ]
    requests = [
        LocalRequest(**one) for one in reversed(monitor.call_admin_api("GET", "/emulator/requests/recent")["requests"])
    ]
    faults = monitor.call_admin_api("GET", "/emulator/faults")["faults"]
    return LocalStatus(True, ready.endpoint, tuple(tables), tuple(drops), tuple(requests), tuple(faults), kinds)


def query_rows(workbench: Workbench, request: LocalQuery) -> LocalRows:
    """The rows of a KQL query; its mistakes are a problem in words."""
    if _running(workbench) is None:
        return LocalRows((), (), _NOT_RUNNING)
    with _local_project(workbench).connect() as azure:
        try:
            rows = azure.query.run(request.workspace_id, request.query)[:_MAX_ROWS]
        except ProvisionerError as error:
            return LocalRows((), (), error.message)
    # The client gives rows as mappings: without a row there are no names of columns either.
    if not rows:
        return LocalRows((), ())
    kinds = infer(rows)
    names = list(rows[0])
    columns = tuple(Column(name, kinds.get(name, "string")) for name in names)
    return LocalRows(columns, tuple(tuple(row[name] for name in names) for row in rows))


def set_fault(workbench: Workbench, request: LocalFault) -> LocalOutcome:
    """Switch a fault on, or all off with an empty name."""
    ready = _running(workbench)
    if ready is None:
        return LocalOutcome(False, _NOT_RUNNING)
    monitor = AzureMonitor(ready)
    if not request.fault:
        monitor.clear_faults()
        return LocalOutcome(True, "no fault is on")
    try:
        monitor.inject_fault(request.fault, **request.fields)
    except ProvisionerError as error:
        return LocalOutcome(False, error.message)
    return LocalOutcome(True, f"{request.fault} is on")


def send_records(workbench: Workbench, request: LocalSend) -> LocalOutcome:
    """Send records to a stream, by the DCR that has it."""
    if _running(workbench) is None:
        return LocalOutcome(False, _NOT_RUNNING)
    project = _local_project(workbench)
    stream = project.manifest.streams.get(request.stream)
    dcrs = project.manifest.dcrs_of(request.stream)
    if stream is None or not dcrs:
        return LocalOutcome(False, f"no DCR of the manifest has a stream {request.stream}")
    with project.connect() as azure:
        sender = project.outputs(azure).dcrs.get(dcrs[0].name)
        if sender is None or sender.endpoint is None:
            return LocalOutcome(False, f"{dcrs[0].name} is not there yet: run `provisioner up -e local`")
        records = workbench.records.get(request.records)
        try:
            azure.ingestion.send(sender.endpoint, sender.immutable_id, stream.name, records)
        except ProvisionerError as error:
            return LocalOutcome(False, _with_hint(error))
    return LocalOutcome(True, f"sent {plural(len(records), 'record')} to {request.stream}")


_NOT_RUNNING = "no local Azure runs beside this manifest: start it with `provisioner up -e local`"


def _running(workbench: Workbench) -> ReadyLine | None:
    return find_running(workbench.project.state_directory)


def _local_project(workbench: Workbench) -> Project:
    return workbench.project_in(LOCAL_ENVIRONMENT)


def _with_hint(error: ProvisionerError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
