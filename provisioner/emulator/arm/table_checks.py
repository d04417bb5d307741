"""What the service refuses of a table's body, in its words where they are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.http.response import ApiError, not_implemented
from provisioner.fact_evidence import EvidencePolicy, judge
from provisioner.model.column_types import column_type
from provisioner.model.reserved_columns import reserved_columns
from provisioner.model.table_plans import azure_table_plan_evidence, days_between_switches, plan_switch_evidence

if TYPE_CHECKING:
    from provisioner.emulator.store import StoredResource

DAY_SECONDS = 24 * 3600
_CLASSIC_MESSAGE = (
    "Changing Classic table {0} schema by using DataCollectionRuleBased tables api is forbidden, please "
    "migrate the table first "
    "or use the appropriate classic table api."
)


def check_name(name: str) -> None:
    """Raise ApiError 400 where a name is neither a built-in table's nor a custom one's, which end in _CL."""
    if not re.fullmatch(r"[A-Za-z0-9-_]{4,63}", name):
        raise invalid_parameter(f"Table name '{name}' is invalid: 4 to 63 letters, digits, '-' and '_'.")
    if name.lower() not in azure_facts.builtin_table_spellings() and not name.endswith("_CL"):
        raise invalid_parameter(
            f"Table '{name}' was not found and cannot be created: custom table names must end with '_CL'."
        )


def check_no_job(name: str, sent: dict[str, Any]) -> None:
    """Raise ApiError 501 for a table that a search or restore job would fill, 400 for its name without such a job."""
    # Source: azure-monitor/logs/search-jobs and restore: the names end in _SRCH and _RST.
    jobs = {"_SRCH": ("searchResults", "search jobs"), "_RST": ("restoredLogs", "restored logs")}
    properties = sent.get("properties") if isinstance(sent.get("properties"), dict) else {}
    for ending, (member, words) in jobs.items():
        if properties and properties.get(member) is not None:
            raise not_implemented(f"{words} (properties.{member} of table '{name}')")
        if name.endswith(ending):
            raise invalid_parameter(f"Table '{name}' ends with '{ending}': such a table needs 'properties.{member}'.")


def validated_columns(name: str, schema: dict[str, Any] | None, sent: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The columns of an accepted `schema` with types in Azure's spelling; None where it names none.

    `sent` is the schema as it was sent, with members that are read-only. Raises ApiError 400.
    """
    if schema is None:
        return None
    if schema.get("name") is not None and schema["name"] != name:
        raise invalid_parameter(f"Table name '{name}' in the URL does not match the schema name '{schema['name']}'.")
    # Read-only, so not in the accepted schema; sending them back is 400, which Terraform's provider works around.
    if sent.get("standardColumns"):
        raise invalid_parameter("Standard columns cannot be changed.")
    if schema.get("columns") is None:
        return None
    return [_validated_column(column) for column in schema["columns"]]


def _validated_column(column: dict[str, Any]) -> dict[str, Any]:
    name, type_name = column.get("name"), column.get("type")
    # One of Azure's pages asks for two characters at least, two others do not: what is not certain is let through.
    # What is reserved is judged by its evidence, and some of those names begin otherwise.
    legal = isinstance(name, str) and (name in reserved_columns() or re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,44}", name))
    if not legal:
        raise invalid_parameter(
            f"Invalid column name '{name}': a letter, then up to 44 letters, digits and '_' (MSG 1009)."
        )
    known_type = column_type(type_name) if isinstance(type_name, str) else None
    if known_type is None:
        raise invalid_parameter(f"Invalid value provided for type of column '{name}': '{type_name}'.")
    # Published, and yet refused by the service: MSG 1011.
    if column.get("dataTypeHint") is not None:
        raise invalid_parameter("MSG 1011: Invalid value provided for data type hint")
    validated = {"name": name, "type": known_type.table, "isDefaultDisplay": False, "isHidden": False}
    optional = {key: column[key] for key in ("description", "displayName") if column.get(key) is not None}
    return {**validated, **optional}


def check_description(schema: dict[str, Any], policy: EvidencePolicy) -> None:
    """Raise ApiError 400 for a long description, where what sources do not settle is refused.

    Rules were seen refused for it, of tables no page and no report says so.
    """
    most = azure_facts.table_limits()["description"]["most"]
    if policy != "newest" and len(schema.get("description") or "") > most:
        raise invalid_parameter(f"'Description' length should be {most} characters or less.")


