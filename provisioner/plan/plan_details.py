"""A plan with all that a reviewer asks of it: what becomes of rows, what is probably renamed, what to write instead."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.plan.effects.plan_effects import with_row_effects
from provisioner.plan.planning import Plan
from provisioner.plan.renames import find_renames
from provisioner.plan.side_by_side import side_by_side_fix
from provisioner.transforms.bound_transforms import BoundTransforms

if TYPE_CHECKING:
    from provisioner.load import Document


def with_details(plan: Plan, document: Document, transforms: BoundTransforms, now: dt.datetime | None = None) -> Plan:
    """The plan of a document's manifest with row effects, probable renames and fixes of what Azure cannot do.

    `transforms` are shared with others that bind the manifest; `now` is the clock of records whose test fixes none
    (default: the present).
    """
    manifest = document.manifest
    if manifest is None:
        return plan
    detailed = with_row_effects(plan, manifest, transforms, now)
    changes = tuple(replace(change, fix=side_by_side_fix(change, document, transforms)) for change in detailed.changes)
    return replace(detailed, changes=changes, renames=find_renames(detailed))
