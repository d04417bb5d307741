"""Principals that a manifest names by something else than their object id → their object ids in the directory."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from provisioner.azure.directory_objects import DirectoryObjects
from provisioner.errors import CloudError, NotFound
from provisioner.live.extension_reads import read_together
from provisioner.live.inventory import ScopeCoverage
from provisioner.model import Grant, Manifest, PrincipalReference
from provisioner.package_data import load_facts
from provisioner.resources import Body
from provisioner.resources.application_resource import principal_id
from provisioner.resources.expansion_context import OWNER_TAG, application_unique_name
from provisioner.resources.resource_ids import parse_resource_id

if TYPE_CHECKING:
    from provisioner.azure import Azure

# Under `local` others' identities are not there: each gets one object id, on every machine the same.
_LOCAL_NAMESPACE = uuid.UUID("6a1f6a52-3c0b-4b0e-9b7e-0b3f3d0a1c55")


@dataclass(frozen=True, slots=True)
class Principals:
    """What was looked up: the object id of each reference, and the app registrations by their unique names.

    Applications of the manifest that are not there yet are in neither. `coverage` says what could not be read, and
    `applications_read` whether that holds for the applications.
    """

    object_ids: Mapping[PrincipalReference, str] = field(default_factory=dict)
    applications: Mapping[str, Body] = field(default_factory=dict)
    coverage: tuple[ScopeCoverage, ...] = ()
    applications_read: bool = True
    owned: Mapping[str, Body] | None = None
    """The app registrations with the manifest's mark, by unique name; None where nobody looked for them."""

    def without_unknown(self, manifest: Manifest) -> Manifest:
        """The manifest without the grants whose principal is not known and which no apply makes."""
        usable = {name: grant for name, grant in manifest.grants.items() if self._is_known(grant)}
        return manifest if len(usable) == len(manifest.grants) else replace(manifest, grants=usable)

    def _is_known(self, grant: Grant) -> bool:
        principal = grant.principal
        if not isinstance(principal, PrincipalReference) or principal in self.object_ids:
            return True
        return principal.kind == "application" and self.applications_read


def look_up_principals(azure: Azure, manifest: Manifest, *, allow_gaps: bool = False) -> Principals:
    """Look up every principal that the manifest's grants refer to, and its applications; nothing where it has none.

    One read for each identity and resource; applications are read together. Raises CloudError, and NotFound for a
    principal that there is not; with `allow_gaps` both become gaps in `coverage`.
    """
    unique_names = {name: application_unique_name(manifest, name) for name in manifest.applications}
    principals = (grant.principal for grant in manifest.grants.values())
    references = dict.fromkeys(one for one in principals if isinstance(one, PrincipalReference))
    if not references and not unique_names:
        return Principals()
    lookup = _Lookup(azure, manifest.target.cloud == "local", allow_gaps)
    of_clients = [one for one in references if one.kind == "application_id"]
    # What a manifest without applications may have left there is looked for only when somebody prunes.
    tag = f"{OWNER_TAG}:{manifest.owner}" if unique_names else None
    objects = lookup.in_directory(of_clients, unique_names.values(), tag)
    object_ids = {
        **(lookup.of_client_ids(of_clients, objects.principals) if objects is not None else {}),
        **lookup.of_resources([one for one in references if one.kind in {"identity", "resource"}]),
    }
    applications = objects.applications if objects is not None else {}
    for name, unique_name in unique_names.items():
        object_id = principal_id(applications[unique_name]) if unique_name in applications else None
        # Without a service principal the registration is half made: the apply makes the rest, and the id comes then.
        if object_id:
            object_ids[PrincipalReference("application", name)] = object_id
    # Several grants may be for one principal: what is missing is told once.
    coverage = tuple(ScopeCoverage("principals", ok=False, why=why) for why in dict.fromkeys(lookup.gaps))
    owned = objects.owned if objects is not None else {}
    return Principals(object_ids, applications, coverage, objects is not None, owned if unique_names else None)


