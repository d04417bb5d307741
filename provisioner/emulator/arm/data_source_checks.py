"""What the service finds wrong with a rule's data sources: their names, and lists that are empty or too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Kind, the list inside, its least and most items; fundamentals/includes/azure-monitor-limits-data-collection-rules.md
_LIST_LIMITS = (
    ("performanceCounters", "counterSpecifiers", 1, 100),
    ("windowsEventLogs", "xPathQueries", 1, 100),
    ("syslog", "facilityNames", 1, 20),
    ("syslog", "logLevels", 1, 9),
)
_NAME_LIMIT = 32
_SOURCES_LIMIT = 10


def check_sources(properties: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings (code, message, target) on the `dataSources` of a rule."""
    for source_kind, sources in (properties.get("dataSources") or {}).items():
        if not isinstance(sources, list):
            continue
        if len(sources) > _SOURCES_LIMIT:
            yield (
                "InvalidDataSource",
                f"{_pascal_case(source_kind)} item count should be {_SOURCES_LIMIT} or less",
                f"Properties.DataSources.{_pascal_case(source_kind)}",
            )
        for index, source in enumerate(sources):
            target = f"Properties.DataSources.{_pascal_case(source_kind)}[{index}]"
            yield from _check_name(source, target)
            yield from _check_lists(source_kind, source, target)


def _check_name(source: dict[str, Any], target: str) -> Iterator[tuple[str, str, str]]:
    name = source.get("name") or ""
    if not name:
        yield "InvalidDataSource", "'Name' must not be empty.", f"{target}.Name"
    elif len(name) > _NAME_LIMIT:
        message = (
            f"'Name' length should be {_NAME_LIMIT} characters or less. Specified value has {len(name)} characters."
        )
        yield "InvalidProperty", message, f"{target}.Name"


def _check_lists(source_kind: str, source: dict[str, Any], target: str) -> Iterator[tuple[str, str, str]]:
    for limited_kind, member, fewest, most in _LIST_LIMITS:
        if limited_kind != source_kind:
            continue
        items = source.get(member) or []
        member_target = f"{target}.{_pascal_case(member)}"
        if len(items) < fewest:
            message = (
                f"{_spaced_words(member)} item count should be {fewest} or more. Specified list has {len(items)} items."
            )
            yield "InvalidDataSource", message, member_target
        if len(items) > most:
            yield "InvalidDataSource", f"{_spaced_words(member)} item count should be {most} or less", member_target
        if any(not str(item).strip() for item in items):
            yield "InvalidDataSource", f"'{_spaced_words(member)}' must not be empty.", member_target


def _pascal_case(name: str) -> str:
    return name[:1].upper() + name[1:]


def _spaced_words(name: str) -> str:
    """`xPathQueries` as the service's messages write it: `X Path Queries`."""
    return "".join(f" {letter}" if letter.isupper() else letter for letter in _pascal_case(name)).strip()
