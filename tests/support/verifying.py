"""A small environment in an emulator, to verify and to break."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

from provisioner import azure as azure_room
from provisioner import load
from provisioner.apply import apply
from provisioner.live import read_live
from provisioner.plan import build_plan
from provisioner.probes.timing import VerifyTiming
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from provisioner.resources.sender_outputs import read_outputs
from provisioner.verify import VerifyOptions
from provisioner.verify.verification import verify

IMPATIENT = VerifyTiming(
    send_budget=0.3,
    arrival_timeout=0.3,
    poll_interval=0.02,
    max_poll_interval=0.1,
    diagnose_after=0.05,
    resend_after=0.05,
)
PATIENT = VerifyTiming(
    send_budget=30.0,
    arrival_timeout=30.0,
    poll_interval=0.02,
    max_poll_interval=0.2,
    diagnose_after=0.05,
    resend_after=0.2,
)
PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
MANIFEST = """\
version: 1
name: shop
target: {cloud: local, resource_group: rg-shop, location: westeurope}
workspace: {name: law-shop}
endpoint: {name: dce-shop}
tables:
  Orders_CL:
    columns: {TimeGenerated: datetime, OrderId: string, Amount: real, Express: boolean, Raw: dynamic}
streams:
  Custom-Orders:
    columns: {placed: datetime, id: string, amount: real, express: boolean, raw: dynamic}
    table: Orders_CL
    transform: |
      source
      | where amount > 0
      | project TimeGenerated = placed, OrderId = id, Amount = amount, Express = express, Raw = raw
    samples: [{placed: "2026-01-01T10:00:00Z", id: A1, amount: 9.5, express: true, raw: {a: 1}}]
"""


@dataclass
class Environment:
    """A manifest applied to an emulator; `change` edits a live body past the manifest."""

    manifest: object
    azure: object
    monitor: object

    @classmethod
    def applied(cls, folder: Path, monitor, text=MANIFEST):
        file = folder / "provisioner.yaml"
        file.write_text(text)
        document = load.load_document(file)
        assert document.manifest is not None, document.diagnostics
        environment = cls(document.manifest, azure_room.connect_local(document.manifest.target, monitor.ready), monitor)
        environment.apply(folder)
        return environment

    @property
    def desired(self):
        return expand_manifest(self.manifest, self.azure.identity.object_id)

    def apply(self, folder):
        planned = build_plan(self.desired, read_live(self.azure, self.desired, owner=self.manifest.owner))
        outcomes = apply(planned, self.azure, state_directory=folder / "state")
        assert all(outcome.state == "applied" for outcome in outcomes), outcomes

    timing = IMPATIENT
    patient = PATIENT

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.azure.close()

    def live(self):
        return read_live(self.azure, self.desired).graph

    def outputs(self):
        return read_outputs(self.manifest, self.live(), self.azure.cloud.ingestion_audience)

    def verify(self, live=None, outputs=None, **options):
        options.setdefault("timing", self.timing)
        return verify(self.manifest, live or self.live(), self.azure, VerifyOptions(**options), outputs=outputs)

    def cause(self, **options):
        """The code of the one diagnosis, None where all is well."""
        arrivals = self.verify(**options).streams
        assert all(arrival.ok == (arrival.diagnosis is None) for arrival in arrivals)
        return next((arrival.diagnosis.code for arrival in arrivals if arrival.diagnosis), None)

    def id(self, short, name):
        return next(resource.id for resource in self.desired if resource.key == (short, name))

    def get(self, short, name):
        return self.azure.management.get(self.id(short, name), resource_type(short).api_version)

    def change(self, short, name, change):
        """Read a body, let `change` work on a copy of it, and write that."""
        body = copy.deepcopy(self.get(short, name))
        change(body)
        self.put(short, name, body)

    def put(self, short, name, body, other=None):
        """Write a body that was read; as another resource where a name is given."""
        writable = {
            key: value for key, value in body.items() if key not in {"id", "type", "name", "etag", "systemData"}
        }
        if short == "table":
            schema = writable["properties"]["schema"]
            writable["properties"]["schema"] = {key: schema[key] for key in ("name", "columns")}
        path = self.id(short, name)
        path = path.replace(name, other) if other else path
        self.azure.management.put(resource_type(short), path, writable)

    def copy_endpoint(self, name):
        self.put("endpoint", "dce-shop", self.get("endpoint", "dce-shop"), name)

    def copy_table(self, name, workspace="law-shop"):
        schema = self.get("table", "Orders_CL")["properties"]["schema"]
        path = self.id("table", "Orders_CL").replace("law-shop", workspace).replace("Orders_CL", name)
        body = {"properties": {"schema": {"name": name, "columns": schema["columns"]}}}
        self.azure.management.put(resource_type("table"), path, body)

    def copy_workspace(self, name):
        """Another workspace with the same table."""
        body = self.get("workspace", "law-shop")
        body["properties"] = {"sku": {"name": "PerGB2018"}}
        self.put("workspace", "law-shop", body, name)
        self.copy_table("Orders_CL", name)

    def delete(self, short, name):
        self.azure.management.delete(resource_type(short), self.id(short, name))

    def grant(self, scope, principal=None, role=PUBLISHER, name="00000000-0000-4000-8000-000000000001"):
        definition = (
            f"/subscriptions/{self.azure.target.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        )
        body = {
            "roleDefinitionId": definition,
            "principalId": principal or self.azure.identity.object_id,
            "principalType": "ServicePrincipal",
        }
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
        self.azure.management.put(resource_type("grant"), path, {"properties": body})

    def grants(self):
        assignments = self.azure.management.list(
            f"{self.id('dcr', 'dcr-shop')}/providers/Microsoft.Authorization/roleAssignments", "2022-04-01"
        )
        return [assignment for assignment in assignments if "dataCollectionRules" in assignment["id"]]
