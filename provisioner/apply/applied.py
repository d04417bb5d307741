"""The result of an apply: the outcome of each change, and what Azure holds after them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from provisioner.apply.outcome import Outcome
from provisioner.live import read_live
from provisioner.plan import Plan
from provisioner.resources import Graph, Key, TypeName

if TYPE_CHECKING:
    from provisioner.azure import Azure


class Applied(tuple[Outcome, ...]):  # noqa: SLOT001 - a tuple's subclass cannot have slots for more
    """The outcomes of a plan's changes, in the plan's order.

    `live` is what Azure holds after them: the plan's reading, updated with the bodies that the writes returned.
    `unread` are the keys of resources that were written and whose new body is not known: a deployment returns none.
    """

    plan: Plan

    # A tuple and not a record with a field for it: callers iterate over and compare what `apply` returns.
    def __new__(cls, plan: Plan, outcomes: Iterable[Outcome] = ()) -> Self:
        """The result of applying a plan; `outcomes` is empty where there was nothing to write."""
        applied = super().__new__(cls, outcomes)
        applied.plan = plan
        return applied

    @property
    def ok(self) -> bool:
        """Whether every change was applied."""
        return all(outcome.state == "applied" for outcome in self)

    @cached_property
    def live(self) -> Graph:
        """The live resources, as far as apply knows them."""
        live = {resource.key: resource for resource in self.plan.live.graph}
        change_by_key = {change.key: change for change in self.plan.changes}
        for outcome in self:
            change = change_by_key[outcome.key]
            if outcome.state != "applied":
                continue
            if change.desired is None or outcome.body is None or change.action == "delete":
                live.pop(change.key, None)
            else:
                id_ = str(outcome.body.get("id") or change.id)
                live[change.key] = replace(change.desired, id=id_, body=outcome.body)
        return Graph(live.values())

    @cached_property
    def unread(self) -> frozenset[Key]:
        """Keys of written resources whose body apply does not know, and of those whose write has failed."""
        return frozenset(
            outcome.key
            for outcome in self
            if outcome.state != "skipped" and outcome.action != "delete" and not (outcome.body or {}).get("id")
        )

    def live_graph(self, azure: Azure, types: Collection[TypeName]) -> Graph:
        """The live resources of some types, of which only the `unread` are asked of Azure. Raises CloudError."""
        unread = {key for key in self.unread if key[0] in types}
        read = read_live(azure, self.plan.desired, only=unread).graph if unread else ()
        return Graph([*(one for one in self.live if one.key[0] in types and one.key not in unread), *read])
