"""Who may come in: tokens, their audience, tenant and age, and the roles behind them."""

from __future__ import annotations

import base64
import json
import time
import uuid
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from azure.identity import CertificateCredential, ClientAssertionCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from jwt.algorithms import RSAAlgorithm

from tests.support.azure_rest import PUBLISHER, Rest

ARM = "https://management.azure.com"
OTHER = "7d3ad8a1-9b5f-4b8b-a1a8-50d4c6f4a001"


@pytest.fixture
def rest(azure_monitor):
    return Rest(azure_monitor)


def as_other(rest, azure, **form):
    """A caller with an application of its own, without any right."""
    application = azure.control("PUT", f"/emulator/applications/{OTHER}")
    other = Rest(azure)
    for audience in (ARM, "https://monitor.azure.com", "https://api.loganalytics.io"):
        other.token(audience, client_id=OTHER, client_secret=application["secret"], **form)
    return other, application["object_id"]


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"client_id": OTHER}, 401, "unauthorized_client", 700016),
        ({"client_id": ""}, 401, "unauthorized_client", 700016),
        ({"scope": "https://example.com/.default"}, 400, "invalid_resource", 500011),
        ({"scope": "https://management.azure.com"}, 400, "invalid_scope", 1002012),
        ({"scope": ""}, 400, "invalid_scope", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"tenant": "11111111-1111-1111-1111-111111111111"}, 400, "invalid_request", 90002),
    ],
)
def test_entra_refuses_with_its_own_numbers(rest, form, status, error, number):
    reply = rest.sign_in(**form)
    assert (reply.status, reply.body["error"], reply.body["error_codes"]) == (status, error, [number])
    assert reply.body["error_description"].startswith(f"AADSTS{number}: ")


