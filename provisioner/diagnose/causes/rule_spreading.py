"""The rule was changed minutes ago and the endpoint still uses its old copy."""

from __future__ import annotations

import datetime as dt

from provisioner.diagnose.evidence import Case, ago
from provisioner.diagnose.live_transform import as_wanted
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_state import FRESH


def rule_spreading(case: Case) -> Diagnosis | None:
    """The live rule is as it should be, and young; what is missing may still come."""
    if case.error is not None and case.status not in {400, 404}:
        return None
    if case.error is not None and case.status == 400 and case.error.code != "InvalidStream":
        return None
    rule = case.rule
    age, life = case.scene.age(rule), case.scene.age(rule, of="createdAt")
    if age is None or age > FRESH or not as_wanted(case):
        return None
    new = life is not None and life - age < dt.timedelta(milliseconds=50)
    if new and case.error is None:
        return None  # a rule that was never another has no old copy
    minutes = int(FRESH.total_seconds() // 60)
    what = f"the rule was {'made' if new else 'changed'} {ago(age)}"
    return Diagnosis(
        "rule-spreading",
        f"{what}: for up to {minutes} minutes the endpoint may {'not know it' if new else 'use its old copy'}",
        ("the live rule is as the manifest wants it", *((case.said,) if case.said else ())),
        f"wait {minutes} minutes and run verify again; records sent meanwhile may lose columns",
        passing=True,
    )