def check_columns(
    name: str, columns: list[dict[str, Any]], before: StoredResource | None, policy: EvidencePolicy
) -> None:
    """Raise ApiError 400 for reserved or repeated names, too many columns, no TimeGenerated, or a changed type.

    `policy` says which evidence decides whether a reserved name is refused.
    """
    seen: set[str] = set()
    reserved = reserved_columns()
    remembered: dict[str, str] = before.private.get("types", {}) if before else {}
    for column in columns:
        if column["name"] in reserved and not judge(reserved[column["name"]], policy).accepted:
            raise invalid_parameter(f"Column name '{column['name']}' is reserved.")
        if column["name"] in seen:
            raise invalid_parameter(f"Column '{column['name']}' is declared more than once.")
        seen.add(column["name"])
        # The service remembers the types of deleted columns too.
        first_type = remembered.get(column["name"], column["type"])
        if first_type != column["type"]:
            raise invalid_parameter(
                f"The type of column '{column['name']}' cannot be changed from '{first_type}' to '{column['type']}'."
            )
    # AMD logs/includes/azure-monitor-limits-workspaces.md.
    if len(columns) > 500:
        raise invalid_parameter(f"Table {name} has {len(columns)} columns; the limit is 500.")
    if name in azure_facts.azure_tables():
        _check_custom_fields(columns)
    elif not any(column["name"] == "TimeGenerated" and column["type"] == "dateTime" for column in columns):
        raise invalid_parameter("MSG 1005: Table missing mandatory 'TimeGenerated' column or type")


def _check_custom_fields(columns: list[dict[str, Any]]) -> None:
    for column in columns:
        # AMD logs/logs-ingestion-api-overview.md.
        if not column["name"].endswith("_CF"):
            raise invalid_parameter(f"Column '{column['name']}' added to an Azure table must have the suffix '_CF'.")


def check_retention(properties: dict[str, Any], plan: str) -> None:
    """Raise ApiError 400 for days of interactive or total retention that the plan does not allow."""
    days, total = properties.get("retentionInDays"), properties.get("totalRetentionInDays")
    if days not in {None, -1}:
        # Fixed at 30 days by Basic and Auxiliary, settable from 4 days on by Analytics.
        if plan != "Analytics" and days != 30:
            raise invalid_parameter(f"RetentionInDays cannot be set for a table of plan {plan}; it is 30 days.")
        if not 4 <= days <= 730:
            raise invalid_parameter(
                f"Invalid value {days} provided for retentionInDays: it must be between 4 and 730, or -1 for "
                "the default."
            )
    if total in {None, -1}:
        return
    if not 4 <= total <= 730 and total not in azure_facts.total_retention_years():
        raise invalid_parameter(
            f"Invalid value {total} provided for totalRetentionInDays: 4 to 730, or whole years up to 4383."
        )
    if days not in {None, -1} and total < days:
        raise invalid_parameter(f"totalRetentionInDays ({total}) cannot be less than retentionInDays ({days}).")


def check_plan(name: str, plan: str, before: StoredResource | None, now: float, policy: EvidencePolicy) -> None:
    """Raise ApiError 400 where a table cannot have a plan, or cannot change to it at `now` (seconds since 1970).

    `policy` says which evidence decides.
    """
    if plan not in {"Analytics", "Basic", "Auxiliary"}:
        raise invalid_parameter(f"Invalid value '{plan}' provided for plan.")
    builtin = azure_facts.azure_tables().get(name)
    if builtin is not None and plan != "Analytics":
        evidence = azure_table_plan_evidence(name, plan.lower(), flagged=builtin[plan.lower()])
        if not judge(evidence, policy).accepted:
            raise invalid_parameter(f"Table {name} does not support the plan {plan}.")
    old_plan = before.private["plan"] if before else ("Analytics" if builtin else None)
    if old_plan in {None, plan}:
        return
    # The page lists Basic and Auxiliary from and to Analytics alone; between the two it is silent.
    if not judge(plan_switch_evidence(str(old_plan).lower(), plan.lower()), policy).accepted:
        raise invalid_parameter(f"The plan of table {name} cannot be changed from {old_plan} to {plan}.")
    changed = before.private.get("plan_changed") if before else None
    days = days_between_switches()
    if changed is not None and now - changed < days * DAY_SECONDS:
        raise invalid_parameter(
            f"The plan of table {name} can be changed once a week; it was changed less than {days} days ago."
        )


def check_not_classic(record: StoredResource | None) -> None:
    """Raise ApiError 400 for a classic table: this API cannot change it before it is migrated."""
    if record is not None and record.private.get("classic"):
        raise invalid_parameter(_CLASSIC_MESSAGE.format(record.name))


def invalid_parameter(message: str) -> ApiError:
    """400 InvalidParameter, the code that the tables API uses for all that it refuses."""
    return ApiError(400, "InvalidParameter", message)
