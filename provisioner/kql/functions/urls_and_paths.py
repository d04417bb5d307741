"""Addresses of things taken apart: URLs, their queries, file paths."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from provisioner.kql.functions.function_registry import function


@function("parse_url(url: string) -> dynamic", "parseurl(url: string) -> dynamic")
def parse_url(url: str) -> dict[str, Any]:
    """The parts of an absolute URL by name, as they are written; a part that is not there is empty.

    As documented, the path has no leading slash; the engine itself was seen to keep it.
    """
    match = _url().match(url)
    names = ("Scheme", "Username", "Password", "Host", "Port", "Path", "query", "Fragment")
    parts = dict(zip(names, match.groups(default="") if match else [""] * 8, strict=True))
    return {
        **{name: parts[name] for name in ("Scheme", "Host", "Port", "Path", "Username", "Password")},
        "Query Parameters": _parameters(parts["query"]),
        "Fragment": parts["Fragment"],
    }


@function("parse_urlquery(query: string) -> dynamic", "parseurlquery(query: string) -> dynamic")
def parse_urlquery(query: str) -> dict[str, Any]:
    """The parameters of a URL's query by name."""
    return {"Query Parameters": _parameters(query.removeprefix("?"))}


def _parameters(query: str) -> dict[str, Any]:
    """The parameters in order of their names, nothing decoded; one given again has an array, an empty one is left out.

    So it was measured at the engine; the documentation does not say.
    """
    found: dict[str, list[str]] = {}
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key and value:
            found.setdefault(key, []).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in sorted(found.items())}


@function("parse_path(path: string) -> dynamic")
def parse_path(path: str) -> dict[str, str]:
    """The parts of a Windows, UNC or POSIX path by name; a part that is not there is empty."""
    scheme, rest = _cut(_scheme(), path)
    root = _drive().match(rest.removeprefix("\\\\?\\"))
    cut = max(rest.rfind("/"), rest.rfind("\\"))
    directory, file = (rest[:cut], rest[cut + 1 :]) if cut >= 0 else ("", rest)
    file, _, stream = file.partition(":")
    return {
        "Scheme": scheme,
        "RootPath": root.group() if root else "",
        "DirectoryPath": directory,
        "DirectoryName": directory[max(directory.rfind("/"), directory.rfind("\\")) + 1 :],
        "Filename": file,
        "Extension": file.rpartition(".")[2] if "." in file else "",
        "AlternateDataStreamName": stream,
    }


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.match(text)
    return (match.group(1), text[match.end() :]) if match else ("", text)


@cache
def _scheme() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@cache
def _drive() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z]:")


@cache
def _url() -> re.Pattern[str]:
    return re.compile(
        r"([A-Za-z][A-Za-z0-9+.-]*)://(?:([^:@/?#]*):([^@/?#]*)@)?"
        r"(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?/?([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z",
        re.DOTALL,
    )
