"""Which changes of a plan Azure would refuse to the acting identity, by which missing right, and which role has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.live.permissions import Permission, read_permissions
from provisioner.package_data import load_facts
from provisioner.plan.change import Change
from provisioner.plan.comparison_rules import get_path
from provisioner.resources import Graph, Key, ResourceType, resource_type
from provisioner.resources.required_actions import allows, delete_actions, roles_with, write_actions

if TYPE_CHECKING:
    from provisioner.azure import Azure

_MOST_ROLES = 2


@dataclass(frozen=True, slots=True)
class MissingRight:
    """One right that the identity lacks: at which scope, for which change, and the roles that have it."""

    key: Key
    action: str
    scope: str
    roles: tuple[str, ...]

    def __str__(self) -> str:
        roles = f"; {' or '.join(self.roles[:_MOST_ROLES])} has it" if self.roles else ""
        return f"{self.key[0]} {self.key[1]} would be refused: {self.action} is missing on {self.scope}{roles}"

    def json(self) -> dict[str, Any]:
        """The public shape: docs, "rights"."""
        return {
            "type": self.key[0],
            "name": self.key[1],
            "action": self.action,
            "scope": self.scope,
            "roles": list(self.roles),
        }


@dataclass(frozen=True, slots=True)
class Rights:
    """What a plan's changes lack; `unknown` has the words for each scope at which the rights could not be read."""

    missing: tuple[MissingRight, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Need:
    key: Key
    id: str
    action: str
    scope: str
    exists: bool


def check_rights(changes: Sequence[Change], desired: Graph, live: Graph, azure: Azure) -> Rights:
    """The rights that the changes need and the identity lacks: one read a scope, none where nothing is written."""
    needs = [need for change in changes for need in _needs_of(change, desired, live)]
    # A plan without changes costs no read more than the five of its inventory.
    if not needs and not _writes_directory(changes):
        return Rights()
    permissions = read_permissions(azure, (need.scope for need in needs))
    unknown = [f"{scope}: {why}" for scope, why in permissions.items() if isinstance(why, str)]
    lacking = [need for need in needs if not _is_allowed(permissions[need.scope], need.action)]
    # A role may have been given on a resource alone: only what its own list lacks too is missing.
    own = read_permissions(azure, (need.id for need in lacking if need.exists))
    missing = [need for need in lacking if not (need.exists and _is_allowed(own[need.id], need.action))]
    in_azure = [MissingRight(need.key, need.action, need.scope, roles_with(need.action)) for need in missing]
    return Rights((*in_azure, *_missing_in_directory(changes, azure)), tuple(unknown))


def _needs_of(change: Change, desired: Graph, live: Graph) -> Iterator[_Need]:
    type_ = resource_type(change.type)
    if not change.writes or type_.api != "arm":
        return
    for action in _actions_of(change, type_):
        # The assignments of a rule are written at the rule: its own list counts.
        id_ = change.id.partition("/providers/Microsoft.Authorization/")[0]
        yield _need_at(change, id_, action, desired, live)
    if change.action != "delete" and change.desired is not None:
        body = desired.resolved_body(change.desired)
        for path, actions in type_.write.linked_rights.items():
            for action in actions:
                yield _need_at(change, str(get_path(body, path)), action, desired, live)


def _need_at(change: Change, id_: str, action: str, desired: Graph, live: Graph) -> _Need:
    """The need of a change for an action at the resource with an id."""
    # The group and not each resource: rights are inherited, and one read then serves all of its changes.
    scope = _scope_to_ask(id_, desired, live, of_group=change.type == "group")
    return _Need(change.key, id_, action, scope, _resource_with(id_, live))


def _actions_of(change: Change, type_: ResourceType) -> Iterable[str]:
    if change.action == "delete":
        return delete_actions(type_)
    written = write_actions(type_, (delta.pattern for delta in change.deltas))
    return (*delete_actions(type_), *written) if change.action == "replace" else written


def _scope_to_ask(id_: str, desired: Graph, live: Graph, *, of_group: bool) -> str:
    """The resource group of an id, or the subscription where the group is to be made."""
    segments = id_.split("/")
    subscription, group = "/".join(segments[:3]), "/".join(segments[:5])
    own_group = desired.of_type("group")
    is_own = bool(own_group) and group.lower() == str(own_group[0].id).lower()
    # The list of a group that does not exist is 404: what holds at the subscription will hold in the new group.
    is_missing = is_own and live.get(own_group[0].key) is None
    return subscription if of_group or is_missing else group


def _resource_with(id_: str, live: Graph) -> bool:
    return any(str(resource.id).lower() == id_.lower() for resource in live)


def _is_allowed(permissions: tuple[Permission, ...] | str, action: str) -> bool:
    # What could not be read is taken for allowed: Azure itself decides then.
    return isinstance(permissions, str) or any(allows(permission, action) for permission in permissions)


def _writes_directory(changes: Iterable[Change]) -> bool:
    return any(change.writes and resource_type(change.type).api == "directory" for change in changes)


def _missing_in_directory(changes: Sequence[Change], azure: Azure) -> Iterator[MissingRight]:
    """The applications that the identity may not write, as far as its token tells."""
    if not _writes_directory(changes):
        return
    facts = load_facts("directory.yaml")["rights"]["write"]
    claims = azure.directory.token_claims()
    if claims is None or _may_write_applications(claims, facts):
        return
    for change in changes:
        if change.writes and resource_type(change.type).api == "directory":
            roles = tuple(facts["directory_roles"])
            yield MissingRight(change.key, facts["least"], "Microsoft Graph", roles)


def _may_write_applications(claims: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    # Whether members of a tenant may register applications is not in a person's token: an application's tells.
    if claims.get("scp") or claims.get("idtyp") == "user":
        return True
    permissions, roles = set(claims.get("roles") or ()), set(claims.get("wids") or ())
    return bool(permissions & set(facts["applications"]) or roles & set(facts["directory_roles"].values()))


def grouped_by_right(missing: Iterable[MissingRight]) -> dict[tuple[str, str], list[MissingRight]]:
    """The missing rights by action and scope: one role assignment mends all of a group."""
    groups: dict[tuple[str, str], list[MissingRight]] = defaultdict(list)
    for one in missing:
        groups[one.action, one.scope].append(one)
    return dict(groups)
