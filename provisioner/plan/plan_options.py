"""What the caller of a plan decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a plan covers and may remove.

    `only` names resources as TYPE/NAME (empty: all); what they depend on and Azure lacks comes along. `prune` deletes
    DCRs, endpoints and grants that this manifest owns and no longer declares. `allow` names removals as
    `destructive:TABLE` or `destructive:TABLE.COLUMN`: without it no table and no column is deleted. With
    `tolerant_of_gaps` what is missing or cannot be read becomes part of the plan instead of an error.
    """

    only: tuple[str, ...] = ()
    prune: bool = False
    allow: tuple[str, ...] = ()
    tolerant_of_gaps: bool = False


PLAN_DEFAULTS = PlanOptions()
