"""The connection: clouds, tokens, retries, rate limits, and the texts of errors."""

from __future__ import annotations

import base64
import json
import time

import pytest
import requests
from azure.core.credentials import AccessTokenInfo
from requests.adapters import BaseAdapter

from provisioner import azure, errors
from provisioner.azure import error_translation, http_pipeline
from provisioner.azure.clouds import CLOUDS
from provisioner.azure.credentials import TokenCache, identity_from_token
from provisioner.azure.rate_limiter import RateLimiter
from provisioner.azure.request_counters import RequestCounters
from provisioner.model import Target
from provisioner.resources import resource_type
from tests.support.raw_response import RawResponse

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
DCR = f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules/dcr"

# Written from the vendor's table, not from the code: hosts and audiences of each cloud.
VENDOR_TABLE = {
    "public": {
        "authority": "https://login.microsoftonline.com",
        "arm_endpoint": "https://management.azure.com",
        "arm_audience": "https://management.core.windows.net/",
        "ingestion_audience": "https://monitor.azure.com",
        "ingestion_suffix": "ingest.monitor.azure.com",
        "query_endpoint": "https://api.loganalytics.azure.com",
        "query_audience": "https://api.loganalytics.io",
    },
    "usgovernment": {
        "authority": "https://login.microsoftonline.us",
        "arm_endpoint": "https://management.usgovcloudapi.net",
        "arm_audience": "https://management.core.usgovcloudapi.net/",
        "ingestion_audience": "https://monitor.azure.us",
        "ingestion_suffix": "ingest.monitor.azure.us",
        "query_endpoint": "https://api.loganalytics.us",
        "query_audience": "https://api.loganalytics.us",
    },
    "china": {
        "authority": "https://login.chinacloudapi.cn",
        "arm_endpoint": "https://management.chinacloudapi.cn",
        "arm_audience": "https://management.core.chinacloudapi.cn/",
        "ingestion_audience": "https://monitor.azure.cn",
        "ingestion_suffix": "ingest.monitor.azure.cn",
        "query_endpoint": "https://api.loganalytics.azure.cn",
        "query_audience": "https://api.loganalytics.azure.cn",
    },
}


class ScriptedAdapter(BaseAdapter):
    """Answers in place of the network: each answer is (status, body, headers) or an exception; the last repeats."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.sent = []

    def send(self, request, **_):
        self.sent.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, headers = answer
        response = requests.Response()
        response.status_code = status
        response.headers.update({"Content-Type": "application/json", **headers})
        response.raw = RawResponse(json.dumps(body).encode() if body is not None else b"")
        response.request = request
        response.url = request.url
        return response

    def close(self):
        pass


class Credential:
    """Remembers which scopes were asked for."""

    def __init__(self, lifetime=3600):
        self.scopes = []
        self.lifetime = lifetime

    def get_token_info(self, *scopes, options=None):
        self.scopes.append((scopes, options or {}))
        return AccessTokenInfo(f"token-{len(self.scopes)}", int(time.time()) + self.lifetime)


@pytest.fixture
def recorded_sleeps(monkeypatch):
    """Waits that take no time, and are remembered."""
    recorded_sleeps = []
    monkeypatch.setattr(http_pipeline.time, "sleep", recorded_sleeps.append)
    return recorded_sleeps


def connected(adapter, cloud="public", credential=None):
    connection = azure.connect(
        Target(cloud, SUBSCRIPTION, "rg", "westeurope"), credential=credential or Credential(), concurrency=2
    )
    connection.session.mount("https://", adapter)
    return connection


@pytest.mark.parametrize("name", VENDOR_TABLE)
def test_a_cloud_is_spoken_to_at_its_own_hosts_with_its_own_audiences(name):
    """The row equals the vendor's table, and what leaves the machine shows it."""
    cloud = CLOUDS[name]
    assert {key: getattr(cloud, key) for key in VENDOR_TABLE[name]} == VENDOR_TABLE[name]
    adapter, credential = ScriptedAdapter((200, {"value": [], "tables": []}, {})), Credential()
    with connected(adapter, name, credential) as connection:
        connection.management.list(f"{GROUP}/providers/Microsoft.Insights/dataCollectionRules", "2024-03-11")
        connection.management.put(resource_type("dcr"), DCR, {"location": "x", "properties": {}})
        adapter.answers = [(204, None, {})]
        host = f"https://dce-ab12.region-1.{cloud.ingestion_suffix}"
        connection.ingestion.send(host, "dcr-1", "Custom-X", [{"a": 1}])
        adapter.answers = [(200, {"tables": []}, {})]
        connection.query.run("workspace", "X_CL")
    hosts = [f"https://{request.url.split('/')[2]}" for request in adapter.sent]
    assert hosts == [
        VENDOR_TABLE[name]["arm_endpoint"],
        VENDOR_TABLE[name]["arm_endpoint"],
        host,
        VENDOR_TABLE[name]["query_endpoint"],
    ]
    asked = [scopes[0] for scopes, _ in credential.scopes]
    audiences = ("arm_audience", "ingestion_audience", "query_audience")
    assert asked == [f"{VENDOR_TABLE[name][key].rstrip('/')}/.default" for key in audiences]


