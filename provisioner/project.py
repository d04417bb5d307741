"""The library's face: a manifest, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner import load
from provisioner.diagnostics import Diagnostic, Place, has_failures
from provisioner.errors import InvalidManifest
from provisioner.model import Manifest
from provisioner.progress import Progress, ignore_progress

if TYPE_CHECKING:
    from provisioner.apply import Outcome
    from provisioner.apply.flow_errors import Locate
    from provisioner.azure import Azure, Identity
    from provisioner.live import Live
    from provisioner.load import Document
    from provisioner.plan import Drift, Plan
    from provisioner.resources import Graph
    from provisioner.resources.sender_outputs import Outputs
    from provisioner.transform_tests import TestResult
    from provisioner.verify import VerifyResult

STATE = ".provisioner"
"""Beside the manifest: the emulator's state, the journal of applies, the lock."""


class Project:
    """One manifest in one environment.

    Loading never raises for the author's mistakes: they are `diagnostics`, and `raise_if_invalid()` is the
    caller's explicit step. What goes online takes the Azure that `connect()` gives.
    """

    def __init__(self, document: Document, *, templates: Path | None = None) -> None:
        self.document = document
        self.templates = templates
        self._reload: Callable[[], Project] = lambda: self

    @classmethod
    def load(
        cls,
        path: Path | str = ".",
        environment: str | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        templates: Path | None = None,
    ) -> Project:
        """Read a manifest: a file, or `provisioner.yaml` in a directory. `templates` holds overriding definitions."""
        given = dict(variables or {})
        made = cls(load.document(Path(path), environment=environment, variables=given), templates=templates)
        made._reload = lambda: cls.load(path, environment, given, templates=templates)
        return made

    def reload(self) -> Project:
        """The same project read anew, after its files have changed."""
        return self._reload()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Risks that were accepted before this run; see SavedPlan."""
        return ()

    @property
    def environment(self) -> str | None:
        """The environment that is laid over."""
        return self.document.environment

    @property
    def state(self) -> Path:
        """The directory for what is kept between runs."""
        return self.document.root / STATE

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that loading and the rules have to say about this environment."""
        return self.validate()

    @property
    def manifest(self) -> Manifest:
        """What the author wants. Raises InvalidManifest where loading found errors."""
        if self.document.manifest is None:
            raise InvalidManifest(self.document.diagnostics)
        return self.document.manifest

    def validate(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Diagnostic, ...]:
        """Run the checks, all or those whose code starts with one of `select` and none of `ignore`."""
        from provisioner import validate

        return validate.check(self.document, select=tuple(select), ignore=tuple(ignore))

    def raise_if_invalid(self) -> Manifest:
        """The manifest, or InvalidManifest where a diagnostic is an error."""
        if has_failures(self.diagnostics):
            raise InvalidManifest(self.diagnostics)
        return self.manifest

    def test(self, streams: Sequence[str] = ()) -> tuple[TestResult, ...]:
        """Run the transform tests of these streams, all where none is named."""
        from provisioner.transform_tests import run_transform_tests

        return run_transform_tests(self.document, streams)

    def desired(self, identity: Identity | None = None) -> Graph:
        """The resources that the manifest declares; `identity` is what `self` means, while somebody is signed in."""
        return self._expanded(self.manifest, identity)

    def render(self, form: str = "arm") -> Mapping[str, str]:
        """The files of a format: name → text. Raises KeyError for a format that is not in `render.FORMATS`."""
        from provisioner import render

        return render.render(self.manifest, self.desired(), form)

    def connect(self, credential: Any = None, *, concurrency: int = 16) -> Azure:
        """Azure as this environment's target means it; under `local` an emulator is started or reused.

        `credential` is one of azure-identity's; without it DefaultAzureCredential looks for one. Close what
        is returned, or use it in `with`. Raises CloudError where nobody can sign in.
        """
        from provisioner import azure

        target = self.manifest.target
        if target.cloud == "local":
            from provisioner.emulator.lifecycle import ensure

            ready = ensure(self.state)
            return azure.connect_local(target, ready, concurrency=concurrency)
        return azure.connect(target, credential=credential, concurrency=concurrency)

    def plan(
        self, azure: Azure, *, prune: bool = False, allow: Collection[str] = (), only: Collection[str] = ()
    ) -> Plan:
        """What apply would do, from one reading of Azure.

        `prune`, `allow` (RISK:NAME) and `only` (TYPE/NAME) are those of the command line. Raises InvalidManifest,
        CloudError, and NotFound where something that must exist does not.
        """
        from provisioner import plan

        desired, found, requests = self._read(azure)
        return plan.plan(
            desired,
            found,
            environment=self.environment,
            principal=azure.identity.object_id,
            prune=prune,
            allow=allow,
            only=only,
            requests=requests,
        )

    def drift(self, azure: Azure, *, strict_undeclared: bool = False) -> Drift:
        """What Azure and the manifest disagree about; a scope that cannot be read is a gap, not an error."""
        from provisioner import plan

        desired, found, requests = self._read(azure, tolerant=True)
        made = plan.plan(
            desired,
            found,
            environment=self.environment,
            principal=azure.identity.object_id,
            tolerant=True,
            requests=requests,
        )
        return plan.drift(made, self.manifest, strict_undeclared=strict_undeclared)

    def plan_destroy(self, azure: Azure, *, allow: Collection[str] = ()) -> Plan:
        """The removal of what the manifest declares and owns; rows only where `allow` names their table."""
        from provisioner import live, plan

        manifest = self.manifest
        desired = self._expanded(manifest, azure.identity)
        found = live.read(azure, desired, owner=manifest.owner)
        return plan.destroy(
            desired,
            found,
            owner=manifest.owner,
            environment=self.environment,
            principal=azure.identity.object_id,
            allow=allow,
            requests=azure.requests.snapshot(),
        )

    def apply(
        self,
        plan: Plan,
        azure: Azure,
        *,
        allow: Collection[str] = (),
        parallelism: int = 10,
        progress: Progress = ignore_progress,
        recorded: Callable[[tuple[Outcome, ...]], None] | None = None,
        locked: bool = False,
        via: str = "api",
    ) -> tuple[Outcome, ...]:
        """Carry out a plan; `recorded` hears the outcomes also when the run is interrupted.

        `via` is `api`, or `deployment` for one ARM template in place of single writes.

        `locked` says that the caller is inside `alone()`, so that plan and apply are one step.
        Raises UnsafePlan before anything is sent, Busy where another run holds the directory.
        """
        from provisioner import apply

        if via == "deployment":
            from provisioner.apply.template_deployment import deploy

            return deploy(
                plan,
                self.manifest,
                azure,
                allow=allow,
                parallelism=parallelism,
                progress=progress,
                state=self.state,
                locked=locked,
                recorded=recorded,
                locate=self.locate(),
            )
        return apply.apply(
            plan,
            azure,
            allow=allow,
            parallelism=parallelism,
            progress=progress,
            state=self.state,
            recorded=recorded,
            locked=locked,
            locate=self.locate(),
        )

    def place(self, path: tuple[str | int, ...]) -> Place:
        """The word in the manifest under which something is declared."""
        return self.document.place(path, at="key")

    def locate(self) -> Locate | None:
        """Finds the manifest's line that a refusal of Azure means."""
        from provisioner.apply.flow_errors import locator

        return locator(self.manifest, self.document.place)

    @contextmanager
    def alone(self, patience: float = 600, waiting: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """Hold this directory, so that no other run on this machine writes between a plan and its apply.

        Waits up to `patience` seconds for another run; `waiting` hears which. Raises Busy.
        """
        from provisioner.apply.state_lock import held

        with held(self.state, f"apply {self.environment or ''}".strip(), patience=patience, waiting=waiting):
            yield

    def verify(
        self,
        azure: Azure,
        *,
        streams: Sequence[str] = (),
        timeout: float | None = None,
        grant_self: bool | None = None,
        keep: bool = False,
        edge: bool = False,
        progress: Progress = ignore_progress,
    ) -> VerifyResult:
        """Send marked test records and prove that each column arrives; only read where `verify.send` is false.

        `timeout` bounds all waiting, in seconds. `grant_self` gives the running identity the right to send for the
        run (default: under `local`), and `keep` leaves it. Raises CloudError for what stops the whole run.
        """
        from provisioner import live
        from provisioner.verify.verification import verify

        desired = self.desired(azure.identity)
        wanted = {each.key for each in desired if each.type.short not in {"group", "grant"}}
        found = live.read(azure, desired, only=wanted)
        return verify(
            self.manifest,
            found.graph,
            azure,
            streams=streams,
            timeout=timeout,
            grant_self=grant_self,
            keep=keep,
            edge=edge,
            progress=progress,
        )

    def outputs(self, azure: Azure) -> Outputs:
        """What senders need, read from Azure."""
        from provisioner import live
        from provisioner.resources.sender_outputs import outputs

        desired = self.desired(azure.identity)
        wanted = {each.key for each in desired if each.type.short in {"dcr", "endpoint"}}
        found = live.read(azure, desired, only=wanted)
        return outputs(self.manifest, found.graph, azure.cloud.ingestion_audience)

    def _read(self, azure: Azure, *, tolerant: bool = False) -> tuple[Graph, Live, dict[str, int]]:
        """Desired and live, where what exists really stands, and how many requests that took."""
        from provisioner import live

        manifest = self.raise_if_invalid()
        identity = azure.identity
        before = azure.requests.snapshot()
        desired = self._expanded(manifest, identity)
        found = live.read(azure, desired, owner=manifest.owner, tolerant=tolerant)
        if (moved := live.located(manifest, found)) != manifest:
            # A workspace that exists stands where it stands; what offline was taken for its region is now known.
            desired = self._expanded(moved, identity)
        after = azure.requests.snapshot()
        return desired, found, {kind: after[kind] - before[kind] for kind in after}

    def _expanded(self, manifest: Manifest, identity: Identity | None) -> Graph:
        from provisioner.resources.expand import expand

        known = (identity.object_id, identity.kind) if identity else (None, None)
        return expand(manifest, known[0], self.templates, known[1])
