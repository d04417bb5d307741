"""Every check that needs no network: rules over a Document that yield diagnostics and never raise."""

from __future__ import annotations

from provisioner.validate.context import Context
from provisioner.validate.fixes import apply_fixes, unified_diff
from provisioner.validate.rule import Rule, rule
from provisioner.validate.rule_registry import all_rules
from provisioner.validate.runner import check, check_all_environments

__all__ = [
    "Context",
    "Rule",
    "all_rules",
    "apply_fixes",
    "check",
    "check_all_environments",
    "rule",
    "unified_diff",
]