def test_an_unknown_cloud_is_named():
    with pytest.raises(errors.ProvisionerError, match="'mars' is not known"):
        azure.connect(Target("mars", SUBSCRIPTION, "rg", "x"), credential=Credential())


def test_a_body_goes_out_byte_for_byte_and_comes_in_whole():
    """The clients' models would drop what they do not know, and nulls."""
    body = {"location": "x", "kind": None, "futureTop": 1, "properties": {"futureInner": {"ä": [None]}}}
    adapter = ScriptedAdapter((200, {**body, "futureAnswer": True}, {}))
    with connected(adapter) as connection:
        back = connection.management.put(resource_type("dcr"), DCR, body, if_match='"1"')
    assert json.loads(adapter.sent[0].body) == body
    assert adapter.sent[0].headers["If-Match"] == '"1"'
    assert "api-version=2024-03-11" in adapter.sent[0].url
    assert back["futureAnswer"] is True


def test_a_list_follows_its_pages_but_not_to_another_host():
    pages = ScriptedAdapter(
        (200, {"value": [{"id": 1}], "nextLink": f"https://management.azure.com{GROUP}/more?x=1"}, {}),
        (200, {"value": [{"id": 2}], "nextLink": "https://elsewhere.example/more"}, {}),
    )
    with connected(pages) as connection, pytest.raises(errors.Rejected, match=r"another host, elsewhere\.example"):
        connection.management.list(GROUP, "1")
    assert [request.url.split("?")[0].rsplit("/", 1)[1] for request in pages.sent] == ["rg", "more"]


def test_what_is_not_there_is_none_and_no_error():
    missing = ScriptedAdapter((404, {"error": {"code": "ResourceGroupNotFound", "message": "no"}}, {}))
    with connected(missing) as connection:
        assert connection.management.get(DCR, "1") is None
        assert connection.management.list(GROUP, "1") is None


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_by_itself_is_tried_again(recorded_sleeps, status):
    adapter = ScriptedAdapter((status, {"error": {"code": "X"}}, {}), (200, {"id": DCR}, {}))
    with connected(adapter) as connection:
        assert connection.management.get(DCR, "1") == {"id": DCR}
        assert (connection.requests.reads, connection.requests.retries) == (2, 1)
    assert len(recorded_sleeps) == 1


def test_retry_after_wins_and_is_bounded(recorded_sleeps):
    """A client that sleeps as long as any header says would hang for an hour."""
    adapter = ScriptedAdapter(
        (429, {"error": {"code": "TooManyRequests", "message": "slow"}}, {"Retry-After": "7"}), (200, {}, {})
    )
    with connected(adapter) as connection:
        connection.management.get(DCR, "1")
    assert recorded_sleeps == [7.0]
    adapter = ScriptedAdapter((429, {"error": {"code": "TooManyRequests", "message": "slow"}}, {"Retry-After": "3600"}))
    with connected(adapter) as connection, pytest.raises(errors.Throttled) as caught:
        connection.management.get(DCR, "1")
    assert recorded_sleeps == [7.0]
    assert caught.value.status == 429


