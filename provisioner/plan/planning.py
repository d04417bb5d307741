"""The ordered changes between what a manifest wants and what Azure holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from provisioner.errors import NotFound, UnsafePlan
from provisioner.live import Live, Undeclared
from provisioner.plan import implied_changes
from provisioner.plan.change import Change
from provisioner.plan.fingerprint import fingerprint
from provisioner.plan.resource_change import need
from provisioner.resources import SHORTS, Graph, Key

_THRESHOLD, _FEW = 0.3, 10
"""More removals than this share of what exists is refused, above so many resources. Source: octoDNS's UnsafePlan."""
MANY = "breaking:many"
"""The yes to more removals than the threshold."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply would do, in the order in which it can be done; frozen, so that what is shown is what is run."""

    environment: str | None
    changes: tuple[Change, ...]
    undeclared: tuple[Undeclared, ...]
    fingerprint: str
    desired: Graph
    live: Live
    requests: dict[str, int] = field(default_factory=dict)
    existing: int = 0
    """How many live resources the manifest and its prune are about: the base of the threshold."""
    scope: frozenset[Key] | None = None
    """The keys that `--only` left in; None: all."""

    @property
    def empty(self) -> bool:
        """Whether applying it would send no write."""
        return not any(change.writes for change in self.changes)

    @property
    def summary(self) -> dict[str, int]:
        """How many of each action."""
        counted = [change.action for change in self.changes]
        return {action: counted.count(action) for action in ("create", "update", "replace", "delete")}

    def refusals(self, allow: Collection[str] = ()) -> Iterator[str]:
        """Every reason not to apply it, and the yes that would accept it."""
        accepted = {each.lower() for each in allow}
        for change in self.changes:
            for reason in change.reasons:
                if reason.blocked:
                    yield f"{change.type} {change.name}: {reason}"
                elif reason.allow and reason.allow.lower() not in accepted:
                    yield f"{change.type} {change.name}: {reason.risk}: {reason.text} (--allow {reason.allow})"
        gone = sum(change.action in {"delete", "replace"} for change in self.changes)
        if self.existing > _FEW and gone > _THRESHOLD * self.existing and MANY not in accepted:
            yield f"{gone} of {self.existing} existing resources would be removed, more than 30 % (--allow {MANY})"

    def raise_if_unsafe(self, allow: Collection[str] = ()) -> None:
        """Raise UnsafePlan, with every reason, where a change needs a yes that `allow` does not name."""
        reasons = list(self.refusals(allow))
        if reasons:
            named = any("--allow" in each for each in reasons)
            hint = "accept each by its name with --allow, or change the manifest" if named else "change the manifest"
            raise UnsafePlan(reasons, hint=hint)


def plan(
    desired: Graph,
    live: Live,
    *,
    environment: str | None = None,
    principal: str | None = None,
    prune: bool = False,
    allow: Collection[str] = (),
    only: Collection[str] = (),
    requests: dict[str, int] | None = None,
    tolerant: bool = False,
) -> Plan:
    """Compare and order.

    `only` names resources as TYPE/NAME and brings what they need and do not have. `prune` removes DCRs, endpoints
    and grants that bear our mark and are not declared; a table goes only if `allow` names it
    (`destructive:TABLE`), a column likewise (`destructive:TABLE.COLUMN`). `principal` is the acting identity, which
    must not show in the fingerprint. Raises NotFound where something that must exist does not; with `tolerant` that
    is a change that nothing accepts.
    """
    scope = _scope(desired, live, only) if only else None
    columns = _named_columns(allow)
    changes = [
        found
        for resource in desired
        if scope is None or resource.key in scope
        for found in [need(resource, desired, live, columns.get(resource.name.lower(), frozenset()), tolerant=tolerant)]
        if found is not None
    ]
    changes.extend(implied_changes.orphaned(desired, changes))
    changes = implied_changes.pinned(desired, live, changes, scope)
    if prune and scope is None:
        changes.extend(implied_changes.prune(live.undeclared, allow))
    changes.sort(key=_order)
    existing = sum(not each.existing for each in live.graph) + sum(each.owned for each in live.undeclared)
    return Plan(
        environment=environment,
        changes=tuple(changes),
        undeclared=live.undeclared,
        fingerprint=fingerprint(desired, changes, principal),
        desired=desired,
        live=live,
        requests=requests or {},
        existing=existing,
        scope=scope,
    )


def _named_columns(allow: Collection[str]) -> dict[str, frozenset[str]]:
    """`destructive:TABLE.COLUMN` → the columns of each table, in lower case."""
    found: dict[str, frozenset[str]] = {}
    for each in allow:
        grade, _, name = each.partition(":")
        table, dot, column = name.partition(".")
        if grade.lower() == "destructive" and dot:
            found[table.lower()] = found.get(table.lower(), frozenset()) | {column.lower()}
    return found


def _scope(desired: Graph, live: Live, only: Collection[str]) -> frozenset[Key]:
    """The named resources, and those they need that are not there yet. Raises NotFound for a name nobody declares."""
    wanted: set[Key] = set()
    for text in only:
        short, _, name = text.partition("/")
        found = [each.key for each in desired if each.type.short == short.lower() and each.name.lower() == name.lower()]
        if not found:
            known = ", ".join("/".join(each.key) for each in desired)
            raise NotFound(f"--only {text}: the manifest declares no such resource", hint=f"one of: {known}")
        wanted.update(found)
    todo = list(wanted)
    while todo:
        for key in desired[todo.pop()].needs():
            if key in desired and key not in wanted and live.graph.get(key) is None:
                wanted.add(key)
                todo.append(key)
    return frozenset(wanted)


def _order(each: Change) -> tuple[bool, int]:
    """Removals last and from the leaves; the rest in the order in which types can need each other."""
    rank = SHORTS.index(each.type)
    return (each.action == "delete", -rank if each.action == "delete" else rank)
