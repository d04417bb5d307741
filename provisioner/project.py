"""`Project`: a manifest in one environment, and the steps of its pipeline. The command line is a shell on this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner import load
from provisioner.diagnostics import Diagnostic, Place, has_failures
from provisioner.errors import InvalidManifest
from provisioner.model import Manifest, ManifestPath, PrincipalReference, Target
from provisioner.project_settings import find_settings
from provisioner.state_directory import STATE_DIRECTORY

if TYPE_CHECKING:
    from provisioner.apply import Applied, ApplyOptions
    from provisioner.apply.template_deployment import WhatIfRow
    from provisioner.azure import Azure, Identity
    from provisioner.doctor.health_check import HealthReport
    from provisioner.load import Document
    from provisioner.pipeline_graph.graph_elements import PipelineGraph
    from provisioner.plan import Drift, Plan, PlanOptions
    from provisioner.resources import Graph, TypeName
    from provisioner.resources.sender_outputs import Outputs
    from provisioner.send import ChunkResult, SendOptions
    from provisioner.send.arrival_count import ArrivalCounter
    from provisioner.send.record_sources import RecordSource
    from provisioner.send.send_job import SendJob
    from provisioner.transform_tests import TestResult
    from provisioner.transforms.bound_transforms import BoundTransforms
    from provisioner.verify import VerifyOptions, VerifyResult


# Rooms are imported inside the methods that use them: an offline command must not pay for Azure's SDKs or the emulator.
class Project:
    """A manifest in one environment.

    Loading never raises for the author's mistakes: they are in `diagnostics`, and `raise_if_invalid()` turns them
    into an exception. Methods that go online take the connection that `connect()` returns.
    """

    def __init__(self, document: Document, *, templates: Path | None = None) -> None:
        self.document = document
        self._templates = templates
        self._reload: Callable[[], Project] = lambda: self

    # -- load

    @classmethod
    def load(
        cls,
        path: Path | str = ".",
        environment: str | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        templates: Path | None = None,
    ) -> Project:
        """Read a manifest: a file, or `provisioner.yaml` in a directory.

        `environment` names one that the manifest declares, or `local`; `variables` are values for its variables;
        `templates` is a directory of definitions that replace the built-in ones by file name (default: that of the
        project's settings).
        """
        overrides = dict(variables or {})
        project = cls(load.load_document(Path(path), environment=environment, variables=overrides), templates=templates)
        # A closure: a project made from a document has no path, and reloads as itself.
        project._reload = lambda: cls.load(path, environment, overrides, templates=templates)
        return project

    def reload(self) -> Project:
        """Read the project's files again."""
        return self._reload()

    @property
    def environment(self) -> str | None:
        """The environment's name; None for the manifest without one."""
        return self.document.environment

    @property
    def manifest(self) -> Manifest:
        """The manifest as values. Raises InvalidManifest where loading found errors."""
        if self.document.manifest is None:
            raise InvalidManifest(self.document.diagnostics)
        return self.document.manifest

    @property
    def target(self) -> Target:
        """Where the resources are deployed. Raises InvalidManifest where loading found errors."""
        return self.manifest.target

    @property
    def state_directory(self) -> Path:
        """The directory `.provisioner` beside the manifest; it may not exist yet."""
        return self.document.root / STATE_DIRECTORY

    @cached_property
    def templates(self) -> Path | None:
        """The directory of definitions that replace the built-in ones: as it was given, or as the settings say."""
        return self._templates or find_settings(self.document.root).templates

    def position_of(self, path: ManifestPath) -> Place:
        """The position of the key at a path of the manifest, such as ("tables", "Orders_CL")."""
        return self.document.place(path, at="key")

    # -- validate and test

    @cached_property
    def transforms(self) -> BoundTransforms:
        """The manifest's transforms, each bound once for `validate`, `test` and `verify`."""
        from provisioner.transforms.bound_transforms import BoundTransforms

        return BoundTransforms()

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of loading and of all checks, for this environment."""
        return self.validate()

    def validate(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Diagnostic, ...]:
        """Run the checks: all, or those whose code starts with one of `select` and with none of `ignore`."""
        from provisioner import validate

        return validate.check(self.document, tuple(select), tuple(ignore), transforms=self.transforms)

    def raise_if_invalid(self) -> Manifest:
        """The manifest as values. Raises InvalidManifest where a diagnostic is an error."""
        if has_failures(self.diagnostics):
            raise InvalidManifest(self.diagnostics)
        return self.manifest

    def test(self, streams: Sequence[str] = ()) -> tuple[TestResult, ...]:
        """Run the transform tests of these streams, or of all."""
        from provisioner.transform_tests import run_transform_tests

        return run_transform_tests(self.document, streams, transforms=self.transforms)

    def draw_changes(self, changes: Mapping[str, str]) -> str | None:
        """The part of the picture around nodes (id → what happens to it) as Mermaid; None where it is too large."""
        from provisioner.pipeline_graph.changed_part import draw_changes

        return draw_changes(self.graph(), changes)

    def graph(self, *, focus: str | None = None, lineage: str | None = None) -> PipelineGraph:
        """The pipeline as a picture: nodes and edges, with what the checks find counted at each node.

        `focus` is the name of a node that all shown nodes lead to or come from, `lineage` TABLE.COLUMN or
        STREAM.COLUMN. Raises InvalidManifest where loading found no manifest, UnknownName for a name without a node.
        """
        from provisioner.pipeline_graph.column_lineage import lineage_graph
        from provisioner.pipeline_graph.graph_selection import focused
        from provisioner.pipeline_graph.manifest_graph import manifest_graph

        whole = manifest_graph(self.document, self.manifest, self.diagnostics)
        if lineage is not None:
            return lineage_graph(whole, self.document, self.manifest, self.transforms, lineage)
        return whole if focus is None else focused(whole, focus)

    # -- render

    def desired(self, identity: Identity | None = None) -> Graph:
        """The resources that the manifest declares; `identity` is the principal that `self` in a grant means."""
        return self._expand(self.manifest, identity, None)

    def render(self, format_name: str = "arm", *, import_blocks: bool = False) -> Mapping[str, str]:
        """The files of a format: name → text; with `import_blocks` those that take what exists into Terraform's state.

        Raises KeyError for a format that `render` does not have, ValueError for import blocks in another format.
        """
        from provisioner import render

        return render.render(self.manifest, self.desired(), format_name, import_blocks=import_blocks)

    # -- plan

    def connect(self, credential: Any = None, *, concurrency: int = 16) -> Azure:
        """Connect to this environment's target; under `local` an emulator is started or reused.

        `credential` is one of azure-identity's (default: DefaultAzureCredential). Close the connection, or use it in
        `with`. Signing in happens on first use; that raises NotSignedIn.
        """
        from provisioner.connection import connect

        return connect(self.target, self.state_directory, credential, concurrency=concurrency)

    def plan(self, azure: Azure, options: PlanOptions | None = None) -> Plan:
        """What apply would do, from one reading of Azure, and what that does to the rows of samples and tests.

        Raises InvalidManifest, CloudError, and NotFound for a missing `existing` resource.
        """
        from provisioner.plan import PLAN_DEFAULTS, plan_against_azure
        from provisioner.plan.plan_details import with_details

        manifest = self.raise_if_invalid()
        plan = plan_against_azure(manifest, self._expand, azure, options or PLAN_DEFAULTS)
        return with_details(plan, self.document, self.transforms)

    def save_plan(self, plan: Plan, azure: Azure, file: Path) -> None:
        """Write a plan to a file, from which `SavedPlan` applies it."""
        from provisioner.plan.plan_file import save_plan

        save_plan(plan, self.manifest, file, self.document.root, azure.identity.object_id, self.document.place)

    def transition(self, plan: Plan) -> str:
        """The text of a manifest that keeps what a plan would take away beside what comes, until senders have moved.

        It is to stand beside this manifest. Raises BadRequestFile where there is nothing to keep.
        """
        from provisioner.adopt.transition import transition_text

        return transition_text(plan, self.document, self.transforms)

    def plan_destroy(self, azure: Azure, options: PlanOptions | None = None) -> Plan:
        """The plan that deletes what the manifest declares and owns; tables and workspace only if `allow` has them."""
        from provisioner.plan import PLAN_DEFAULTS, plan_destroy_against_azure

        return plan_destroy_against_azure(self.manifest, self._expand, azure, options or PLAN_DEFAULTS)

    def drift(self, azure: Azure, *, strict_undeclared: bool = False) -> Drift:
        """The differences between Azure and the manifest; a scope that cannot be read becomes a gap, not an error.

        With `strict_undeclared`, resources of other owners count as differences.
        """
        from provisioner.plan import PlanOptions, find_drift

        comparison = self.plan(azure, PlanOptions(tolerant_of_gaps=True))
        return find_drift(comparison, self.manifest, strict_undeclared=strict_undeclared)

    def check_up(self, azure: Azure) -> HealthReport:
        """What would stop an apply: sign-in, network, providers, region, rights. Raises InvalidManifest alone."""
        from provisioner.doctor.checkup import check_up

        return check_up(self.raise_if_invalid(), azure, lambda: self.plan(azure))

    # -- apply

    def lock(
        self, timeout: float = 600, on_wait: Callable[[str], None] = lambda _: None
    ) -> AbstractContextManager[None]:
        """Hold the state directory, so that no other run on this machine writes between a plan and its apply.

        Waits up to `timeout` seconds for another run; `on_wait` gets a description of it. Raises StateLocked.
        """
        from provisioner.apply.state_lock import state_lock

        purpose = f"apply {self.environment or ''}".strip()
        return state_lock(self.state_directory, purpose, timeout=timeout, on_wait=on_wait)

    def what_if(self, plan: Plan, azure: Azure) -> tuple[WhatIfRow, ...]:
        """Azure's own forecast of a plan, a row a resource. The group must exist. Raises CloudError."""
        from provisioner.apply.template_deployment import what_if_rows

        return what_if_rows(plan, self.manifest, azure)

    def apply(self, plan: Plan, azure: Azure, options: ApplyOptions | None = None) -> Applied:
        """Carry out a plan and return an outcome for each change; after a failure no further change is begun.

        Raises UnsafePlan before anything is sent, and StateLocked where another run holds the directory.
        """
        from provisioner.apply import APPLY_DEFAULTS, apply_plan
        from provisioner.apply.flow_errors import error_locator

        locate_error = error_locator(self.manifest, self.document.place)
        return apply_plan(plan, self.manifest, azure, options or APPLY_DEFAULTS, self.state_directory, locate_error)

    # -- verify and outputs

    def verify(
        self,
        azure: Azure,
        options: VerifyOptions | None = None,
        *,
        after: Applied | None = None,
        outputs: Outputs | None = None,
    ) -> VerifyResult:
        """Send marked test records and check that each column arrives; with `verify.send: false` only read.

        What `after` says is not read again, nor `outputs` computed. Raises CloudError for what stops the whole run.
        """
        from provisioner.verify import VERIFY_DEFAULTS, VERIFY_TYPES
        from provisioner.verify.verification import verify

        live = self._live_graph(azure, after, VERIFY_TYPES)
        options = options or VERIFY_DEFAULTS
        return verify(self.manifest, live, azure, options, outputs=outputs, transforms=self.transforms)

    def outputs(self, azure: Azure, after: Applied | None = None) -> Outputs:
        """The endpoints, immutable ids and stream URLs that senders need. Raises CloudError.

        They are read from Azure, except for what `after`, the result of an apply, says of them.
        """
        from provisioner.resources.sender_outputs import OUTPUT_TYPES, read_outputs

        live = self._live_graph(azure, after, OUTPUT_TYPES)
        return read_outputs(self.manifest, live, azure.cloud.ingestion_audience, azure.identity.tenant_id)

    # -- send

    def send(
        self, azure: Azure, stream: str, records: Iterable[Mapping[str, Any]], options: SendOptions | None = None
    ) -> Iterator[ChunkResult]:
        """Send records to a stream by its key, and yield what becomes of them, a call's at a time.

        Nothing is sent before the first result is asked for. A record that cannot be sent is in the `dead` of its
        result, and the rest is sent. Raises SendStopped where the service takes no more, CloudError where it cannot be
        asked, ProvisionerError for a stream that there is not.
        """
        from provisioner.send.record_sources import MappingSource

        job = self.send_job(stream, [MappingSource(records)], options)
        yield from job.send(azure, lambda: self.send_live(azure), job.options.dead_letters)

    def send_to_files(self, job: SendJob, azure: Azure) -> Iterator[ChunkResult]:
        """Run a job, its dead letters and checkpoint in files: in the options' directory, or beside the manifest.

        Raises as `send` does, and BadRequestFile where the directory cannot be used or there is nothing to resume.
        """
        directory = self.state_directory / "send" / (self.environment or "default") / job.stream_key
        yield from job.send(azure, lambda: self.send_live(azure), job.options.dead_letters or directory)

    def arrival_counter(self, job: SendJob, azure: Azure) -> ArrivalCounter:
        """Counts the rows of a job in the workspace; to be made before the job begins. Raises CloudError."""
        return job.arrival_counter(azure, self.send_live(azure))

    def send_job(self, stream: str, sources: Sequence[RecordSource], options: SendOptions | None = None) -> SendJob:
        """A run that sends the records of sources (`send.record_sources`), or only looks at them; it has the result."""
        from provisioner.send.send_job import SendJob
        from provisioner.send.send_options import SEND_DEFAULTS

        return SendJob(self.raise_if_invalid(), self.transforms, stream, sources, options or SEND_DEFAULTS)

    def send_live(self, azure: Azure) -> Graph:
        """The live rules and endpoints that senders need. Raises CloudError."""
        from provisioner.resources.sender_outputs import OUTPUT_TYPES

        return self._live_graph(azure, None, OUTPUT_TYPES)

    def _live_graph(self, azure: Azure, after: Applied | None, types: Sequence[TypeName]) -> Graph:
        """The live resources of some types: those that an apply knows, else read from Azure."""
        # Not `if after`: the result of a plan without changes is an empty tuple.
        if after is not None:
            return after.live_graph(azure, types)
        from provisioner.live import read_types

        return read_types(azure, self.desired(azure.identity), types)

    def _expand(
        self, manifest: Manifest, identity: Identity | None, object_ids: Mapping[PrincipalReference, str] | None
    ) -> Graph:
        from provisioner.resources.expand import expand_manifest

        object_id, principal_type = (identity.object_id, identity.principal_type) if identity else (None, None)
        return expand_manifest(manifest, object_id, self.templates, principal_type, object_ids)