def test_waits_are_told_to_the_thread_that_waits(recorded_sleeps):
    messages = []
    adapter = ScriptedAdapter((503, {}, {}), (200, {}, {}))
    with connected(adapter) as connection, connection.management.reporting_waits(messages.append):
        connection.management.get(DCR, "1")
    assert len(messages) == len(recorded_sleeps) == 1
    assert "503" in messages[0]


def test_a_broken_connection_is_tried_again_and_then_named(recorded_sleeps):
    adapter = ScriptedAdapter(requests.exceptions.ConnectionError("reset by peer"))
    with connected(adapter) as connection, pytest.raises(errors.Unreachable, match="reset by peer"):
        connection.management.get(DCR, "1")
    assert len(adapter.sent) == 5
    assert len(recorded_sleeps) == 4


def test_an_untrusted_certificate_is_not_tried_again(recorded_sleeps):
    failure = requests.exceptions.SSLError("HTTPSConnectionPool(host='x', port=443): CERTIFICATE_VERIFY_FAILED")
    adapter = ScriptedAdapter(failure)
    with (
        connected(adapter) as connection,
        pytest.raises(errors.Unreachable, match="certificate of x is not trusted") as caught,
    ):
        connection.management.get(DCR, "1")
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert len(adapter.sent) == 1
    assert recorded_sleeps == []


def test_no_provider_is_ever_registered_for_the_user():
    """The clients would post to the subscription; a tool that was given one group does not."""
    message = "The subscription is not registered to use namespace 'Microsoft.Insights'."
    adapter = ScriptedAdapter((409, {"error": {"code": "MissingSubscriptionRegistration", "message": message}}, {}))
    with connected(adapter) as connection, pytest.raises(errors.Conflict) as caught:
        connection.management.put(resource_type("dcr"), DCR, {})
    assert len(adapter.sent) == 1
    assert "az provider register --namespace Microsoft.Insights" in caught.value.hint


def test_a_table_is_polled_soon_and_then_less_often(monkeypatch):
    """Azure's table operations send no Retry-After; the client would wait 30 s for one that lasts 1.5."""
    recorded_sleeps = []
    monkeypatch.setattr(
        "azure.core.pipeline.transport.RequestsTransport.sleep", lambda _, delay: recorded_sleeps.append(delay)
    )
    status = "https://management.azure.com/subscriptions/x/operationstatuses/1"
    table = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w/tables/T_CL"
    adapter = ScriptedAdapter(
        (202, None, {"Azure-AsyncOperation": status}),
        (200, {"status": "InProgress"}, {}),
        (200, {"status": "InProgress"}, {}),
        (200, {"status": "InProgress"}, {"Retry-After": "3"}),
        (200, {"status": "Succeeded"}, {}),
        (200, {"id": table, "properties": {"provisioningState": "Succeeded"}}, {}),
    )
    with connected(adapter) as connection:
        assert connection.management.put(resource_type("table"), table, {})["id"] == table
    assert recorded_sleeps == [pytest.approx(0.5, rel=0.11), pytest.approx(0.75, rel=0.11), 3.0]


def test_an_operation_that_fails_later_is_an_error_with_its_reason():
    """The answer's status is 200 then."""
    table = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w/tables/T_CL"
    reason = {"code": "SchemaUpdateFatalError", "message": "MSG 1005: Table missing mandatory 'TimeGenerated'"}
    adapter = ScriptedAdapter(
        (202, None, {"Azure-AsyncOperation": "https://management.azure.com/x/operationstatuses/1"}),
        (200, {"status": "Failed", "error": reason}, {"x-ms-request-id": "r-1"}),
    )
    with connected(adapter) as connection, pytest.raises(errors.Rejected, match="MSG 1005") as caught:
        connection.management.put(resource_type("table"), table, {})
    assert caught.value.code == "SchemaUpdateFatalError"
    assert caught.value.request_id == "r-1"


