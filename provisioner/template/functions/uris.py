"""Functions of URIs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from provisioner.template.functions.registry import CannotEvaluate, group
from provisioner.template.json_values import get, text_of

function = group("string")


@function("uri(base: string, relative: string) -> string")
def uri(base: str, relative: str) -> str:
    """A relative path on a base; what stands behind the base's last slash is replaced, save after the host alone."""
    # One slash between base and path, wherever it stood.
    relative = relative.lstrip("/")
    scheme, mark, rest = base.rpartition("://")
    if rest.endswith("/"):
        return base + relative
    if "/" not in rest:
        return f"{base}/{relative}"
    return f"{scheme}{mark}{rest[: rest.rindex('/') + 1]}{relative}"


@function("uriComponent(text: string) -> string")
def uri_component(text: str) -> str:
    """The text with all but letters, digits and `-_.~` written as %xx."""
    return quote(text, safe="-_.~", errors="replace")


@function("uriComponentToString(text: string) -> string")
def uri_component_to_string(text: str) -> str:
    """The text that %xx stand for."""
    return unquote(text)


@function("parseUri(uri: string) -> object")
def parse_uri(text: str) -> dict[str, Any]:
    """Scheme, host, port, path and query of a URI."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise CannotEvaluate("the text is no valid URI") from None
    if not parts.scheme or not parts.hostname:
        raise CannotEvaluate("the text is no valid URI")
    components = {"scheme": parts.scheme, "host": parts.hostname, "port": port, "path": parts.path}
    query = f"?{parts.query}" if parts.query else None
    return {name: value for name, value in {**components, "query": query}.items() if value is not None}


@function("buildUri(components: object) -> string")
def build_uri(components: dict[str, Any]) -> str:
    """A URI of scheme, host, port, path and query."""
    scheme, host, port = (get(components, name) for name in ("scheme", "host", "port"))
    if not isinstance(scheme, str) or not isinstance(host, str):
        raise CannotEvaluate("'scheme' and 'host' are needed, both strings")
    path, query = (text_of(get(components, name)) for name in ("path", "query"))
    # The port that the scheme means anyway is left out, as .NET does.
    number = "" if port is None or port == {"http": 80, "https": 443}.get(scheme) else f":{text_of(port)}"
    tail = f"?{query.lstrip('?')}" if query else ""
    return f"{scheme}://{host}{number}/{path.lstrip('/')}{tail}"
