"""What the service holds against the data sources of a rule: their names, and lists that are empty or too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Kind, the list inside, its least and most items; fundamentals/includes/azure-monitor-limits-data-collection-rules.md
_LISTS = (
    ("performanceCounters", "counterSpecifiers", 1, 100),
    ("windowsEventLogs", "xPathQueries", 1, 100),
    ("syslog", "facilityNames", 1, 20),
    ("syslog", "logLevels", 1, 9),
)
_NAME = 32
_MOST = 10


def check_sources(properties: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings as code, message and target."""
    for kind, listed in (properties.get("dataSources") or {}).items():
        if not isinstance(listed, list):
            continue
        if len(listed) > _MOST:
            yield (
                "InvalidDataSource",
                f"{_pascal(kind)} item count should be {_MOST} or less",
                f"Properties.DataSources.{_pascal(kind)}",
            )
        for index, source in enumerate(listed):
            target = f"Properties.DataSources.{_pascal(kind)}[{index}]"
            yield from _name(source, target)
            yield from _items(kind, source, target)


def _name(source: dict[str, Any], target: str) -> Iterator[tuple[str, str, str]]:
    name = source.get("name") or ""
    if not name:
        yield "InvalidDataSource", "'Name' must not be empty.", f"{target}.Name"
    elif len(name) > _NAME:
        message = f"'Name' length should be {_NAME} characters or less. Specified value has {len(name)} characters."
        yield "InvalidProperty", message, f"{target}.Name"


def _items(kind: str, source: dict[str, Any], target: str) -> Iterator[tuple[str, str, str]]:
    for owner, member, least, most in _LISTS:
        if owner != kind:
            continue
        items = source.get(member) or []
        below = f"{target}.{_pascal(member)}"
        if len(items) < least:
            message = f"{_spaced(member)} item count should be {least} or more. Specified list has {len(items)} items."
            yield "InvalidDataSource", message, below
        if len(items) > most:
            yield "InvalidDataSource", f"{_spaced(member)} item count should be {most} or less", below
        if any(not str(each).strip() for each in items):
            yield "InvalidDataSource", f"'{_spaced(member)}' must not be empty.", below


def _pascal(word: str) -> str:
    return word[:1].upper() + word[1:]


def _spaced(word: str) -> str:
    """`xPathQueries` as the service's messages write it: `X Path Queries`."""
    return "".join(f" {each}" if each.isupper() else each for each in _pascal(word)).strip()