class _Lookup:
    def __init__(self, azure: Azure, local: bool, allow_gaps: bool) -> None:
        self.azure, self.local, self.allow_gaps = azure, local, allow_gaps
        self.gaps: list[str] = []

    def in_directory(
        self, references: list[PrincipalReference], unique_names: Collection[str], tag: str | None
    ) -> DirectoryObjects | None:
        """What the directory has of client ids, of applications, and of a tag; None where it may not be read."""
        if not references and not unique_names:
            return DirectoryObjects({}, {}, {})
        # Entra compares ids without case, and answers in lower case: asked for so, an answer finds its question.
        client_ids = [one.value.lower() for one in references]
        try:
            return self.azure.directory.look_up(unique_names=unique_names, client_ids=client_ids, tag=tag)
        except CloudError as error:
            self._report(error)
            return None

    def of_client_ids(
        self, references: list[PrincipalReference], principals: Mapping[str, Body]
    ) -> dict[PrincipalReference, str]:
        ids = {one: principals.get(one.value.lower(), {}).get("id") for one in references}
        return {one: usable for one, id_ in ids.items() if (usable := self._checked(one, id_))}

    def of_resources(self, references: list[PrincipalReference]) -> dict[PrincipalReference, str]:
        """The identities that are, or are of, resources: one request for all of them."""
        versions = {one: version for one in references if (version := self._version_of(one)) is not None}
        answers = dict(zip(versions, self._bodies(versions), strict=True))
        ids: dict[PrincipalReference, str] = {}
        for one in references:
            answer = answers.get(one)
            if isinstance(answer, CloudError):
                self._report(answer)
                continue
            holder = "properties" if one.kind == "identity" else "identity"
            object_id = ((answer or {}).get(holder) or {}).get("principalId")
            if usable := self._checked(one, object_id, exists=answer is not None):
                ids[one] = usable
        return ids

    def _bodies(self, versions: Mapping[PrincipalReference, str]) -> Sequence[Body | CloudError | None]:
        return read_together(self.azure, [f"{one.value}?api-version={version}" for one, version in versions.items()])

    def _version_of(self, reference: PrincipalReference) -> str | None:
        """The api-version with which a resource is read; None for a type that there is not."""
        parts = parse_resource_id(reference.value)
        assert parts is not None, "GRA006 refuses what is no resource id"
        facts = load_facts("identities.yaml")
        versions = {name.lower(): version for name, version in facts["api_versions"].items()}
        # Asking a provider for its versions is a second read: only types that are rare have to pay for it.
        try:
            return versions.get(parts.type.lower()) or self._newest_version(parts.subscription, parts.type)
        except CloudError as error:
            self._report(error)
            return None

    def _newest_version(self, subscription: str, type_: str) -> str | None:
        """The newest stable api-version of a type whose versions are not among our facts; None for an unknown type."""
        namespace, _, name = type_.partition("/")
        provider = self.azure.management.get(
            f"/subscriptions/{subscription}/providers/{namespace}", load_facts("identities.yaml")["provider_version"]
        )
        # Providers list the newest first in most cases, with previews among the rest: as dates they are sorted.
        types = (provider or {}).get("resourceTypes") or ()
        versions = next((one.get("apiVersions") or () for one in types if _same(one.get("resourceType"), name)), ())
        return max((one for one in versions if "preview" not in one), default=max(versions, default=None))

    def _checked(self, reference: PrincipalReference, id_: object, *, exists: bool = False) -> str | None:
        """The object id; where there is none one that stands for it under `local`, else a NotFound that is reported."""
        if isinstance(id_, str) and id_:
            return id_
        # An environment is tried out before the identities of others exist, and grants for them need some id.
        if self.local:
            return str(uuid.uuid5(_LOCAL_NAMESPACE, str(reference).lower()))
        self._report(_not_found(reference, exists=exists))
        return None

    def _report(self, error: CloudError) -> None:
        if not self.allow_gaps:
            raise error
        self.gaps.append(error.message)


def _not_found(reference: PrincipalReference, *, exists: bool) -> NotFound:
    if reference.kind == "application_id":
        return NotFound(
            f"the tenant has no service principal of the application {reference.value}",
            hint="check that it is the client id, and the tenant; `az ad sp create --id CLIENT-ID` makes a missing one",
            target=reference.value,
        )
    if exists:
        return NotFound(
            f"{reference.value} has no system-assigned identity",
            hint="turn its identity on, or name a user-assigned one: `principal: {identity: …}`",
            target=reference.value,
        )
    return NotFound(
        f"{reference.value} does not exist, or the identity may not read it",
        hint="correct its id",
        target=reference.value,
    )


def _same(one: object, other: str) -> bool:
    return str(one).lower() == other.lower()
