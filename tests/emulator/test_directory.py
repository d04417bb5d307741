"""Microsoft Graph in the emulator: app registrations, service principals, federated credentials, and rights."""

from __future__ import annotations

import json
import time
import uuid

import jwt
import pytest
from azure.identity import ClientAssertionCredential
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.support.azure_rest import Rest

GRAPH = "https://graph.microsoft.com"
CREDENTIAL = {"issuer": "https://ci.example", "subject": "repo:main", "audiences": ["api://AzureADTokenExchange"]}
UPSERT = {"Prefer": "create-if-missing"}


class GraphCaller(Rest):
    """A caller of Microsoft Graph."""

    def graph(self, method, path, body=None, **headers):
        defaults = {"Authorization": f"Bearer {self.token(GRAPH)}", "Content-Type": "application/json"}
        return self.send(method, f"/v1.0{path}", body, defaults | headers)

    def application(self, name="app"):
        path = f"/applications(uniqueName='{name}')"
        assert self.graph("PATCH", path, {"displayName": name}, **UPSERT).status in {201, 204}
        return self.graph("GET", path).body


@pytest.fixture
def rest(azure_monitor):
    return GraphCaller(azure_monitor)


def other_caller(azure, roles):
    client_id = str(uuid.uuid4())
    secret = azure.control("PUT", f"/emulator/applications/{client_id}", {"graph_roles": roles})["secret"]
    other = GraphCaller(azure)
    other.token(GRAPH, client_id=client_id, client_secret=secret)
    return other


def test_an_upsert_makes_and_then_changes(rest):
    path = "/applications(uniqueName='shop')"
    assert rest.graph("PATCH", path, {"displayName": "Shop"}).status == 404, "without the header nothing is made"
    created = rest.graph("PATCH", path, {"displayName": "Shop", "tags": ["a:b"]}, **UPSERT)
    assert (created.status, created.body["uniqueName"], created.body["tags"]) == (201, "shop", ["a:b"])
    assert rest.graph("PATCH", path, {"displayName": "Store"}, **UPSERT).status == 204
    for key in (path, f"/applications/{created.body['id']}", f"/applications(appId='{created.body['appId']}')"):
        assert rest.graph("GET", key).body["displayName"] == "Store"
    assert rest.graph("DELETE", path).status == 204
    gone = rest.graph("GET", path)
    assert (gone.status, gone.code) == (404, "Request_ResourceNotFound")
    assert set(gone.body["error"]["innerError"]) == {"date", "request-id", "client-request-id"}


def test_a_service_principal_needs_its_application(rest):
    missing = rest.graph("PATCH", f"/servicePrincipals(appId='{uuid.uuid4()}')", {}, **UPSERT)
    assert missing.code == "Request_BadRequest"
    assert "does not reference a valid application" in missing.message
    app = rest.application()
    created = rest.graph("POST", "/servicePrincipals", {"appId": app["appId"]})
    assert created.status == 201
    assert rest.graph("POST", "/servicePrincipals", {"appId": app["appId"]}).status == 409
    assert rest.graph("GET", f"/servicePrincipals(appId='{app['appId']}')").body["id"] == created.body["id"]
    rest.graph("DELETE", f"/applications/{app['id']}")
    assert rest.graph("GET", f"/servicePrincipals/{created.body['id']}").status == 404, "it goes with its application"


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://ci.example"},
        {"issuer": "x" * 601},
        {"subject": ""},
        {"audiences": []},
        {"audiences": ["a", "b"]},
        {"audiences": ["a" * 601]},
        {"secret": "x"},
    ],
    ids=str,
)
def test_a_wrong_credential_is_refused(rest, change):
    app = rest.application()
    path = f"/applications/{app['id']}/federatedIdentityCredentials(name='main')"
    assert rest.graph("PATCH", path, CREDENTIAL | change, **UPSERT).code == "Request_BadRequest"
    assert rest.graph("PATCH", path, CREDENTIAL, **UPSERT).status == 201


def test_credentials_are_unique_and_twenty_at_most(rest):
    app = rest.application()
    path = f"/applications/{app['id']}/federatedIdentityCredentials"
    for number in range(20):
        assert rest.graph("POST", path, CREDENTIAL | {"name": f"c{number}", "subject": str(number)}).status == 201
    assert rest.graph("POST", path, CREDENTIAL | {"name": "c20"}).code == "Directory_QuotaExceeded"
    last = rest.graph("GET", path).body["value"][-1]
    assert rest.graph("DELETE", f"{path}/{last['id']}").status == 204
    again = rest.graph("POST", path, CREDENTIAL | {"name": "again", "subject": "0"})
    assert again.code == "Request_MultipleObjectsWithSameKeyValue"


def test_lists_are_filtered_as_clients_do(rest):
    shop, other = rest.application("shop"), rest.application("other")
    rest.graph("PATCH", f"/applications/{shop['id']}", {"tags": ["provisioner:shop/prod"]})
    for query, expected in (
        (f"appId eq '{other['appId']}'", ["other"]),
        ("tags/any(t:t eq 'provisioner:shop/prod')", ["shop"]),
        ("startswith(displayName,'sh')", ["shop"]),
    ):
        reply = rest.graph("GET", "/applications?$filter=" + query.replace(" ", "%20") + "&$select=displayName")
        assert [one["displayName"] for one in reply.body["value"]] == expected
    assert rest.graph("GET", "/applications?$filter=foo").code == "Request_BadRequest"
    assert rest.graph("GET", "/users").code == "BadRequest"


