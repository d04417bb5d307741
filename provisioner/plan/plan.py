"""The ordered changes between what a manifest wants and what Azure holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.errors import NotFound, UnsafePlan
from provisioner.live import Live, Undeclared
from provisioner.plan import risk
from provisioner.plan.change import Change, Delta, Reason, worst
from provisioner.plan.compare import Comparison
from provisioner.plan.fingerprint import fingerprint
from provisioner.plan.shape import at
from provisioner.resources import SHORTS, Graph, Key, Resource, resource_type

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
            raise UnsafePlan(reasons, hint="accept each by its name with --allow, or change the manifest")


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
        for found in [
            _change(resource, desired, live, columns.get(resource.name.lower(), frozenset()), tolerant=tolerant)
        ]
        if found is not None
    ]
    changes.extend(_orphaned(desired, changes))
    changes.extend(_pinned(desired, live, changes, scope))
    if prune and scope is None:
        changes.extend(_prune(live.undeclared, allow))
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


def change(resource: Resource, desired: Graph, live: Live, drops: frozenset[str] = frozenset()) -> Change | None:
    """What one resource needs now; None where nothing, and nothing worth a word. Raises NotFound."""
    return _change(resource, desired, live, drops)


def _change(
    resource: Resource, desired: Graph, live: Live, named: frozenset[str], *, tolerant: bool = False
) -> Change | None:
    twin = live.graph.get(resource.key)
    if twin is None:
        if resource.existing and tolerant:
            absent = Reason("breaking", "it does not exist", instead="correct its id or name, or let its owner make it")
            return Change("no-op", resource.key, str(resource.id), "breaking", (absent,), path=resource.path)
        if resource.existing:
            raise NotFound(
                f"{resource.id} does not exist, and the manifest takes it to be somebody else's",
                hint="correct its id or name, or let the manifest manage it: `name` in place of `id`, no `existing`",
                target=resource.id,
            )
        return _made(Change("create", resource.key, str(resource.id), "additive"), resource, None, desired)
    if resource.type.update == "never":
        return None
    body = desired.body(resource)
    comparison = Comparison(resource.type, body, twin.body)
    blocked = tuple(risk.obstacles(resource, twin.body))
    if blocked:
        found = Change("no-op", resource.key, str(twin.id), "breaking", blocked, comparison.deltas)
        return _made(found, resource, twin, desired)
    if resource.existing:
        return _proved(resource, twin, comparison, desired)
    drops = _drops(body, twin, named)
    if not comparison.deltas and not drops:
        if not comparison.notes:
            return None
        notes = tuple(Reason("none", note) for note in comparison.notes)
        return _made(Change("no-op", resource.key, str(twin.id), reasons=notes), resource, twin, desired)
    return _updated(resource, twin, comparison, drops, desired)


def _updated(
    resource: Resource, twin: Resource, comparison: Comparison, drops: frozenset[str], desired: Graph
) -> Change:
    deltas = comparison.deltas
    why = [*risk.reasons(resource, deltas, twin.body), *(risk.drop(resource, each) for each in sorted(drops))]
    fixed = [each for each in deltas if risk.immutable(resource.type, each)]
    action = "update"
    if fixed and not any(each.blocked for each in why):
        anew = risk.replacement(resource)
        action = "replace" if anew else "update"
        why.append(anew or _stuck(resource, fixed[0].path))
    grave = worst([*(risk.of_delta(resource.type, each) for each in deltas), *(each.risk for each in why)])
    notes = [Reason("none", note) for note in comparison.notes]
    made = Change(action, resource.key, str(twin.id), grave, (*why, *notes), deltas, drops=drops)  # type: ignore[arg-type]
    return _made(made, resource, twin, desired)


def _stuck(resource: Resource, path: str) -> Reason:
    return Reason(
        "destructive",
        f"Azure does not change {path} of an existing {resource.type.short}",
        instead=f"declare a {resource.type.short} of another name beside it",
    )


def _proved(resource: Resource, twin: Resource, comparison: Comparison, desired: Graph) -> Change | None:
    """Somebody else's resource is never written; where it is not as the manifest takes it to be, nothing is."""
    against = [each for each in comparison.deltas if not each.pattern.startswith("tags") and not _free(each.pattern)]
    if not against:
        return None
    why = tuple(
        Reason(
            "breaking",
            f"{each.path} is {each.before!r} and the manifest takes it to be {each.after!r}",
            instead="correct the manifest, or ask the owner to change it",
        )
        for each in against
    )
    made = Change("no-op", resource.key, str(twin.id), "breaking", why, tuple(against))
    return _made(made, resource, twin, desired)