def test_the_older_token_endpoint_takes_a_resource(rest, azure_monitor):
    ready = azure_monitor.ready
    form = (
        f"grant_type=client_credentials&client_id={ready.client_id}&client_secret={ready.client_secret}&resource={ARM}/"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = rest.send("POST", f"/{ready.tenant}/oauth2/token", form, headers)
    rest.tokens[ARM] = reply.body["access_token"]
    assert rest.arm("GET", "/subscriptions").status == 200


def test_a_token_is_signed_by_the_published_key(rest, azure_monitor):
    tenant = azure_monitor.ready.tenant
    configuration = rest.send("GET", f"/{tenant}/v2.0/.well-known/openid-configuration").body
    keys = jwt.PyJWKSet.from_dict(rest.send("GET", configuration["jwks_uri"]).body)
    token = rest.token()
    claims = jwt.decode(
        token,
        keys[jwt.get_unverified_header(token)["kid"]].key,
        algorithms=["RS256"],
        audience=ARM,
        issuer=configuration["issuer"],
    )
    assert (claims["oid"], claims["tid"]) == (azure_monitor.ready.object_id, tenant)


@pytest.mark.parametrize(
    "path",
    ["/subscriptions", "/subscriptions/x/resourceGroups/y", "/nowhere", "/v1/workspaces/x/query", "/emulator/drops"],
)
def test_nothing_but_discovery_is_answered_without_a_token(rest, path):
    reply = rest.send("GET", path)
    assert (reply.status, reply.code) == (401, "AuthenticationFailed")
    assert "Bearer" in reply.headers["www-authenticate"]


def tampered(token):
    head, claims, signature = token.split(".")
    decoded = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed = base64.urlsafe_b64encode(json.dumps({**decoded, "oid": OTHER}).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


@pytest.mark.parametrize(
    "change", [tampered, lambda token: token[:-4], lambda _token: "opaque", lambda _token: "a.b.c"]
)
def test_a_token_that_was_not_issued_here_is_refused(rest, change):
    headers = {"Authorization": f"Bearer {change(rest.token())}"}
    reply = rest.send("GET", "/subscriptions?api-version=2022-12-01", headers=headers)
    assert (reply.status, reply.code) == (401, "InvalidAuthenticationToken")


def test_a_token_for_another_audience_is_refused(rest):
    headers = {"Authorization": f"Bearer {rest.token('https://monitor.azure.com')}"}
    assert (
        rest.send("GET", "/subscriptions?api-version=2022-12-01", headers=headers).code == "InvalidAuthenticationToken"
    )
    headers = {"Authorization": f"Bearer {rest.token()}"}
    reply = rest.send("POST", f"/v1/workspaces/{uuid.uuid4()}/query", {}, headers)
    assert (reply.status, reply.code) == (401, "InvalidAuthenticationTokenAudience")


def test_an_old_token_is_expired(rest, azure_monitor):
    assert rest.arm("GET", "/subscriptions").status == 200
    azure_monitor.fault("expired_tokens")
    assert rest.arm("GET", "/subscriptions").code == "ExpiredAuthenticationToken"
    rest.tokens.clear()
    assert rest.arm("GET", "/subscriptions").status == 200
    azure_monitor.fault("short_tokens", seconds=0)
    rest.tokens.clear()
    deadline = time.monotonic() + 10
    while rest.arm("GET", "/subscriptions").status == 200:
        assert time.monotonic() < deadline
    assert rest.arm("GET", "/subscriptions").code == "ExpiredAuthenticationToken"


def test_a_client_certificate_signs_in(rest, azure_monitor):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sender")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    )
    certificate = (
        builder.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    azure_monitor.control("PUT", f"/emulator/applications/{OTHER}", {"certificates": [public.decode()]})
    ready = azure_monitor.ready
    options = {"authority": ready.authority, "disable_instance_discovery": True, "connection_verify": ready.ca_file}
    with CertificateCredential(ready.tenant, OTHER, certificate_data=private + public, **options) as credential:
        assert (
            jwt.decode(credential.get_token(f"{ARM}/.default").token, options={"verify_signature": False})["appid"]
            == OTHER
        )
    azure_monitor.control("PUT", f"/emulator/applications/{OTHER}", {})
    fresh = CertificateCredential(ready.tenant, OTHER, certificate_data=private + public, **options)
    with fresh as credential, pytest.raises(Exception, match="AADSTS700027"):
        credential.get_token(f"{ARM}/.default")


def test_a_federated_workload_signs_in(rest, azure_monitor):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwks = {"keys": [{**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": "k", "alg": "RS256", "use": "sig"}]}
    trusted = {"issuer": "https://ci.example", "subject": "repo:main", "jwks": jwks}
    azure_monitor.control("PUT", f"/emulator/applications/{OTHER}", {"federations": [trusted]})
    ready = azure_monitor.ready

    def assertion(**claims):
        defaults = {
            "iss": "https://ci.example",
            "sub": "repo:main",
            "aud": "api://AzureADTokenExchange",
            "exp": int(time.time()) + 60,
        }
        return jwt.encode(defaults | claims, key, algorithm="RS256", headers={"kid": "k"})

    options = {"authority": ready.authority, "disable_instance_discovery": True, "connection_verify": ready.ca_file}
    with ClientAssertionCredential(ready.tenant, OTHER, assertion, **options) as credential:
        assert credential.get_token(f"{ARM}/.default").token
    for claims, number in (
        ({"sub": "repo:fork"}, 700213),
        ({"iss": "https://else"}, 700211),
        ({"aud": "x"}, 700212),
        ({"exp": 1}, 700024),
    ):
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        reply = rest.sign_in(client_id=OTHER, client_assertion_type=kind, client_assertion=assertion(**claims))
        assert (reply.status, reply.body["error_codes"]) == (401, [number])


def test_a_caller_without_a_role_may_do_nothing(rest, azure_monitor):
    rest.create_prerequisites()
    other, _ = as_other(rest, azure_monitor)
    for method, path in (("GET", ""), ("PUT", Rest.workspace), ("GET", Rest.rule), ("DELETE", Rest.endpoint)):
        reply = other.arm(method, path, {} if method == "PUT" else None)
        assert (reply.status, reply.code) == (403, "AuthorizationFailed")


def test_the_publisher_role_lets_send_and_nothing_else(rest, azure_monitor):
    rest.create_prerequisites()
    rule = rest.make_rule()
    other, principal = as_other(rest, azure_monitor)
    endpoint = rest.arm("GET", Rest.endpoint).body["properties"]["logsIngestion"]["endpoint"]
    row = [{"TimeGenerated": datetime.now(UTC).isoformat(), "Text": "a"}]
    assert other.ingest(rule, row, endpoint=endpoint).code == "OperationFailed"
    assert rest.ingest(rule, row).code == "OperationFailed", "Owner has no data actions"
    assert rest.grant(rule["id"], principal).status == 201
    assert other.ingest(rule, row, endpoint=endpoint).status == 204
    assert rest.ingest(rule, row).status == 403
    assert other.arm("GET", Rest.rule).code == "AuthorizationFailed"


@pytest.mark.parametrize("level", ["group", "subscription", "rule"])
def test_a_grant_is_inherited_from_above(rest, azure_monitor, level):
    rest.create_prerequisites()
    rule = rest.make_rule()
    scope = {"group": rest.group, "subscription": f"/subscriptions/{azure_monitor.subscription}", "rule": rule["id"]}[
        level
    ]
    assert rest.grant(scope).status == 201
    assert rest.ingest(rule, []).status == 204


def test_a_grant_spreads_after_a_while(rest, azure_monitor):
    rest.create_prerequisites()
    rule = rest.make_rule()
    azure_monitor.fault("rbac_delay", seconds=600)
    rest.grant(rule["id"])
    assert rest.ingest(rule, []).status == 403
    azure_monitor.fault("clock", now=(datetime.now(UTC) + timedelta(minutes=11)).isoformat())
    assert rest.ingest(rule, []).status == 204


def test_role_assignments_conflict_as_in_azure(rest):
    rest.create_prerequisites()
    rule = rest.make_rule()
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    assert rest.grant(rule["id"], OTHER, first).status == 201
    assert rest.grant(rule["id"], OTHER, first).status == 201
    duplicate = rest.grant(rule["id"], OTHER, second)
    assert (duplicate.status, duplicate.code) == (409, "RoleAssignmentExists")
    moved = rest.grant(rule["id"], str(uuid.uuid4()), first)
    assert (moved.status, moved.code) == (409, "RoleAssignmentUpdateNotPermitted")
    assert moved.message == "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
    path = f"{rule['id']}/providers/Microsoft.Authorization/roleAssignments"
    listed = rest.arm("GET", f"{path}?$filter=principalId eq '{OTHER}'").body["value"]
    assert [assignment["name"] for assignment in listed] == [first]
    assert rest.arm("DELETE", f"{path}/{first}").status == 200
    assert rest.arm("DELETE", f"{path}/{first}").status == 204


def test_an_unknown_principal_needs_a_type(rest):
    rest.create_prerequisites()
    rule = rest.make_rule()
    role = f"/providers/Microsoft.Authorization/roleDefinitions/{PUBLISHER}"
    body = {"properties": {"principalId": OTHER, "roleDefinitionId": role}}
    reply = rest.arm("PUT", f"{rule['id']}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}", body)
    assert (reply.status, reply.code) == (400, "PrincipalNotFound")


def test_the_grants_of_a_rule_go_with_it(rest):
    rest.create_prerequisites()
    rule = rest.make_rule()
    rest.grant(rule["id"])
    rest.arm("DELETE", Rest.rule)
    again = rest.make_rule()
    assert again["properties"]["immutableId"] != rule["properties"]["immutableId"]
    assert rest.ingest(again, []).status == 403


def test_a_deny_assignment_beats_a_grant(rest, azure_monitor):
    rest.create_prerequisites()
    rule = rest.make_rule()
    rest.grant(rule["id"])
    azure_monitor.fault("deny", scope=rest.group)
    assert rest.ingest(rule, []).status == 403
    (denial,) = rest.arm("GET", f"{rule['id']}/providers/Microsoft.Authorization/denyAssignments").body["value"]
    assert denial["properties"]["scope"] == rest.group