def test_a_workspace_is_ready_when_it_says_so(monkeypatch):
    """The client returns while the workspace still says Creating."""
    monkeypatch.setattr("provisioner.azure.management_client.time.sleep", lambda _: None)
    workspace = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/w"
    creating = {"id": workspace, "properties": {"provisioningState": "Creating"}}
    ready = {"id": workspace, "properties": {"provisioningState": "Succeeded"}}
    adapter = ScriptedAdapter((200, creating, {}), (200, creating, {}), (200, creating, {}), (200, ready, {}))
    with connected(adapter) as connection:
        assert connection.management.patch(resource_type("workspace"), workspace, {}) == ready


def test_one_token_is_asked_for_however_many_calls_are_made():
    credential = Credential()
    with connected(ScriptedAdapter((200, {}, {})), credential=credential) as connection:
        for _ in range(5):
            connection.management.get(DCR, "1")
        assert connection.identity.object_id is None
    assert len(credential.scopes) == 1


def test_a_token_near_its_end_is_asked_for_anew_and_a_tenant_is_named():
    credential = Credential(lifetime=60)
    tokens = TokenCache(credential, "tenant-1")
    assert tokens.get_token("s").token != tokens.get_token("s").token
    assert credential.scopes[0][1] == {"tenant_id": "tenant-1"}


def test_the_acting_identity_is_read_from_the_token():
    claims = {"oid": "o", "appid": "a", "tid": "t"}
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert str(identity_from_token(f"x.{middle}.y")) == "application a (object id o)"
    assert identity_from_token(f"x.{middle}.y").principal_type == "ServicePrincipal"
    assert identity_from_token("opaque").object_id is None


def test_calls_are_spread_out_before_azure_refuses_them():
    now = [100.0]
    rate_limiter = RateLimiter(clock=lambda: now[0])
    assert rate_limiter.reserve_slot("PUT", "p") == 0
    rate_limiter.record_remaining("PUT", "p", {"x-ms-ratelimit-remaining-subscription-writes": "3"})
    assert [rate_limiter.reserve_slot("PUT", "p") for _ in range(3)] == [
        pytest.approx(delay) for delay in (0.0, 0.1, 0.2)
    ]
    assert rate_limiter.reserve_slot("GET", "p") == 0
    rate_limiter.record_remaining("PUT", "p", {"x-ms-ratelimit-remaining-subscription-writes": "150"})
    assert rate_limiter.reserve_slot("PUT", "p") == 0


def test_a_provider_has_a_budget_of_its_own():
    rate_limiter = RateLimiter(clock=lambda: 0.0)
    rate_limiter.record_remaining("PUT", "microsoft.insights/datacollectionrules", {
        "x-ms-ratelimit-remaining-subscription-resource-requests": "2"
    })  # fmt: skip
    rate_limiter.reserve_slot("PUT", "microsoft.insights/datacollectionrules")
    assert rate_limiter.reserve_slot("PUT", "microsoft.insights/datacollectionrules") > 0
    assert rate_limiter.reserve_slot("PUT", "microsoft.operationalinsights/workspaces") == 0


def test_requests_are_counted_by_kind():
    counters = RequestCounters()
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"):
        counters.count(method)
    assert counters.snapshot() == {"reads": 2, "writes": 3}
    assert counters.others == 1


