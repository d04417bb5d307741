"""Principals that a grant names by something else than their object id."""

from __future__ import annotations

import uuid

import pytest

from provisioner import errors
from provisioner.live import look_up_principals
from provisioner.model import Grant, PrincipalReference, Target
from tests.apply.test_apply import cloud, manifest
from tests.support.azure_rest import Rest

__all__ = ["cloud"]

IDENTITY = "providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop"
SITE = "providers/Microsoft.Web/sites/shop"


@pytest.fixture
def rest(azure_monitor):
    rest = Rest(azure_monitor)
    rest.done("PUT", "", {"location": "westeurope"})
    return rest


def granting(target, *references):
    grants = {f"g{n}": Grant(f"g{n}", one, ("dcr-shop",)) for n, one in enumerate(references)}
    # Not `local`: there what does not exist gets an id that stands for it.
    strict = Target("public", target.subscription, target.resource_group, target.location)
    return manifest(strict, grants=grants)


def looked_up(cloud, *references, **options):
    return look_up_principals(cloud, granting(cloud.target, *references), **options)


def test_a_client_id_an_identity_and_a_resource_are_found(cloud, rest, azure_monitor):
    client_id = str(uuid.uuid4())
    object_id = azure_monitor.control("PUT", f"/emulator/applications/{client_id}")["object_id"]
    identity = rest.arm("PUT", IDENTITY, {"location": "westeurope"}, version="2023-01-31").body
    site = rest.arm(
        "PUT", SITE, {"location": "westeurope", "identity": {"type": "SystemAssigned"}}, version="2023-12-01"
    ).body
    references = [
        PrincipalReference("application_id", client_id.upper()),
        PrincipalReference("identity", identity["id"]),
        PrincipalReference("resource", site["id"]),
    ]
    before = cloud.requests.reads
    principals = looked_up(cloud, *references)
    # One of the directory, and one of Azure for all resources.
    assert cloud.requests.reads - before == 2
    assert list(principals.object_ids.values()) == [
        object_id,
        identity["properties"]["principalId"],
        site["identity"]["principalId"],
    ]


def test_a_manifest_without_references_reads_nothing(cloud):
    before = cloud.requests.reads
    assert look_up_principals(cloud, manifest(cloud.target)).object_ids == {}
    assert cloud.requests.reads == before


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("application_id", "7d3ad8a1-9b5f-4b8b-a1a8-50d4c6f4a009", "no service principal of the application"),
        ("identity", IDENTITY, "does not exist"),
        ("resource", SITE, "does not exist"),
        ("resource", "providers/Microsoft.Web/sites/plain", "has no system-assigned identity"),
    ],
)
def test_what_is_not_there_is_said(cloud, rest, kind, value, words):
    rest.arm("PUT", "providers/Microsoft.Web/sites/plain", {"location": "westeurope"}, version="2023-12-01")
    reference = PrincipalReference(kind, value if kind == "application_id" else f"{rest.group}/{value}")
    with pytest.raises(errors.NotFound, match=words):
        looked_up(cloud, reference)
    gap = looked_up(cloud, reference, allow_gaps=True)
    assert words in gap.coverage[0].why
    assert gap.without_unknown(granting(cloud.target, reference)).grants == {}


def test_a_directory_that_may_not_be_read_is_said_with_the_way_out(cloud, azure_monitor):
    azure_monitor.fault("error", match="POST /v1.0/$batch", status=403, code="Authorization_RequestDenied")
    with pytest.raises(errors.Forbidden) as caught:
        looked_up(cloud, PrincipalReference("application_id", str(uuid.uuid4())))
    assert "Application.Read.All" in caught.value.hint
    assert "object id" in caught.value.hint
