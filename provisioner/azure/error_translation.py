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
from provisioner.azure.connection_errors import SIGN_IN, clean, is_sign_in, no_way, not_signed_in, unreachable
from provisioner.package_data import load_facts

_BY_STATUS: Mapping[int, type[errors.CloudError]] = {
    400: errors.Rejected,
    401: errors.NotSignedIn,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Conflict,
    429: errors.Throttled,
}


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
    if isinstance(error, (ServiceRequestError, Broken)) or (response is None and no_way(str(error))):
        return unreachable(error, target)
    if isinstance(error, ClientAuthenticationError) and (response is None or is_sign_in(response)):
        return not_signed_in(error, target)
    if isinstance(error, HttpResponseError) and response is not None:
        return answer(response.status_code, _body(response), response.headers, target)
    return errors.CloudError(clean(str(error)), target=target)


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
        f"{target}: {clean(said)}",
        hint=_hint(known, f"{said} {target}") or _hint_of_status(status, headers),
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
        said = error.message.lower()
        passes = error.status == 409 and any(words in said for words in load_facts("azure_errors.yaml")["passing"])
        return Advice("always" if passes else "never", settled=settled)
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
            yield str(each.get("code") or ""), clean(str(each.get("message") or "")), each.get("target")
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
    return {code.lower(): known for code, known in load_facts("azure_errors.yaml")["codes"].items()}


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
            return SIGN_IN
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
