"""What the service refuses of a table's body, in its words where they are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.http.response import Refusal
from provisioner.model.column_types import column_type
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.store import Record

WEEK = 7 * 24 * 3600
_CLASSIC = (
    "Changing Classic table {0} schema by using DataCollectionRuleBased tables api is forbidden, please "
    "migrate the table first "
    "or use the appropriate classic table api."
)


def check_name(name: str) -> None:
    """A table is a built-in one or ends in _CL."""
    if not re.fullmatch(r"[A-Za-z0-9-_]{4,63}", name):
        raise invalid(f"Table name '{name}' is invalid: 4 to 63 letters, digits, '-' and '_'.")
    if name.lower() not in azure_facts.names() and not name.endswith("_CL"):
        raise invalid(f"Table '{name}' was not found and cannot be created: custom table names must end with '_CL'.")


def check_schema(name: str, schema: dict[str, Any] | None, sent: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The columns of a body in Azure's spelling of their types; None where it names none."""
    if schema is None:
        return None
    if schema.get("name") is not None and schema["name"] != name:
        raise invalid(f"Table name '{name}' in the URL does not match the schema name '{schema['name']}'.")
    if sent.get("standardColumns"):
        raise invalid("Standard columns cannot be changed.")
    if len(schema.get("description") or "") > 256:
        raise invalid("'Description' length should be 256 characters or less.")
    if schema.get("columns") is None:
        return None
    return [_column(each) for each in schema["columns"]]


def _column(given: dict[str, Any]) -> dict[str, Any]:
    name, spelled = given.get("name"), given.get("type")
    # One of Azure's pages asks for two characters at least, two others do not: what is not settled is let through.
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,44}", name):
        raise invalid(f"Invalid column name '{name}': a letter, then up to 44 letters, digits and '_' (MSG 1009).")
    kind = column_type(spelled) if isinstance(spelled, str) else None
    if kind is None:
        raise invalid(f"Invalid value provided for type of column '{name}': '{spelled}'.")
    if given.get("dataTypeHint") is not None:
        raise invalid("MSG 1011: Invalid value provided for data type hint")
    shown = {"name": name, "type": kind.table, "isDefaultDisplay": False, "isHidden": False}
    optional = {key: given[key] for key in ("description", "displayName") if given.get(key) is not None}
    return {**shown, **optional}


def check_columns(name: str, columns: list[dict[str, Any]], before: Record | None) -> None:
    """Reserved, repeated, too many, TimeGenerated, and types that may not change, also of columns deleted before."""
    seen: set[str] = set()
    reserved = set(load_facts("emulator.yaml")["reserved_columns"]["names"])
    remembered: dict[str, str] = before.private.get("types", {}) if before else {}
    for column in columns:
        if column["name"] in reserved:
            raise invalid(f"Column name '{column['name']}' is reserved.")
        if column["name"] in seen:
            raise invalid(f"Column '{column['name']}' is declared more than once.")
        seen.add(column["name"])
        known = remembered.get(column["name"], column["type"])
        if known != column["type"]:
            raise invalid(
                f"The type of column '{column['name']}' cannot be changed from '{known}' to '{column['type']}'."
            )
    if len(columns) > 500:
        raise invalid(f"Table {name} has {len(columns)} columns; the limit is 500.")
    if name in azure_facts.builtin():
        _check_custom_fields(columns)
    elif not any(each["name"] == "TimeGenerated" and each["type"] == "dateTime" for each in columns):
        raise invalid("MSG 1005: Table missing mandatory 'TimeGenerated' column or type")


def _check_custom_fields(columns: list[dict[str, Any]]) -> None:
    for column in columns:
        if not column["name"].endswith("_CF"):
            raise invalid(f"Column '{column['name']}' added to an Azure table must have the suffix '_CF'.")


def check_retention(properties: dict[str, Any], plan: str) -> None:
    """Days of interactive and of total retention, by plan."""
    days, total = properties.get("retentionInDays"), properties.get("totalRetentionInDays")
    if days not in {None, -1}:
        if plan != "Analytics" and days != 30:
            raise invalid(f"RetentionInDays cannot be set for a table of plan {plan}; it is 30 days.")
        if not 4 <= days <= 730:
            raise invalid(
                f"Invalid value {days} provided for retentionInDays: it must be between 4 and 730, or -1 for "
                "the default."
            )
    if total in {None, -1}:
        return
    if not 4 <= total <= 730 and total not in load_facts("emulator.yaml")["total_retention_years"]:
        raise invalid(f"Invalid value {total} provided for totalRetentionInDays: 4 to 730, or whole years up to 4383.")
    if days not in {None, -1} and total < days:
        raise invalid(f"totalRetentionInDays ({total}) cannot be less than retentionInDays ({days}).")


def check_plan(name: str, plan: str, before: Record | None, now: float) -> None:
    """Which plan a table may have, and whether it may change to it now."""
    if plan not in {"Analytics", "Basic", "Auxiliary"}:
        raise invalid(f"Invalid value '{plan}' provided for plan.")
    facts_of = azure_facts.builtin().get(name)
    if facts_of is not None and plan != "Analytics" and not facts_of[plan.lower()]:
        raise invalid(f"Table {name} does not support the plan {plan}.")
    old = before.private["plan"] if before else ("Analytics" if facts_of else None)
    if old in {None, plan}:
        return
    if "Auxiliary" in {old, plan}:
        raise invalid(f"The plan of table {name} cannot be changed from {old} to {plan}.")
    changed = before.private.get("plan_changed") if before else None
    if changed is not None and now - changed < WEEK:
        raise invalid(f"The plan of table {name} can be changed once a week; it was changed less than 7 days ago.")


def check_classic(record: Record | None) -> None:
    """A classic table is deaf to this API until it is migrated."""
    if record is not None and record.private.get("classic"):
        raise invalid(_CLASSIC.format(record.name))


def invalid(message: str) -> Refusal:
    """400 InvalidParameter, as the tables API says no."""
    return Refusal(400, "InvalidParameter", message)
