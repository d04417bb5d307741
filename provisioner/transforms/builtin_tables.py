"""Azure's own tables, as far as they are known: those that take rows from the Logs Ingestion API, and the others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from provisioner.fact_evidence import Evidence, EvidencePolicy, judge
from provisioner.model import CUSTOM_SUFFIX, Table
from provisioner.model.table_plans import azure_table_plan_evidence
from provisioner.package_data import load_facts
from provisioner.suggest import intended_name

SENTINEL = "Microsoft Sentinel"
"""What some tables require, as the list calls it; `workspace.sentinel` onboards it."""


def builtin_table(name: str) -> Mapping[str, Any] | None:
    """A table that accepts the API: `basic`, `auxiliary`, `requires`, `columns` (None: not published); else None."""
    # Most manifests have custom tables alone and need not read the list.
    if name.endswith(CUSTOM_SUFFIX):
        return None
    table: Mapping[str, Any] | None = _load()["tables"].get(name)
    return table


def published_columns(name: str) -> Mapping[str, str] | None:
    """The columns that Azure publishes of a table that accepts the API; None where none are, or for another table."""
    table = builtin_table(name)
    columns: Mapping[str, str] | None = table["columns"] if table else None
    return columns


def builtin_columns_date(name: str) -> str:
    """The year or date of which our list of the columns of one of Azure's tables is."""
    lists = _load()
    return str(lists["tables"][name].get("columns_date", lists["columns_date"]))


def is_newer_than_list(table: str, column: str) -> bool:
    """Whether a column that our list of a table of Azure's lacks may have come since: those of authors end in `_CF`."""
    suffix = load_facts("names.yaml")["column"]["builtin_suffix"]
    facts = builtin_table(table)
    return facts is not None and facts["columns"] is not None and not column.endswith(suffix)


def is_builtin_table(name: str) -> bool:
    """Whether a name is one of Azure's, accepting the API or not."""
    if name.endswith(CUSTOM_SUFFIX):
        return False
    lists = _load()
    return name in lists["tables"] or name in lists["legacy"] or name in tables_without_api()


def plan_evidence(name: str, plan: str) -> tuple[Evidence, ...]:
    """What is known of a plan for one of Azure's tables; empty where no page says (older tables, and unknown names)."""
    flags = _load()["tables"].get(name) or tables_without_api().get(name)
    if flags is None:
        return ()
    # Every table is born with it.
    return azure_table_plan_evidence(name, plan, flagged=plan == "analytics" or bool(flags[plan]))


def supports_plan(name: str, plan: str, policy: EvidencePolicy = "newest") -> bool | None:
    """Whether, by its evidence, one of Azure's tables can have a plan; None where nothing is known."""
    if plan == "analytics":
        return True
    evidence = plan_evidence(name, plan)
    return judge(evidence, policy).accepted if evidence else None


@cache
def tables_without_api() -> Mapping[str, Mapping[str, bool]]:
    """Name → `basic`, `auxiliary`, `transformed` of Azure's tables that take no rows from the Logs Ingestion API."""
    groups = load_facts("azure_tables.yaml")["groups"]
    flags = ("basic", "auxiliary", "transformed")
    return {name: {flag: group[flag] for flag in flags} for group in groups for name in group["tables"].split()}


def is_custom_table(table: Table) -> bool:
    """Whether a table is meant to be a custom one, though the suffix may be missing."""
    if table.custom:
        return True
    return bool(table.columns) and not is_builtin_table(table.name) and not similar_builtin_table(table.name)


def is_legacy_table(name: str) -> bool:
    """Whether only an older page of Azure's documentation lists the table as accepting the API."""
    return name in _load()["legacy"]


def similar_builtin_table(name: str) -> str | None:
    """The table of Azure's that a name most likely means; None for custom names and unlike ones."""
    lists = _load()
    if name.endswith(CUSTOM_SUFFIX) or name in lists["tables"]:
        return None
    corrected: str | None = lists["misspelt"].get(name)
    return corrected or intended_name(name, lists["tables"])


def similar_table_without_api(name: str) -> str | None:
    """The table of Azure's that takes no rows from the API and that a name most likely means; None for unlike names."""
    if name.endswith(CUSTOM_SUFFIX) or is_builtin_table(name):
        return None
    return intended_name(name, tables_without_api())


def _load() -> Mapping[str, Any]:
    lists: Mapping[str, Any] = load_facts("builtin_tables.json")
    return lists
