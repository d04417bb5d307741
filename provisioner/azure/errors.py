"""What Azure, or the way to it, answered, in words that say what to do next."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from provisioner import errors
from provisioner.files import facts

_BY_STATUS: Mapping[int, type[errors.CloudError]] = {
    400: errors.Rejected,
    401: errors.NotSignedIn,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Conflict,
    429: errors.Throttled,
}
_SIGN_IN = (
    "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or a federated token, "
    "AZURE_FEDERATED_TOKEN_FILE) of a service principal"
)
_WRONG_SECRET = "the secret is wrong or expired; its value is wanted, not its id. AZURE_CLIENT_SECRET holds it"  # noqa: S105
_SECRETS = re.compile(r"(client_secret=|Bearer |assertion=|sig=)[^\s&\"']+", re.IGNORECASE)


@contextmanager
def translated(target: str) -> Iterator[None]:
    """Turn what azure-core and azure-identity raise into our errors; `target` is what the call was about."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise translate(error, target) from error


def translate(error: BaseException, target: str) -> errors.CloudError:
    """One of our errors for an exception of azure-core: what happened, to what, what next, and the request id."""
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
    from azure.core.exceptions import ServiceResponseError as Broken

    response = getattr(error, "response", None)
    if isinstance(error, (ServiceRequestError, Broken)) or (response is None and _no_way(str(error))):
        return _unreachable(error, target)
    if isinstance(error, ClientAuthenticationError) and (response is None or _is_sign_in(response)):
        return _not_signed_in(error, target)
    if isinstance(error, HttpResponseError) and response is not None:
        return answer(response.status_code, _body(response), response.headers, target)
    return errors.CloudError(_clean(str(error)), target=target)


def answer(status: int, body: Any, headers: Mapping[str, str], target: str) -> errors.CloudError:
    """One of our errors for an answer of ARM: its status, its JSON body (whatever that is) and its headers."""
    outer = _error_of(body)
    details = tuple(flatten(outer))
    code = outer.get("code") or headers.get("x-ms-error-code") or f"HTTP {status}"
    said = str(outer.get("message") or f"Azure answered {status} without a word")
    cause = next((each[0] for each in reversed(details) if each[0].lower() in _codes()), code)
    known = _codes().get(_refined(cause, said, target).lower(), {})
    kind = getattr(errors, known["kind"]) if "kind" in known else _BY_STATUS.get(status, errors.CloudError)
    return kind(
        f"{target}: {_clean(said)}",
        hint=_hint(known, said) or _hint_of_status(status, headers),
        status=status,
        code=cause,
        target=target,
        request_id=headers.get("x-ms-request-id") or headers.get("x-ms-correlation-request-id"),
        details=details,
    )


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a refusal by itself: `when` to try again, for how long, or that it is no trouble at all."""

    when: Literal["always", "created", "never"] = "never"
    patience: float | None = None
    settled: bool = False


def advice(error: errors.CloudError) -> Advice:
    """By the facts of the error's codes, outer and inner."""
    codes = [error.code or "", *(code for code, _, _ in error.details)]
    known = [_codes()[code.lower()] for code in codes if code.lower() in _codes()]
    retries = [each for each in known if "retry" in each]
    settled = any(each.get("settled") for each in known)
    if not retries:
        return Advice(settled=settled)
    best = next((each for each in retries if each["retry"] == "always"), retries[0])
    return Advice(best["retry"], best.get("patience"), settled)


