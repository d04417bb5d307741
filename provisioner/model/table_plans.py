"""From which plan a table's plan changes to which, and which plans Azure's own tables take: the evidence for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.fact_evidence import Evidence, read_evidence
from provisioner.package_data import load_facts


def plan_switch_evidence(before: str, after: str) -> tuple[Evidence, ...]:
    """What is known of a change from one plan to another, by their names in manifests, newest first."""
    facts = _limits()["plan_switches"]
    return read_evidence(facts["pairs"][f"{before} to {after}"], facts["sources"])


def plan_switch_pairs() -> Mapping[str, tuple[Evidence, ...]]:
    """`<plan> to <plan>` → what is known of that switch, for every pair."""
    facts = _limits()["plan_switches"]
    return {pair: read_evidence(entries, facts["sources"]) for pair, entries in facts["pairs"].items()}


def days_between_switches() -> int:
    """How many days after a change of its plan a table's plan can change again."""
    return int(_limits()["plan_switches"]["days"])


def azure_table_plan_evidence(name: str, plan: str, *, flagged: bool) -> tuple[Evidence, ...]:
    """What is known of a plan for one of Azure's tables: the flag of the page on tables, and what was seen."""
    facts = _limits()["azure_table_plans"]
    page = {"kind": "documented", "date": facts["date"], "source": facts["source"]}
    if not flagged:
        page |= {"forbids": True, "words": "the page does not mark the table so"}
    return read_evidence([page, *facts["seen"].get(f"{name} {plan}", ())])


def seen_table_plans() -> Mapping[str, tuple[Evidence, ...]]:
    """`<table> <plan>` → what was seen of that plan for one of Azure's tables, beside the page."""
    seen = _limits()["azure_table_plans"]["seen"]
    return {subject: read_evidence(entries) for subject, entries in seen.items()}


def _limits() -> Any:
    return load_facts("limits.yaml")["table"]
