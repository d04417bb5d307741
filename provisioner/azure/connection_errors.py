"""Connection and sign-in failures of azure-core and azure-identity as errors that say what to do next."""

from __future__ import annotations

import re
from typing import Any

from provisioner import errors

SIGN_IN_HINT = (
    "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or a federated token, "
    "AZURE_FEDERATED_TOKEN_FILE) of a service principal"
)
# AADSTS7000215 (invalid client secret) and 7000222 (expired); the first is mostly the secret's id in its value's place.
# Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_WRONG_SECRET_HINT = "the secret is wrong or expired; its value is wanted, not its id. AZURE_CLIENT_SECRET holds it"  # noqa: S105
# A failed request can be part of an error's text: its body, its Authorization header, a URL with a signature.
_SECRETS = re.compile(r"(client_secret=|Bearer |assertion=|sig=)[^\s&\"']+", re.IGNORECASE)


def is_sign_in_response(response: Any) -> bool:
    """Whether an answer came from the token endpoint, whose errors carry AADSTS texts instead of ARM's envelope."""
    return "/oauth2/" in str(getattr(getattr(response, "request", None), "url", ""))


# azure-identity keeps only the text of the error that urllib3 or requests raised.
_CONNECTION_FAILURES = (
    "CERTIFICATE_VERIFY_FAILED",
    "Failed to establish a new connection",
    "NameResolutionError",
    "Failed to resolve",
    "Max retries exceeded",
    "ProxyError",
    "Network is unreachable",
)


def is_connection_failure(text: str) -> bool:
    """Whether an error's text says that no connection could be made."""
    return any(text_part in text for text_part in _CONNECTION_FAILURES)


def unreachable_error(error: BaseException, target: str) -> errors.Unreachable:
    """An Unreachable error that names the host and the reason: host name, proxy, certificate or network."""
    text = str(error)
    host = re.search(r"host='([^']+)'", text)
    where = host[1] if host else target
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return errors.Unreachable(
            f"the certificate of {where} is not trusted",
            hint="a proxy that inspects TLS needs its certificate in REQUESTS_CA_BUNDLE; check the machine's clock too",
            target=target,
            nothing_sent=True,
        )
    if "ProxyError" in text:
        return errors.Unreachable(
            f"the proxy on the way to {where} does not answer",
            hint="check HTTPS_PROXY and NO_PROXY",
            target=target,
            nothing_sent=True,
        )
    host_unknown = "NameResolution" in text or "Failed to resolve" in text
    reason = "its name is not known" if host_unknown else redact_secrets(text).split("\n")[0][:200]
    return errors.Unreachable(
        f"{where} cannot be reached: {reason}",
        hint="check the network, HTTPS_PROXY and `target.cloud`",
        target=target,
        host_unknown=host_unknown,
        nothing_sent="Failed to establish a new connection" in text,
    )


def no_token_error(error: BaseException, target: str) -> errors.NoToken:
    """A NoToken error that names the failed credential, or those that were tried, and the ways to sign in."""
    text = redact_secrets(str(error))
    code = re.search(r"AADSTS\d+", text)
    hint = _WRONG_SECRET_HINT if code and code[0] in {"AADSTS7000215", "AADSTS7000222"} else SIGN_IN_HINT
    trace = re.search(r"Trace ID: ([0-9a-f-]{36})", text)
    return errors.NoToken(
        f"cannot sign in: {_sign_in_failure(text)}",
        hint=hint,
        status=401,
        code=code[0] if code else "CredentialUnavailable",
        target=target,
        request_id=trace[1] if trace else None,
    )


_TRIED_CREDENTIAL = re.compile(r"^\t(\w+?)Credential: (.*)$", re.MULTILINE)
_CREDENTIAL_ABSENT = re.compile(
    r"unavailable|not found|could not be found|not installed|requires the|No accounts", re.IGNORECASE
)


def _sign_in_failure(text: str) -> str:
    """The reason of a failed sign-in: of the credential that was present and failed, else that none was present."""
    # DefaultAzureCredential lists each credential that it tried on a line of its own, behind a tab.
    tried = _TRIED_CREDENTIAL.findall(text)
    failed = [f"{_split_camel_case(name)}: {why}" for name, why in tried if not _CREDENTIAL_ABSENT.search(why)]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if tried:
        names = ", ".join(_split_camel_case(name) for name, _ in tried)
        return f"{(failed[0] if failed else 'no credential was found')[:400]} (tried: {names})"
    return (next((line for line in lines if "AADSTS" in line), None) or (lines[0] if lines else "no credential"))[:400]


def _split_camel_case(name: str) -> str:
    """`ManagedIdentity` → `managed identity`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def redact_secrets(text: str) -> str:
    """The text with the secrets of requests and URLs (client secrets, tokens, signatures) masked."""
    return _SECRETS.sub(r"\1***", text)
