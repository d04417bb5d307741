"""Every check that needs no network: rules over a Document that yield diagnostics and never raise."""

from __future__ import annotations

from provisioner.validate.catalogue import explain, pages, rules
from provisioner.validate.code_page import Page
from provisioner.validate.context import Context
from provisioner.validate.fixes import apply_fixes, diff
from provisioner.validate.rule import Rule, rule
from provisioner.validate.runner import check, check_all

__all__ = ["Context", "Page", "Rule", "apply_fixes", "check", "check_all", "diff", "explain", "pages", "rule", "rules"]
