"""The plan: the ordered changes that turn what Azure holds into what the manifest declares."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from provisioner.errors import NotFound, UnsafePlan
from provisioner.live import LiveResources, UndeclaredResource
from provisioner.plan import implied_changes
from provisioner.plan.change import Change
from provisioner.plan.fingerprint import plan_fingerprint
from provisioner.plan.missing_rights import Rights
from provisioner.plan.plan_options import PLAN_DEFAULTS, PlanOptions
from provisioner.plan.rename import Rename
from provisioner.plan.resource_change import resource_change
from provisioner.resources import TYPES_IN_ORDER, Graph, Key

_REMOVED_SHARE, _REMOVED_AT_LEAST = 0.3, 10
"""A plan that removes more than this share of more than so many resources is refused. Source: octoDNS's UnsafePlan."""
ALLOW_MANY_REMOVALS = "breaking:many"
"""The value of `--allow` that accepts more removals than that share."""
ALLOW_MISSING_RIGHTS = "rights:missing"
"""The value of `--allow` that tries it although the permissions that Azure lists do not cover it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plan is not applied; `allow` is the value of `--allow` that accepts it, None where none does."""

    text: str
    allow: str | None = None

    def __str__(self) -> str:
        return f"{self.text} (--allow {self.allow})" if self.allow else self.text


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply would do, in an order that works. It is frozen, so that what is shown is what is applied."""

    environment: str | None
    changes: tuple[Change, ...]
    undeclared: tuple[UndeclaredResource, ...]
    fingerprint: str
    desired: Graph
    live: LiveResources
    requests: dict[str, int] = field(default_factory=dict)
    existing: int = 0
    """How many live resources the manifest manages, undeclared ones of its own included."""
    scope: frozenset[Key] | None = None
    """The keys that `--only` selects; None means all."""
    options: PlanOptions = PLAN_DEFAULTS
    """With which it was made."""
    rights: Rights = field(default_factory=Rights)
    """What the acting identity lacks to carry it out."""
    accepted: tuple[str, ...] = ()
    """Risks (RISK:NAME) that were accepted when the plan was reviewed, before this run."""
    renames: tuple[Rename, ...] = ()
    """Probable renames; empty where nobody looked for them."""

    @property
    def empty(self) -> bool:
        """Whether applying it would write nothing."""
        return not any(change.writes for change in self.changes)

    @property
    def summary(self) -> dict[str, int]:
        """The number of changes by action."""
        actions = [change.action for change in self.changes]
        return {action: actions.count(action) for action in ("create", "update", "replace", "delete")}

    def refusals(self, allow: Collection[str] = ()) -> Iterator[Refusal]:
        """Each reason not to apply the plan that neither `allow` nor its review has accepted."""
        accepted = {approval.lower() for approval in (*self.accepted, *allow)}
        for change in self.changes:
            for reason in change.reasons:
                if reason.blocked:
                    yield Refusal(f"{change.type} {change.name}: {reason}")
                elif reason.allow and reason.allow.lower() not in accepted:
                    yield Refusal(f"{change.type} {change.name}: {reason.risk}: {reason.text}", reason.allow)
        if ALLOW_MISSING_RIGHTS not in accepted:
            yield from (Refusal(str(right), ALLOW_MISSING_RIGHTS) for right in self.rights.missing)
        removals = sum(change.action in {"delete", "replace"} for change in self.changes)
        if (
            self.existing > _REMOVED_AT_LEAST
            and removals > _REMOVED_SHARE * self.existing
            and ALLOW_MANY_REMOVALS not in accepted
        ):
            share = f"{removals} of {self.existing} existing resources would be removed, more than 30 %"
            yield Refusal(share, ALLOW_MANY_REMOVALS)

    def raise_if_unsafe(self, allow: Collection[str] = ()) -> None:
        """Raise UnsafePlan, with every reason, where a change needs an acceptance that was not given."""
        refusals = list(self.refusals(allow))
        if refusals:
            acceptable = any(refusal.allow for refusal in refusals)
            hint = "accept each by its name with --allow, or change the manifest"
            raise UnsafePlan(list(map(str, refusals)), hint=hint if acceptable else "change the manifest")


def build_plan(
    desired: Graph,
    live: LiveResources,
    options: PlanOptions = PLAN_DEFAULTS,
    *,
    environment: str | None = None,
    principal: str | None = None,
    requests: dict[str, int] | None = None,
) -> Plan:
    """Compare desired with live resources and put the changes in order.

    `principal` is the acting identity's object id, which must not show in the fingerprint; `requests` is what reading
    took, by kind. Raises NotFound where a resource declared `existing` does not exist; with `tolerant_of_gaps` that
    becomes a blocked change.
    """
    scope = _selected_keys(desired, live, options.only) if options.only else None
    columns = _removable_columns(options.allow)
    tolerant = options.tolerant_of_gaps
    changes = [
        change
        for resource in desired
        if scope is None or resource.key in scope
        for change in [
            resource_change(resource, desired, live, columns.get(resource.name.lower(), frozenset()), tolerant=tolerant)
        ]
        if change is not None
    ]
    # These two look at the changes so far, and so come after them.
    changes.extend(implied_changes.recreate_dependents(desired, changes))
    changes = implied_changes.pin_inherited_defaults(desired, live, changes, scope)
    # With --only the rest of the manifest is out of sight: nothing is deleted on the strength of a part.
    if options.prune and scope is None:
        changes.extend(implied_changes.prune_undeclared(live.undeclared, options.allow))
    changes.sort(key=_apply_order)
    existing = sum(not resource.existing for resource in live.graph) + sum(
        resource.owned for resource in live.undeclared
    )
    return Plan(
        environment=environment,
        changes=tuple(changes),
        undeclared=live.undeclared,
        fingerprint=plan_fingerprint(desired, changes, principal),
        desired=desired,
        live=live,
        requests=requests or {},
        existing=existing,
        scope=scope,
        options=options,
    )


def _removable_columns(allow: Collection[str]) -> dict[str, frozenset[str]]:
    """The columns that `destructive:TABLE.COLUMN` names, by table, both in lower case."""
    columns_of: dict[str, frozenset[str]] = {}
    for approval in allow:
        risk, _, name = approval.partition(":")
        table, dot, column = name.partition(".")
        if risk.lower() == "destructive" and dot:
            columns_of[table.lower()] = columns_of.get(table.lower(), frozenset()) | {column.lower()}
    return columns_of


def _selected_keys(desired: Graph, live: LiveResources, only: Collection[str]) -> frozenset[Key]:
    """The named resources and the missing ones that they depend on. Raises NotFound for a name that is not declared."""
    selected: set[Key] = set()
    for text in only:
        type_name, _, name = text.partition("/")
        matching = [
            resource.key
            for resource in desired
            if resource.type.short_name == type_name.lower() and resource.name.lower() == name.lower()
        ]
        if not matching:
            declared = ", ".join("/".join(resource.key) for resource in desired)
            raise NotFound(f"--only {text}: the manifest declares no such resource", hint=f"one of: {declared}")
        selected.update(matching)
    pending = list(selected)
    while pending:
        for key in desired[pending.pop()].dependencies():
            if key in desired and key not in selected and live.graph.get(key) is None:
                selected.add(key)
                pending.append(key)
    return frozenset(selected)


def _apply_order(change: Change) -> tuple[bool, int]:
    """Sorts deletions last and dependents first; the rest in the order in which types depend on each other."""
    rank = TYPES_IN_ORDER.index(change.type)
    return (change.action == "delete", -rank if change.action == "delete" else rank)
