"""The parts of URLs, of their queries and of file paths."""

from __future__ import annotations

import re
from functools import cache

from provisioner.kql.functions.function_registry import scalar_function


@scalar_function("parse_url(url: string) -> dynamic", "parseurl(url: string) -> dynamic")
def parse_url(url: str) -> dict[str, str | dict[str, str | list[str]]]:
    """The parts of an absolute URL by name, as they are written; a missing part is empty.

    As documented, the path has no leading slash; the engine itself was seen to keep it.
    """
    # Not urllib.parse, which raises on a bad port and splits texts that are no absolute URL.
    match = _url_pattern().match(url)
    names = ("Scheme", "Username", "Password", "Host", "Port", "Path", "query", "Fragment")
    parts = dict(zip(names, match.groups(default="") if match else [""] * 8, strict=True))
    return {
        **{name: parts[name] for name in ("Scheme", "Host", "Port", "Path", "Username", "Password")},
        "Query Parameters": _query_parameters(parts["query"]),
        "Fragment": parts["Fragment"],
    }


@scalar_function("parse_urlquery(query: string) -> dynamic", "parseurlquery(query: string) -> dynamic")
def parse_urlquery(query: str) -> dict[str, dict[str, str | list[str]]]:
    """The parameters of a URL's query by name."""
    return {"Query Parameters": _query_parameters(query.removeprefix("?"))}


def _query_parameters(query: str) -> dict[str, str | list[str]]:
    """The parameters sorted by name, not decoded: an array for a repeated one, nothing for an empty one.

    Measured at the engine; the documentation does not say.
    """
    values_by_key: dict[str, list[str]] = {}
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key and value:
            values_by_key.setdefault(key, []).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in sorted(values_by_key.items())}


@scalar_function("parse_path(path: string) -> dynamic")
def parse_path(path: str) -> dict[str, str]:
    """The parts of a Windows, UNC or POSIX path by name; a missing part is empty."""
    scheme, local_path = _split_scheme(path)
    root = _drive_pattern().match(local_path.removeprefix("\\\\?\\"))  # the prefix of long Windows paths
    separator = max(local_path.rfind("/"), local_path.rfind("\\"))
    directory, file = (local_path[:separator], local_path[separator + 1 :]) if separator >= 0 else ("", local_path)
    # NTFS names an alternate data stream behind the file: `notes.txt:stream`.
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


def _split_scheme(path: str) -> tuple[str, str]:
    match = _scheme_pattern().match(path)
    return (match.group(1), path[match.end() :]) if match else ("", path)


@cache
def _scheme_pattern() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@cache
def _drive_pattern() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z]:")


@cache
def _url_pattern() -> re.Pattern[str]:
    return re.compile(
        r"([A-Za-z][A-Za-z0-9+.-]*)://(?:([^:@/?#]*):([^@/?#]*)@)?"
        r"(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?/?([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z",
        re.DOTALL,
    )
