"""Facts of Azure that the emulator answers with, from `schemas/`: api-versions, built-in tables and roles, regions.

Each fact stands in its file with its source; this module gives them types.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from provisioner.package_data import load_facts


@cache
def api_versions(resource_type: str) -> list[str] | None:
    """The api-versions of a type or, where none are listed, of its parent types; None: any well-formed version."""
    listed = {name.lower(): versions for name, versions in load_facts("emulator.yaml")["versions"].items()}
    name = resource_type.lower()
    while name not in listed and "/" in name:
        name = name.rpartition("/")[0]
    return listed.get(name)


def unlisted_api_versions() -> list[str]:
    """Api-versions that stand for any, where a type that is not listed needs one."""
    versions: list[str] = load_facts("emulator.yaml")["unlisted_versions"]["versions"]
    return versions


def rule_members_since() -> dict[str, str]:
    """Properties of a DCR that older api-versions do not show, with the first version that does."""
    versions: dict[str, str] = load_facts("emulator.yaml")["shown_since"]["dataCollectionRules"]
    return versions


def subscription_policies() -> dict[str, str]:
    """What is shown of a subscription's offer."""
    policies: dict[str, str] = load_facts("emulator.yaml")["subscription_policies"]["policies"]
    return policies


def metadata_object_version() -> str:
    """The first api-version in which a cloud's metadata is one object."""
    version: str = load_facts("emulator.yaml")["cloud_metadata"]["object_since"]
    return version


def deployments_api_version() -> str:
    """The api-version of deployments."""
    version: str = load_facts("deployments.yaml")["api_version"]
    return version


def ingestion_api_versions() -> list[str]:
    """The api-versions of the Logs Ingestion API."""
    versions: list[str] = load_facts("emulator.yaml")["ingestion_versions"]
    return versions


def ingestion_quotas() -> dict[str, int]:
    """`requests` and `gigabytes` that a rule takes in a minute."""
    quotas: dict[str, int] = load_facts("ingestion.yaml")["quotas"]
    return quotas


def service_tag_prefix() -> str:
    """How the names of tags begin that services set: they may hold what those of users may not."""
    prefix: str = load_facts("names.yaml")["tag"]["service_prefix"]
    return prefix


def stream_facts() -> dict[str, Any]:
    """`names`, `fixed_kinds` and `patterns` of the streams that data sources bring."""
    facts: dict[str, Any] = load_facts("ingestion.yaml")["data_source_streams"]
    return facts


def batch_facts() -> dict[str, Any]:
    """`time_span` and `time_format`: what one call into an auxiliary table may hold."""
    facts: dict[str, Any] = load_facts("limits.yaml")["batch"]
    return facts


def commitment_facts() -> dict[str, Any]:
    """`tiers` (GB a day) that a workspace can commit to, and for how many `days` it does."""
    facts: dict[str, Any] = load_facts("limits.yaml")["workspace"]["commitment"]
    return facts


def batch_request_facts() -> dict[str, Any]:
    """How many requests one batch takes (`most`)."""
    facts: dict[str, Any] = load_facts("deployments.yaml")["batch"]
    return facts


@cache
def own_ids() -> dict[str, str]:
    """Resource type in lower case → the property in which the service gives each of its resources a GUID."""
    ids: dict[str, str] = load_facts("emulator.yaml")["own_ids"]["properties"]
    return {type_.lower(): name for type_, name in ids.items()}


def rule_log_categories() -> frozenset[str]:
    """The categories of logs that a data collection rule has."""
    facts = load_facts("monitoring.yaml")["categories"]
    return frozenset(facts[key]["category"] for key in ("errors", "troubleshooting"))


def alert_bodies() -> dict[str, Any]:
    """What Azure takes of the bodies of alerts on metrics (`metric`) and on queries (`query`)."""
    bodies: dict[str, Any] = load_facts("monitoring.yaml")["alert_bodies"]
    return bodies


def setting_linked_rights() -> dict[str, list[str]]:
    """The actions that a diagnostic setting needs at its destination, by the property that names it."""
    rights: dict[str, list[str]] = load_facts("resources/diagnostic_setting.yaml")["linked_rights"]
    return rights


def rule_error_log() -> dict[str, Any]:
    """`category` and `table` of a rule's errors, and `operations`: reason of a loss → OperationName of its row."""
    errors: dict[str, Any] = load_facts("monitoring.yaml")["categories"]["errors"]
    return {**errors, "operations": load_facts("emulator.yaml")["rule_errors"]["operations"]}


def table_limits() -> dict[str, Any]:
    """The limits of tables: plans and their switches, deletion, columns, retention."""
    limits: dict[str, Any] = load_facts("limits.yaml")["table"]
    return limits


