"""Every word of every enum off by a letter; other cases are spellings that the language takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.support.blind.base_manifests import GUID, change_type, facts, leading_stream, leading_table, set_value
from tests.support.blind.mutant import Change, Operator


def letters(text: str) -> Iterator[str]:
    """The word off by a letter: the last one gone, the first one twice, two in the middle swapped."""
    middle = len(text) // 2
    yield text[:-1]
    yield text[0] + text
    yield text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]


def enums() -> Iterator[Operator]:
    """Every word of every enum off by a letter; other cases are spellings that the language takes."""
    schema = facts("manifest.schema.json")["$defs"]

    def enum_values(definition: str, key: str) -> list[str]:
        return list(next(part["enum"] for part in schema[definition]["properties"][key]["anyOf"] if "enum" in part))

    def grant(key: str, value: Any) -> Change:
        return lambda m: next(iter(m["grants"].values())).__setitem__(key, value)

    def sent(type_name: str) -> Change:
        return lambda m: leading_stream(m)[1]["columns"].__setitem__("probe", type_name)

    def first(section: str, key: str, value: Any) -> Change:
        return lambda m: next(iter(m[section].values())).__setitem__(key, value)

    enum_positions: list[tuple[str, list[str], Callable[[str], Change]]] = [
        (
            "plan",
            enum_values("a-table-that-rows-end-in", "plan"),
            lambda w: lambda m: leading_table(m)[1].__setitem__("plan", w),
        ),
        ("cloud", enum_values("where-everything-stands", "cloud"), set_value("target", "cloud")),
        (
            "public access",
            enum_values("the-data-collection-endpoint-dce", "public_access"),
            set_value("endpoint", "public_access"),
        ),
        ("column type", enum_values("a-column", "type"), change_type),
        ("column type in a mapping", enum_values("a-column", "type")[:2], lambda w: change_type({"type": w})),
        ("stream column type", enum_values("a-column", "type"), sent),
        ("grant type", enum_values("the-right-of-a-principal-to-send", "type"), lambda w: grant("type", w)),
        (
            "rule endpoint",
            enum_values("a-data-collection-rule-dcr", "endpoint"),
            lambda w: first("dcrs", "endpoint", w),
        ),
        ("role", ["Monitoring Metrics Publisher"], lambda w: grant("role", w)),
    ]
    for what, values, make in enum_positions:
        for value in values:
            for wrong in letters(value):
                yield Operator(f"{what} {wrong!r}", "refused", make(wrong), wrong)
    for good in ("Analytics", "ANALYTICS"):
        yield Operator(f"plan {good!r}", "legal", enum_positions[0][2](good))
    for good in ("String", "STRING"):
        yield Operator(f"column type {good!r}", "legal", change_type(good))
    for good, of in (("bool", "boolean"), ("dateTime", "datetime"), ("DateTime", "datetime"), ("double", "real")):
        yield Operator(f"column type {good!r}", "legal", change_type(good, of))
    for bad in (
        "decimal",
        "timespan",
        "json",
        "object",
        "array",
        "float",
        "number",
        "integer",
        "bigint",
        "text",
        "uuid",
        "date",
        "Int64",
        "",
        None,
        3,
        [],
        True,
    ):
        yield Operator(f"column type {bad!r}", "refused" if bad is not None else "dropped", change_type(bad))
    for bad in (
        "Monitoring Contributor",
        "Contributor",
        "Owner",
        "Log Analytics Contributor",
        "Reader",
        facts("roles.yaml")["roles"]["Monitoring Reader"],
    ):
        yield Operator(f"role {bad}", "dropped", grant("role", bad), bad)
    yield Operator("the role by its GUID", "legal", grant("role", "3913510d-42f4-4e42-8a64-420c390055eb"))
    for bad in (
        "me",
        "checkout-app",
        GUID[:-1],
        GUID + "0",
        GUID.replace("-", "_"),
        "app@example.com",
        "",
        GUID[:-1] + "g",
    ):
        yield Operator(f"principal {bad!r}", "refused", grant("principal", bad), bad)
    for key in ("subscription", "tenant"):
        for bad in ("webshop", GUID[:-1], GUID + "0", GUID[:-1] + "g", ""):
            yield Operator(f"{key} {bad!r}", "refused", set_value("target", key)(bad), bad)