CASES = [
    (403, "AuthorizationFailed", "does not have authorization to perform 'x/write'", errors.Forbidden, "Contributor"),
    (
        403,
        "AuthorizationFailed",
        "does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'",
        errors.Forbidden,
        "Role Based Access Control Administrator",
    ),
    (
        403,
        "AuthorizationFailed",
        "roleAssignments/write ... has an ABAC condition that is not fulfilled",
        errors.Forbidden,
        "only under a condition",
    ),
    (403, "RequestDisallowedByPolicy", "was disallowed by policy", errors.Forbidden, "Azure Policy"),
    (409, "ScopeLocked", "the scope is locked", errors.Conflict, "lock"),
    (
        409,
        "MissingSubscriptionRegistration",
        "namespace 'Microsoft.OperationalInsights'",
        errors.Conflict,
        "OperationalI",
    ),
    (404, "ResourceNotFound", "not found", errors.NotFound, "deleted meanwhile"),
    (404, "ResourceGroupNotFound", "could not be found", errors.NotFound, "apply"),
    (409, "SomethingNew", "conflict", errors.Conflict, "plan again"),
    (412, "PreconditionFailed", "etag", errors.Conflict, "somebody else"),
    (429, "TooManyRequests", "slow down", errors.Throttled, "--parallelism"),
    (500, "InternalServerError", "sorry", errors.CloudError, "request id"),
    (401, "ExpiredAuthenticationToken", "expired", errors.NotSignedIn, "sign in again"),
    (400, "PrincipalNotFound", "Principal x does not exist", errors.Rejected, "object id"),
]


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "hint"), CASES, ids=lambda case_value: str(case_value)[:24]
)
def test_an_answer_says_what_happened_to_what_and_what_next(status, code, message, kind, hint):
    error = error_translation.error_from_response(
        status, {"error": {"code": code, "message": message}}, {"x-ms-request-id": "r"}, DCR
    )
    assert type(error) is kind
    assert message in error.message
    assert DCR in error.message
    assert hint in error.hint
    assert (error.code, error.status, error.request_id, error.target) == (code, status, "r", DCR)


def test_inner_errors_are_flattened_with_their_position():
    """Azure's outer message says only that the rule is invalid."""
    body = {
        "error": {
            "code": "InvalidPayload",
            "message": "Data collection rule is invalid",
            "details": [
                {
                    "code": "InvalidOutputTable",
                    "message": "Table is not available",
                    "target": "properties.dataFlows[0]",
                },
                {"code": "InvalidTransformQuery", "message": "x", "innererror": {"code": "Deep", "message": "deeper"}},
            ],
        }
    }
    error = error_translation.error_from_response(400, body, {}, DCR)
    assert error.details == (
        ("InvalidOutputTable", "Table is not available", "properties.dataFlows[0]"),
        ("InvalidTransformQuery", "x", None),
        ("Deep", "deeper", None),
    )
    assert error_translation.retry_advice(error).when == "created"


def test_an_error_wrapped_as_text_and_a_policy_are_unwrapped():
    inner = json.dumps({"error": {"code": "InvalidTransformOutput", "message": "types"}})
    policy = {"type": "PolicyViolation", "info": {"policyAssignmentDisplayName": "Only EU"}}
    body = {"error": {"code": "Outer", "message": f"Deployment failed: {inner}", "additionalInfo": [policy]}}
    details = error_translation.error_from_response(400, body, {}, DCR).details
    assert ("InvalidTransformOutput", "types", None) in details
    assert ("PolicyViolation", "Only EU", None) in details


def test_an_answer_without_a_body_still_says_something():
    error = error_translation.error_from_response(503, None, {"x-ms-correlation-request-id": "c"}, DCR)
    assert "503" in error.message
    assert error.request_id == "c"


def test_no_secret_gets_into_a_message():
    text = "failed: client_secret=hunter2&x Bearer abc.def sig=zzz"
    error = error_translation.error_from_response(400, {"error": {"code": "X", "message": text}}, {}, DCR)
    assert not {"hunter2", "abc.def", "zzz"} & set(error.message.replace("=", " ").replace("&", " ").split())


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        (
            "Authentication failed: AADSTS7000215: Invalid client secret provided.",
            "AADSTS7000215",
            "AZURE_CLIENT_SECRET",
        ),
        ("DefaultAzureCredential failed to retrieve a token", "CredentialUnavailable", "az login"),
    ],
)
def test_a_failed_sign_in_says_which_way_in_there_is(text, code, hint):
    from azure.core.exceptions import ClientAuthenticationError

    error = error_translation.translate_error(ClientAuthenticationError(text), "https://login.example")
    assert isinstance(error, errors.NotSignedIn)
    assert error.code == code
    assert hint in error.hint