def federated_credential_limits() -> dict[str, Any]:
    """How many federated credentials an application has, and how long and of which form their properties are."""
    limits: dict[str, Any] = load_facts("directory.yaml")["federated_credential"]
    return limits


def directory_rights(right: str) -> list[str]:
    """The permissions of Microsoft Graph of which any one is enough to `read` or `write` applications."""
    permissions: list[str] = load_facts("directory.yaml")["rights"][right]["applications"]
    return permissions


def directory_batch_size() -> int:
    """How many requests a batch of Microsoft Graph holds."""
    size: int = load_facts("directory.yaml")["batch"]["most"]
    return size


@cache
def types_created_with_ok() -> frozenset[str]:
    """The types, in lower case, whose PUT answers 200 for a new resource too."""
    return frozenset(name.lower() for name in load_facts("emulator.yaml")["created_with_ok"]["types"])


@cache
def refused_types() -> dict[str, str]:
    """Types, in lower case, that would have to act on data, to the words for what is missing here."""
    return {name.lower(): words for name, words in load_facts("emulator.yaml")["refused_types"].items()}


def regions() -> dict[str, str]:
    """Short name → display name of the public cloud's regions."""
    names: dict[str, str] = load_facts("regions.yaml")["clouds"]["public"]
    return names


def is_region(name: str) -> bool:
    """Whether a short name is a region of some cloud, or may be one that is too new for the list."""
    facts = load_facts("regions.yaml")
    if any(name in listed for listed in facts["clouds"].values()):
        return True
    # New regions come before lists do; a name that speaks of no geography is a mistake.
    return name.isalnum() and any(word in name for word in facts["geography_words"])


def resource_providers() -> list[str]:
    """The namespaces of the registered resource providers."""
    namespaces: list[str] = load_facts("emulator.yaml")["providers"]
    return namespaces


def provider_types(namespace: str) -> dict[str, list[str]]:
    """Type below the namespace → its api-versions, oldest first."""
    listed = load_facts("emulator.yaml")["versions"]
    prefix = f"{namespace}/"
    return {name.removeprefix(prefix): versions for name, versions in listed.items() if name.startswith(prefix)}


@cache
def builtin_roles() -> dict[str, dict[str, Any]]:
    """GUID → built-in role: `name`, `actions`, `not_actions`, `data_actions`; those of other services have no lists."""
    facts = load_facts("roles.yaml")
    others = ({"name": name, "id": role_id} for name, role_id in facts["others"].items())
    return {role["id"]: role for role in (*facts["definitions"], *others)}


@cache
def builtin_tables() -> dict[str, dict[str, Any]]:
    """Name → built-in table that takes data through the Logs Ingestion API: `basic`, `auxiliary`, `columns` or None."""
    tables: dict[str, dict[str, Any]] = load_facts("builtin_tables.json")["tables"]
    return tables


@cache
def azure_tables() -> dict[str, dict[str, Any]]:
    """Name → `basic` and `auxiliary` of all of Azure's own tables, whether they take rows from the API or not."""
    groups = load_facts("azure_tables.yaml")["groups"]
    without_api = {name: group for group in groups for name in group["tables"].split()}
    return {**builtin_tables(), **without_api}


@cache
def azure_streams() -> frozenset[str]:
    """The `Microsoft-…` streams that a rule may name: of tables that rules can transform, and of data sources."""
    # Source of the first part: a refusal lists the streams, from Microsoft-AACAudit on, and has no Microsoft-Heartbeat,
    # a table that the page on tables' features marks as without transformation.
    transformed = (name for name, table in azure_tables().items() if table.get("transformed", True))
    return frozenset((*(f"Microsoft-{name}" for name in transformed), *stream_facts()["names"]))


@cache
def builtin_table_spellings() -> dict[str, str]:
    """Lower-case name → the name as Azure spells it."""
    return {name.lower(): name for name in azure_tables()}


def builtin_columns(table: str) -> dict[str, str] | None:
    """Name → type of a built-in table's columns without the standard ones; None where its columns are not listed."""
    columns = azure_tables()[table].get("columns") or load_facts("monitoring.yaml")["tables"].get(table)
    standard = standard_columns()
    return None if columns is None else {name: kql_type for name, kql_type in columns.items() if name not in standard}


def standard_columns() -> dict[str, str]:
    """Name → type of the columns that the service fills in every row."""
    columns: dict[str, str] = load_facts("emulator.yaml")["standard_columns"]["columns"]
    return columns


def total_retention_years() -> list[int]:
    """The total retentions beyond 730 days that are allowed, in days: whole years."""
    days: list[int] = load_facts("emulator.yaml")["total_retention_years"]
    return days
