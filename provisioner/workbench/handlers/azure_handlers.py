"""Requests that go to Azure, or to the local one."""

from __future__ import annotations

from provisioner.workbench import local_azure
from provisioner.workbench.azure_runs import run_against_azure
from provisioner.workbench.messages.azure_messages import AzureReport, AzureRun
from provisioner.workbench.messages.local_messages import (
    LocalFault,
    LocalOutcome,
    LocalQuery,
    LocalRows,
    LocalSend,
    LocalStatus,
)
from provisioner.workbench.messages.project_messages import Nothing
from provisioner.workbench.workbench import Workbench


def run(workbench: Workbench, request: AzureRun) -> AzureReport:
    """Plan, compare, verify or apply."""
    return run_against_azure(workbench, request, workbench.reports)


def local_status(workbench: Workbench, _: Nothing) -> LocalStatus:
    """The local Azure as it is."""
    return local_azure.local_status(workbench)


def query_local(workbench: Workbench, request: LocalQuery) -> LocalRows:
    """Rows of the local Azure."""
    return local_azure.query_rows(workbench, request)


def set_local_fault(workbench: Workbench, request: LocalFault) -> LocalOutcome:
    """Switch a fault of the local Azure on or all off."""
    return local_azure.set_fault(workbench, request)


def send_local(workbench: Workbench, request: LocalSend) -> LocalOutcome:
    """Send records to the local Azure."""
    return local_azure.send_records(workbench, request)