def test_a_batch_answers_each_request(rest):
    app = rest.application()
    ask = [f"/applications/{app['id']}", "/applications(uniqueName='none')", "/nowhere"]
    requests = [{"id": str(n), "method": "GET", "url": url} for n, url in enumerate(ask)]
    answers = rest.graph("POST", "/$batch", {"requests": requests}).body["responses"]
    assert [one["status"] for one in answers] == [200, 404, 400]
    assert rest.graph("POST", "/$batch", {"requests": requests * 7}).status == 400


def test_rights_are_those_of_the_token(rest, azure_monitor):
    app = rest.application()
    without_rights = other_caller(azure_monitor, [])
    assert without_rights.graph("GET", "/applications").code == "Authorization_RequestDenied"
    reader = other_caller(azure_monitor, ["Application.Read.All"])
    assert reader.graph("GET", f"/applications/{app['id']}").status == 200
    assert reader.graph("PATCH", "/applications(uniqueName='x')", {"displayName": "x"}, **UPSERT).status == 403
    owner = other_caller(azure_monitor, ["Application.ReadWrite.OwnedBy"])
    owned = owner.application("own")
    assert owner.graph("PATCH", f"/applications/{owned['id']}", {"displayName": "y"}).status == 204
    assert owner.graph("DELETE", f"/applications/{app['id']}").status == 403, "it owns another"
    headers = {"Authorization": f"Bearer {rest.token()}"}
    assert rest.send("GET", "/v1.0/applications", headers=headers).status == 401, "a token for ARM is none for Graph"


def sign_in(azure, client_id, assertion):
    ready = azure.ready
    options = {"authority": ready.authority, "disable_instance_discovery": True, "connection_verify": ready.ca_file}
    with ClientAssertionCredential(ready.tenant, client_id, lambda: assertion, **options) as credential:
        return credential.get_token("https://monitor.azure.com/.default").token


def test_a_federated_token_signs_in_as_the_application(rest, azure_monitor):
    app = rest.application()
    path = f"/applications/{app['id']}/federatedIdentityCredentials(name='main')"
    rest.graph("PATCH", path, CREDENTIAL, **UPSERT)
    ask = {"issuer": CREDENTIAL["issuer"], "subject": CREDENTIAL["subject"]}
    assertion = azure_monitor.control("POST", "/emulator/assertions", ask)["assertion"]
    with pytest.raises(Exception, match="AADSTS7000229"):
        sign_in(azure_monitor, app["appId"], assertion)
    principal = rest.graph("POST", "/servicePrincipals", {"appId": app["appId"]}).body
    token = sign_in(azure_monitor, app["appId"], assertion)
    assert jwt.decode(token, options={"verify_signature": False})["oid"] == principal["id"]
    fork = azure_monitor.control("POST", "/emulator/assertions", ask | {"subject": "repo:fork"})["assertion"]
    with pytest.raises(Exception, match="AADSTS700213"):
        sign_in(azure_monitor, app["appId"], fork)
    rest.graph("PATCH", f"/servicePrincipals/{principal['id']}", {"accountEnabled": False})
    with pytest.raises(Exception, match="AADSTS7000112"):
        sign_in(azure_monitor, app["appId"], assertion)


def test_an_issuer_signs_with_the_keys_that_it_publishes(rest, azure_monitor):
    key, wrong = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    jwks = {"keys": [{**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": "k", "alg": "RS256"}]}
    azure_monitor.control("PUT", "/emulator/issuers", {"issuer": CREDENTIAL["issuer"], "jwks": jwks})
    app = rest.application()
    rest.graph("POST", "/servicePrincipals", {"appId": app["appId"]})
    path = f"/applications/{app['id']}/federatedIdentityCredentials(name='main')"
    rest.graph("PATCH", path, CREDENTIAL, **UPSERT)
    claims = {"iss": CREDENTIAL["issuer"], "sub": "repo:main", "aud": CREDENTIAL["audiences"][0]}
    claims["exp"] = int(time.time()) + 60
    assert sign_in(azure_monitor, app["appId"], jwt.encode(claims, key, algorithm="RS256"))
    with pytest.raises(Exception, match="AADSTS50027"):
        sign_in(azure_monitor, app["appId"], jwt.encode(claims, wrong, algorithm="RS256"))


def test_identities_get_a_principal_that_stays(rest, azure_monitor):
    rest.done("PUT", "", {"location": "westeurope"})
    path = "providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop"
    created = rest.arm("PUT", path, {"location": "westeurope"}, version="2023-01-31").body["properties"]
    again = rest.arm("PUT", path, {"location": "westeurope"}, version="2023-01-31").body["properties"]
    assert created == again
    shown = rest.graph("GET", f"/servicePrincipals(appId='{created['clientId']}')").body
    assert (shown["id"], shown["servicePrincipalType"]) == (created["principalId"], "ManagedIdentity")
    site = {"location": "westeurope", "identity": {"type": "SystemAssigned"}}
    reply = rest.arm("PUT", "providers/Microsoft.Web/sites/shop", site, version="2023-12-01")
    assert uuid.UUID(reply.body["identity"]["principalId"])


def test_a_new_principal_is_not_known_everywhere_at_once(rest, azure_monitor):
    azure_monitor.fault("directory_delay", seconds=600)
    path = "/applications(uniqueName='slow')"
    created = rest.graph("PATCH", path, {"displayName": "slow"}, **UPSERT).body
    assert rest.graph("GET", path).status == 404
    assert rest.graph("POST", "/servicePrincipals", {"appId": created["appId"]}).code == "Request_BadRequest"
    azure_monitor.heal()
    assert rest.graph("POST", "/servicePrincipals", {"appId": created["appId"]}).status == 201