def test_a_chain_of_credentials_tells_the_one_that_failed_and_those_tried():
    from azure.core.exceptions import ClientAuthenticationError

    head = "DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n"
    none = "\tEnvironmentCredential: x unavailable. y\n\tAzureCliCredential: Azure CLI not found on path\nTo mitigate"
    error = error_translation.translate_error(ClientAuthenticationError(head + none), "t")
    assert "no credential was found (tried: environment, azure cli)" in error.message
    bad = "\tEnvironmentCredential: Authentication failed: AADSTS700016: no such app\n\tAzureCliCredential: not found\n"
    error = error_translation.translate_error(ClientAuthenticationError(head + bad), "t")
    assert "environment: Authentication failed: AADSTS700016" in error.message
    lost = (
        "\tEnvironmentCredential: HTTPSConnection(host='login.x', port=443): Failed to resolve 'login.x' ([Errno -2])"
    )
    error = error_translation.translate_error(ClientAuthenticationError(head + lost), "t")
    assert isinstance(error, errors.Unreachable)
    assert "login.x cannot be reached: its name is not known" in error.message


def test_an_unknown_host_and_a_dead_proxy_are_told_apart():
    from azure.core.exceptions import ServiceRequestError

    unknown = error_translation.translate_error(ServiceRequestError("NameResolutionError(host='x.example')"), "t")
    proxy = error_translation.translate_error(
        ServiceRequestError("HTTPSConnectionPool(host='x', port=1): ProxyError('no')"), "t"
    )
    assert "name is not known" in unknown.message
    assert "proxy" in proxy.message


def test_what_is_tried_again_is_a_matter_of_facts():
    def advice(code):
        return error_translation.retry_advice(
            error_translation.error_from_response(409, {"error": {"code": code, "message": "x"}}, {}, DCR)
        )

    assert advice("AnotherOperationInProgress").when == "always"
    assert advice("PrincipalNotFound").max_wait == 60
    assert advice("InvalidOutputTable").when == "created"
    assert advice("RoleAssignmentExists").already_done
    assert advice("ScopeLocked") == error_translation.RetryAdvice()


@pytest.mark.parametrize(
    ("short", "tail"),
    [
        ("group", ""),
        ("workspace", "/providers/Microsoft.OperationalInsights/workspaces/w"),
        ("table", "/providers/Microsoft.OperationalInsights/workspaces/w/tables/T_CL"),
        ("endpoint", "/providers/Microsoft.Insights/dataCollectionEndpoints/e"),
        ("dcr", "/providers/Microsoft.Insights/dataCollectionRules/r"),
        (
            "grant",
            "/providers/Microsoft.Insights/dataCollectionRules/r/providers/Microsoft.Authorization/roleAssignments/g",
        ),
    ],
)
def test_a_write_goes_to_the_subscription_of_its_id(short, tail):
    """A workspace may stand in another subscription than the group; the clients take one when they are made."""
    id_ = f"/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/other{tail}"
    adapter = ScriptedAdapter((200, {"id": id_}, {}))
    with connected(adapter) as connection:
        connection.management.put(resource_type(short), id_, {})
        if short != "group":
            connection.management.delete(resource_type(short), id_)
    assert {
        request.url.split("?")[0].removeprefix(CLOUDS["public"].arm_endpoint).lower() for request in adapter.sent
    } == {id_.lower()}


def test_a_resource_that_is_being_worked_on_is_waited_for_whatever_the_code():
    text = "Table Orders_CL is being updated and is locked for any changes."
    error = error_translation.error_from_response(409, {"error": {"code": "Conflict", "message": text}}, {}, DCR)
    assert error_translation.retry_advice(error).when == "always"
    other = error_translation.error_from_response(
        409, {"error": {"code": "Conflict", "message": "the name is taken"}}, {}, DCR
    )
    assert error_translation.retry_advice(other).when == "never"
