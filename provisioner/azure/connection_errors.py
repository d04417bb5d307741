"""No way to Azure, or nobody let in: what azure-core and azure-identity say of it, in words that help."""

from __future__ import annotations

import re
from typing import Any

from provisioner import errors

SIGN_IN = (
    "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or a federated token, "
    "AZURE_FEDERATED_TOKEN_FILE) of a service principal"
)
_WRONG_SECRET = "the secret is wrong or expired; its value is wanted, not its id. AZURE_CLIENT_SECRET holds it"  # noqa: S105
_SECRETS = re.compile(r"(client_secret=|Bearer |assertion=|sig=)[^\s&\"']+", re.IGNORECASE)


def is_sign_in(response: Any) -> bool:
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


def no_way(text: str) -> bool:
    """Whether a text tells of a connection that was never made."""
    return any(each in text for each in _NO_WAY)


def unreachable(error: BaseException, target: str) -> errors.Unreachable:
    """The host and why it was not reached: name, proxy, certificate or network."""
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
        else clean(text).split("\n")[0][:200]
    )
    return errors.Unreachable(
        f"{where} cannot be reached: {reason}", hint="check the network, HTTPS_PROXY and `target.cloud`", target=target
    )


def not_signed_in(error: BaseException, target: str) -> errors.NotSignedIn:
    """Why nobody was let in, and which ways in there are."""
    text = clean(str(error))
    code = re.search(r"AADSTS\d+", text)
    hint = _WRONG_SECRET if code and code[0] in {"AADSTS7000215", "AADSTS7000222"} else SIGN_IN
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


def clean(text: str) -> str:
    """No secret of a request or a URL gets into a message."""
    return _SECRETS.sub(r"\1***", text)