def _free(pattern: str) -> bool:
    """What an owner sets as he likes: it does not decide whether rows fit."""
    return "etention" in pattern or pattern.endswith(("plan", "description")) or "networkAcls" in pattern


def _made(found: Change, resource: Resource, twin: Resource | None, desired: Graph) -> Change:
    """The change with everything that apply needs."""
    needs = tuple(key for key in resource.needs() if key in desired)
    body = desired.body(resource) if found.writes else None
    return replace(found, desired=resource, live=twin, body=body, needs=needs, path=resource.path)


def _drops(body: dict[str, Any], twin: Resource, named: frozenset[str]) -> frozenset[str]:
    """The live columns that are named for removal and that the manifest does not declare."""
    if not named:
        return frozenset()
    declared = {each["name"].lower() for each in _columns(body)}
    return frozenset(
        each["name"]
        for each in _columns(twin.body)
        if each["name"].lower() in named and each["name"].lower() not in declared
    )


def _columns(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = ((body.get("properties") or {}).get("schema") or {}).get("columns") or []
    return [each for each in found if isinstance(each, dict) and isinstance(each.get("name"), str)]


def _named_columns(allow: Collection[str]) -> dict[str, frozenset[str]]:
    """`destructive:TABLE.COLUMN` → the columns of each table, in lower case."""
    found: dict[str, frozenset[str]] = {}
    for each in allow:
        grade, _, name = each.partition(":")
        table, dot, column = name.partition(".")
        if grade.lower() == "destructive" and dot:
            found[table.lower()] = found.get(table.lower(), frozenset()) | {column.lower()}
    return found


def _orphaned(desired: Graph, changes: Iterable[Change]) -> list[Change]:
    """What stands on a resource that is replaced goes with it, and must be made again: grants."""
    replaced = {each.key for each in changes if each.action == "replace"}
    known = {each.key for each in changes}
    return [
        _made(Change("create", each.key, str(each.id), "additive"), each, None, desired)
        for each in desired
        if each.scope in replaced and each.key not in known
    ]


def _pinned(desired: Graph, live: Live, changes: list[Change], scope: frozenset[Key] | None) -> list[Change]:
    """What equals a default that is about to change, and is declared to stay: it must be said before it moves."""
    moving = {(each.key, delta.path) for each in changes for delta in each.deltas if each.action == "update"}
    known = {each.key for each in changes if each.writes}
    found = []
    for each in desired:
        twin = live.graph.get(each.key)
        if twin is None or each.existing or each.key in known or (scope is not None and each.key not in scope):
            continue
        deltas = tuple(
            Delta(path, "the default", value, path)
            for path, flag in each.type.as_default.items()
            if (each.scope, path) in moving
            and at(twin.body, flag) is True
            and (value := at(each.body, path)) not in {None, -1}
        )
        if deltas:
            found.append(_made(Change("update", each.key, str(twin.id), "additive", (), deltas), each, twin, desired))
    return found


def _prune(undeclared: Iterable[Undeclared], allow: Collection[str]) -> Iterator[Change]:
    """The removal of what is ours and not declared; of a table only where a yes names it."""
    accepted = {each.lower() for each in allow}
    for each in undeclared:
        named = each.type == "table" and f"destructive:{each.name}".lower() in accepted
        if each.owned or named:
            type_ = resource_type(each.type)
            live = Resource(type_, each.name, each.name, each.id, each.body)
            reason = risk.removal(live)
            yield Change("delete", live.key, each.id, reason.risk, (reason,), live=live)


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
