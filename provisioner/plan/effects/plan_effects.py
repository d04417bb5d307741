"""A plan with what each change does to rows, from the transforms of both sides and the author's records."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.plan.effects.flow_effect import FlowEffect
from provisioner.plan.effects.flow_pairs import FlowPair, FlowSide, changed_flows
from provisioner.plan.planning import Plan
from provisioner.resources import Key
from provisioner.transforms.bound_transforms import BoundTransforms

if TYPE_CHECKING:
    from provisioner.plan.effects.row_effects import TransformSide


def with_row_effects(
    plan: Plan, manifest: Manifest, transforms: BoundTransforms, now: dt.datetime | None = None
) -> Plan:
    """The plan whose changes tell what becomes of rows; the same plan where no flow changes.

    `manifest` gives samples and tests, `transforms` what is bound already. `now` is the clock of records whose test
    fixes none (default: the present).
    """
    effects: dict[Key, list[FlowEffect]] = {}
    for pair in changed_flows(plan, manifest):
        effect = _flow_effect(pair, transforms, now or dt.datetime.now(dt.UTC))
        if effect is not None:
            effects.setdefault(pair.change, []).append(effect)
    if not effects:
        return plan
    changes = (replace(change, flow_effects=tuple(effects.get(change.key, ()))) for change in plan.changes)
    return replace(plan, changes=tuple(changes))


def _flow_effect(pair: FlowPair, transforms: BoundTransforms, now: dt.datetime) -> FlowEffect | None:
    """What becomes of one flow; None where nothing of it differs for anybody."""
    # Imported late: a plan without a changed flow loads neither evaluator nor layout.
    from provisioner import kql
    from provisioner.plan.effects.column_effects import column_effects
    from provisioner.plan.effects.row_effects import row_effects, stream_records

    before_text, after_text = kql.format(pair.live.transform), kql.format(pair.desired.transform)
    # Comments alone are no difference of what the transforms say.
    if kql.same(pair.live.transform, pair.desired.transform):
        before_text = after_text
    effect = FlowEffect(pair.stream.name, pair.table, before_text, after_text)
    before, problem = _bind("live", pair.live, transforms)
    after, other_problem = _bind("declared", pair.desired, transforms)
    if before is None or after is None:
        return replace(effect, problem=problem or other_problem)
    records = tuple(stream_records(pair.stream, now))
    effect = replace(
        effect,
        rows=tuple(row_effects(before, after, records)),
        columns=tuple(column_effects(pair, before, after, records)),
        records=len(records),
    )
    return effect if effect.transform_differs or effect.rows or effect.columns else None


def _bind(side: str, flow: FlowSide, transforms: BoundTransforms) -> tuple[TransformSide | None, str | None]:
    """The bound transform of one side, or why it cannot be run here."""
    from provisioner.plan.effects.row_effects import TransformSide

    query, diagnostics = transforms.bind_text(flow.transform, flow.columns)
    if query is not None:
        return TransformSide(query, flow.table_columns), None
    return None, f"the {side} transform cannot be run here: {_first_error(diagnostics)}"


def _first_error(diagnostics: tuple[Diagnostic, ...]) -> str:
    error = next((one for one in diagnostics if one.severity == "error"), None)
    return f"{error.code} {error.message}" if error else "it has errors"
