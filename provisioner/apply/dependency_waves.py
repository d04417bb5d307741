"""Splits changes into waves: a wave depends only on earlier ones, so that its changes can be written at once."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.plan import Change
from provisioner.resources import TYPES_IN_ORDER, Key


def dependency_waves(changes: Sequence[Change]) -> list[tuple[Change, ...]]:
    """The writes in waves by their dependencies, then the removals, the dependent types first."""
    writes = [change for change in changes if change.action != "delete" and change.writes]
    wave_of = _wave_numbers(writes)
    write_waves = [
        tuple(change for change in writes if wave_of[change.key] == number) for number in sorted(set(wave_of.values()))
    ]
    # By type and not by references: what is removed stands in no desired graph, so its references are not known.
    removals = [change for change in changes if change.action == "delete"]
    removal_waves = [tuple(change for change in removals if change.type == type_) for type_ in reversed(TYPES_IN_ORDER)]
    return [wave for wave in (*write_waves, *removal_waves) if wave]


def _wave_numbers(changes: Sequence[Change]) -> dict[Key, int]:
    """For each change how many waves must be written before it."""
    by_key = {change.key: change for change in changes}
    depths: dict[Key, int] = {}

    def depth(key: Key) -> int:
        if key not in depths:
            depths[key] = max((depth(need) + 1 for need in by_key[key].needs if need in by_key), default=0)
        return depths[key]

    for key in by_key:
        depth(key)
    return depths