def flatten(error: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Every inner error as (code, message, target), outermost first: Azure nests them and wraps JSON in texts."""
    inner = [each for each in error.get("details") or () if isinstance(each, dict)]
    if isinstance(error.get("innererror"), dict):
        inner.append(error["innererror"])
    inner.extend(
        {"code": each.get("type"), "message": _policy(each["info"])}
        for each in error.get("additionalInfo") or ()
        if isinstance(each, dict) and isinstance(each.get("info"), dict)
    )
    wrapped = _wrapped(str(error.get("message") or ""))
    if wrapped:
        inner.append(wrapped)
    for each in inner:
        if each.get("code") or each.get("message"):
            yield str(each.get("code") or ""), _clean(str(each.get("message") or "")), each.get("target")
        yield from flatten(each)


def _policy(info: Mapping[str, Any]) -> str:
    names = (
        info.get("policyAssignmentDisplayName") or info.get("policyAssignmentName"),
        info.get("policyDefinitionDisplayName"),
    )
    return " / ".join(str(each) for each in names if each) or json.dumps(info, ensure_ascii=False)


def _wrapped(message: str) -> dict[str, Any] | None:
    """The error that some providers put into a message as JSON."""
    start = message.find("{")
    if start < 0 or '"code"' not in message:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(message[start:])
    except ValueError:
        return None
    return _error_of(found) or None


def _error_of(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {}
    inner = body.get("error", body)
    return (
        inner
        if isinstance(inner, dict)
        else {"code": str(inner), "message": str(body.get("error_description") or inner)}
    )


def _body(response: Any) -> Any:
    try:
        text = response.text() if callable(response.text) else response.text
        return json.loads(text)
    except Exception:  # noqa: BLE001 - a body that is no JSON, or was never read, says nothing more than the status
        return None


@cache
def _codes() -> Mapping[str, Mapping[str, Any]]:
    return {code.lower(): known for code, known in facts("azure_errors.yaml")["codes"].items()}


def _refined(code: str, said: str, target: str) -> str:
    """AuthorizationFailed means two different next steps: one for resources, one for grants."""
    grant = "roleassignments" in f"{said} {target}".lower()
    if code != "AuthorizationFailed" or not grant:
        return code
    return "RoleAssignmentConstrained" if "condition" in said.lower() else "RoleAssignmentForbidden"


def _hint(known: Mapping[str, Any], said: str) -> str | None:
    text = known.get("next")
    if text is None:
        return None
    namespace = re.search(r"\b(Microsoft\.\w+)", said)
    return " ".join(str(text).replace("{namespace}", namespace[1] if namespace else "Microsoft.Insights").split())


def _hint_of_status(status: int, headers: Mapping[str, str]) -> str | None:
    match status:
        case 401:
            return _SIGN_IN
        case 403:
            return "ask for the right that the message names, on the resource group"
        case 404:
            return "it is not there; check names and ids, or plan again"
        case 409:
            return "it is in another state than expected; plan again"
        case 412:
            return "somebody else changed it meanwhile; plan again"
        case 429:
            asked = headers.get("Retry-After")
            return f"Azure asks to wait {asked} s; then run again" if asked else "wait a minute and run again"
        case _ if status >= 500:
            return "Azure is in trouble; run again, what was done stays done. A support case wants the request id"
    return None


def _is_sign_in(response: Any) -> bool:
    """Whether an answer came from the token endpoint: those carry AADSTS texts and no ARM envelope."""
    return "/oauth2/" in str(getattr(getattr(response, "request", None), "url", ""))


_NO_WAY = (
    "CERTIFICATE_VERIFY_FAILED",
    "Failed to establish a new connection",
    "NameResolutionError",
    "Failed to resolve",
    "Max retries exceeded",
    "ProxyError",
    "Network is unreachable",
)


def _no_way(text: str) -> bool:
    return any(each in text for each in _NO_WAY)


def _unreachable(error: BaseException, target: str) -> errors.Unreachable:
    text = str(error)
    host = re.search(r"host='([^']+)'", text)
    where = host[1] if host else target
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return errors.Unreachable(
            f"the certificate of {where} is not trusted",
            hint="a proxy that inspects TLS needs its certificate in REQUESTS_CA_BUNDLE; check the machine's clock too",
            target=target,
        )
    if "ProxyError" in text:
        return errors.Unreachable(
            f"the proxy on the way to {where} does not answer", hint="check HTTPS_PROXY and NO_PROXY", target=target
        )
    reason = (
        "its name is not known"
        if "NameResolution" in text or "Failed to resolve" in text
        else _clean(text).split("\n")[0][:200]
    )
    return errors.Unreachable(
        f"{where} cannot be reached: {reason}", hint="check the network, HTTPS_PROXY and `target.cloud`", target=target
    )


def _not_signed_in(error: BaseException, target: str) -> errors.NotSignedIn:
    text = _clean(str(error))
    code = re.search(r"AADSTS\d+", text)
    hint = _WRONG_SECRET if code and code[0] in {"AADSTS7000215", "AADSTS7000222"} else _SIGN_IN
    trace = re.search(r"Trace ID: ([0-9a-f-]{36})", text)
    return errors.NotSignedIn(
        f"cannot sign in: {_essence(text)}",
        hint=hint,
        status=401,
        code=code[0] if code else "CredentialUnavailable",
        target=target,
        request_id=trace[1] if trace else None,
    )


_TRIED = re.compile(r"^\t(\w+?)Credential: (.*)$", re.MULTILINE)
_ABSENT = re.compile(r"unavailable|not found|could not be found|not installed|requires the|No accounts", re.IGNORECASE)


def _essence(text: str) -> str:
    """Why nobody could sign in: the source that was there and failed, else which ones were looked for."""
    tried = _TRIED.findall(text)
    failed = [f"{_spaced(name)}: {why}" for name, why in tried if not _ABSENT.search(why)]
    lines = [each.strip() for each in text.splitlines() if each.strip()]
    if tried:
        names = ", ".join(_spaced(name) for name, _ in tried)
        return f"{(failed[0] if failed else 'no credential was found')[:400]} (tried: {names})"
    return (next((each for each in lines if "AADSTS" in each), None) or (lines[0] if lines else "no credential"))[:400]


def _spaced(name: str) -> str:
    """`ManagedIdentity` → `managed identity`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _clean(text: str) -> str:
    """No secret of a request or a URL gets into a message."""
    return _SECRETS.sub(r"\1***", text)
