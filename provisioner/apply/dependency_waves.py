"""Changes in waves: each waits for those it needs, so that everything within a wave can go at once."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.plan import Change
from provisioner.resources import SHORTS, Key


def waves(changes: Sequence[Change]) -> list[tuple[Change, ...]]:
    """Creations and updates by what they need, then removals from the leaves; a tuple may be written in any order."""
    writes = [change for change in changes if change.action != "delete" and change.writes]
    depths = _depths(writes)
    made = [tuple(each for each in writes if depths[each.key] == depth) for depth in sorted(set(depths.values()))]
    removals = [change for change in changes if change.action == "delete"]
    gone = [tuple(each for each in removals if each.type == short) for short in reversed(SHORTS)]
    return [wave for wave in (*made, *gone) if wave]


def _depths(changes: Sequence[Change]) -> dict[Key, int]:
    """How many waves come before each."""
    by_key = {change.key: change for change in changes}
    depths: dict[Key, int] = {}

    def depth(key: Key) -> int:
        if key not in depths:
            depths[key] = max((depth(need) + 1 for need in by_key[key].needs if need in by_key), default=0)
        return depths[key]

    for key in by_key:
        depth(key)
    return depths
