"""The site of a run: what all probes share in the throw-away group, and how they write resources there."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from provisioner.azure.error_translation import retry_advice
from provisioner.calibration.calibration_facts import (
    PROBE_STREAM,
    RESULTS_TABLE,
    calibration_facts,
    stream_columns,
)
from provisioner.calibration.calibration_probe import Answer
from provisioner.calibration.interruptible_waits import InterruptibleWaits
from provisioner.calibration.probe_manifest import SITE_TYPES, probe_document, written_resources
from provisioner.calibration.service_answers import accepted, answer_of_exchange, refusal
from provisioner.calibration.site_records import SiteRecords
from provisioner.errors import CloudError, ProvisionerError
from provisioner.model import PUBLISHER
from provisioner.resources import resource_type
from provisioner.resources.grant_resource import assignment_name, role_id
from provisioner.resources.resource_ids import group_id, resource_id

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.calibration.throwaway_group import ThrowawayGroup
    from provisioner.model import Target
    from provisioner.resources import Body, ResourceType, TypeName


class ThrowawaySite:
    """Shared by all threads of a run. `target` is that of the environment, with the throw-away group.

    `stop` ends every wait at once, with Stopped.
    """

    def __init__(self, azure: Azure, group: ThrowawayGroup, stop: threading.Event, rules: int) -> None:
        self.azure = azure
        self.group = group
        self.waits = InterruptibleWaits(stop)
        self.records = SiteRecords(azure, self.waits)
        self.target: Target = replace(azure.target, resource_group=group.name)
        self.group_id = group_id(self.target.subscription, group.name)
        self.workspace_id = resource_id(self.group_id, resource_type("workspace").arm_type, group.workspace_name)
        self._numbers = count(1)
        self._rules: queue.SimpleQueue[str] = queue.SimpleQueue()
        for number in range(rules):
            self._rules.put(f"dcr-lent-{number + 1}")

    # -- set-up

    def build(self) -> None:
        """Create the workspace, the right to send, and the tables, endpoint and rule that probes share.

        The group exists. Raises CloudError.
        """
        document = probe_document(calibration_facts()["manifest"], self.target, self.group.workspace_name)
        if document.manifest is None:
            raise ProvisionerError(f"the site's manifest cannot be loaded: {document.diagnostics[0].message}")
        for resource, body in written_resources(document.manifest, SITE_TYPES):
            written = self._put(resource.type, str(resource.id), body)
            if resource.type.short_name == "workspace":
                self.records.customer_id = str(written["properties"]["customerId"])
            elif resource.type.short_name == "dcr":
                self.records.rules[resource.name] = written
        self._grant_self()

    def _grant_self(self) -> None:
        principal = self.azure.identity.object_id
        if principal is None:
            raise ProvisionerError(
                "the token does not tell the object id of the running identity, which needs the right to send",
                hint=f"sign in as a user or a service principal that may assign {PUBLISHER}",
            )
        grant, role = resource_type("grant"), role_id(PUBLISHER)
        id_ = f"{self.group_id}/providers/{grant.arm_type}/{assignment_name(self.group_id, principal, role)}"
        definitions = f"/subscriptions/{self.target.subscription}/providers/Microsoft.Authorization/roleDefinitions"
        properties = {"roleDefinitionId": f"{definitions}/{role}", "principalId": principal}
        self.azure.management.put(grant, id_, {"properties": properties})
        self.records.granted_at = self.waits.clock()

    # -- names

    def next_number(self) -> str:
        """A number that no other probe of the run has, for the names of its resources."""
        return str(next(self._numbers))

    def id_of(self, type_name: TypeName, name: str) -> str:
        """The id of a resource of the group."""
        return resource_id(self.group_id, resource_type(type_name).arm_type, name)

    def table_id(self, name: str) -> str:
        """The id of a table of the workspace."""
        return f"{self.workspace_id}/tables/{name}"

    @property
    def other_region(self) -> str:
        """A region in which the site is not."""
        regions: list[str] = calibration_facts()["other_regions"]
        return next(region for region in regions if region != self.target.location)

    # -- writes

    def write(self, type_: ResourceType, id_: str, body: Body) -> Answer:
        """Put a resource: accepted, or refused with the service's words. Raises CloudError."""
        try:
            self._put(type_, id_, body)
        except CloudError as error:
            return refusal(error)
        return accepted(self.azure.observer.request_id)

    def request(self, method: str, path: str, api_version: str, body: Body | None = None) -> Answer:
        """Send one request as it is. Raises CloudError."""
        return answer_of_exchange(*self.azure.management.exchange(method, path, api_version, body), path)

    def write_rule(self, name: str, transform: str) -> Answer:
        """Put a Direct rule whose stream of probes flows through the transform into the table of results."""
        columns = [{"name": column, "type": type_name} for column, type_name in stream_columns().items()]
        flow = {
            "streams": [PROBE_STREAM],
            "destinations": ["workspace"],
            "transformKql": transform,
            "outputStream": f"Custom-{RESULTS_TABLE}",
        }
        body = {
            "location": self.target.location,
            "kind": "Direct",
            "properties": {
                "streamDeclarations": {PROBE_STREAM: {"columns": columns}},
                "destinations": {"logAnalytics": [{"workspaceResourceId": self.workspace_id, "name": "workspace"}]},
                "dataFlows": [flow],
            },
        }
        try:
            self.records.rules[name] = self._put(resource_type("dcr"), self.id_of("dcr", name), body)
        except CloudError as error:
            return refusal(error)
        return accepted(self.azure.observer.request_id)

    @contextmanager
    def lent_rule(self) -> Iterator[str]:
        """The name of a rule that only the caller writes within the block: a few rules serve many probes."""
        name = self._rules.get()
        try:
            yield name
        finally:
            self._rules.put(name)

    def _put(self, type_: ResourceType, id_: str, body: Body) -> Body:
        """Put, and try again while what was made just now may not be visible everywhere."""
        for is_last in self.waits.attempts(calibration_facts()["table_minutes"]):
            try:
                return self.azure.management.put(type_, id_, body)
            except CloudError as error:
                if is_last or retry_advice(error).when == "never":
                    raise
        raise AssertionError("the last attempt returns or raises")
