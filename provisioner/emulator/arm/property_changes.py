"""Two bodies compared property by property, as what-if lists their differences."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.emulator.arm.deployment_records import printable
from provisioner.template import Unknown

PropertyChange = dict[str, object]
"""`path`, `propertyChangeType` (Create, Delete, Modify, Array), `before`, `after`, `children`."""


def property_changes(before: object, after: object, *, only_declared: bool) -> list[PropertyChange]:
    """The differences between two values; with `only_declared` what `after` leaves out is none."""
    return list(_changes(before, after, "", only_declared))


def _changes(before: object, after: object, path: str, only_declared: bool) -> Iterator[PropertyChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _member_changes(before, after, path, only_declared)
    elif isinstance(before, list) and isinstance(after, list):
        if children := list(_item_changes(before, after, only_declared)):
            yield _change(path, "Array", None, None, children)
    elif not _equivalent(before, after):
        yield _change(path, "Modify", before, after)


def _member_changes(
    before: dict[str, object], after: dict[str, object], path: str, only_declared: bool
) -> Iterator[PropertyChange]:
    # ARM compares names of properties without case.
    spellings = {name.lower(): name for name in before}
    declared = {name.lower() for name in after}
    for name, value in after.items():
        below = f"{path}.{name}".lstrip(".")
        if name.lower() not in spellings:
            if not _is_nothing(value):
                yield _change(below, "Create", None, value)
        else:
            yield from _changes(before[spellings[name.lower()]], value, below, only_declared)
    for name, value in before.items():
        if name.lower() not in declared and not only_declared and not _is_nothing(value):
            yield _change(f"{path}.{name}".lstrip("."), "Delete", value, None)


def _item_changes(before: list[object], after: list[object], only_declared: bool) -> Iterator[PropertyChange]:
    for index in range(max(len(before), len(after))):
        if index >= len(after):
            yield _change(str(index), "Delete", before[index], None)
        elif index >= len(before):
            yield _change(str(index), "Create", None, after[index])
        elif children := list(_changes(before[index], after[index], "", only_declared)):
            yield _change(str(index), "Modify", before[index], after[index], children)


def _change(
    path: str, change_type: str, before: object, after: object, children: list[PropertyChange] | None = None
) -> PropertyChange:
    return {
        "path": path,
        "propertyChangeType": change_type,
        "before": before,
        "after": printable(after),
        "children": children,
    }


def _is_nothing(value: object) -> bool:
    return value is None or value in ({}, [])


def _equivalent(before: object, after: object) -> bool:
    # What is known only while deploying is no difference before: nothing could be said of it.
    if isinstance(after, Unknown):
        return True
    # Regions and ids differ in case and spaces between what was sent and what is stored.
    if isinstance(before, str) and isinstance(after, str):
        return before.replace(" ", "").lower() == after.replace(" ", "").lower()
    return bool(before == after)
