"""A live workspace and group → a manifest that plans empty against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.adopt import manifest_sections
from provisioner.adopt.codes import BOUND, LEFT, UNREAD
from provisioner.adopt.dcr_import import reason_to_leave
from provisioner.adopt.manifest_draft import Adopted, Draft, escaped
from provisioner.adopt.manifest_sections import Item
from provisioner.errors import NotFound
from provisioner.live import Inventory, inventory
from provisioner.model import CUSTOM_SUFFIX
from provisioner.resources import Body, endpoint_resource, grant_resource, parse_id, resource_type, workspace_resource
from provisioner.resources.dcr_resource import flatten
from provisioner.resources.expansion_context import OWNER_TAG
from provisioner.resources.resource_ids import group_id, resource_id

if TYPE_CHECKING:
    from provisioner.azure import Azure


def from_live(azure: Azure, workspace_id: str, *, name: str | None = None) -> Adopted:
    """The manifest of the target's group and a workspace, read in five calls.

    What is ours by its tag is managed, everything else that is needed is `existing`; rules that are no
    log-ingestion rules, or another manifest's, are listed. Raises CloudError.
    """
    group = group_id(azure.target.subscription, azure.target.resource_group)
    found = inventory(azure, workspace_id, group)
    if found.workspace is None:
        raise NotFound(f"there is no workspace {workspace_id}", hint="check its name, group and subscription")
    if found.dcrs is None:
        raise NotFound(f"there is no group {azure.target.resource_group}", hint="check its name and the subscription")
    return _Reading(azure, found, found.workspace, group, name).adopted()


class _Reading:
    """One import: what there is, and whose it is."""

    def __init__(self, azure: Azure, found: Inventory, body: Body, group: str, name: str | None) -> None:
        self.target, self.found, self.group, self.host = azure.target, found, group, body
        self.endpoints, self.draft = found.endpoints or (), Draft(live=True)
        self.place = _location(body)
        self.owner = self._owner(name)
        self.name, _, environment = self.owner.partition("/")
        self.environment = environment or None

    def adopted(self) -> Adopted:
        draft = self.draft
        draft.words["name"] = self.name
        rules = self.rules()
        bound = self.endpoint(rules)
        rules = [each for each in rules if bound is None or _bound(each) in (None, bound)]
        draft.words["target"] = self.where()
        draft.words["workspace"] = self.workspace()
        self.tags(rules)
        manifest_sections.tables(draft, [Item(str(each["name"]), each) for each in self.tables(rules)])
        manifest_sections.rules(draft, [Item(str(each["name"]), each, endpoint=_kind(each)) for each in rules])
        self.kept(rules)
        self.grants([str(each["name"]) for each in rules])
        for gap in [each for each in self.found.coverage if not each.ok]:
            draft.note((), f"Could not be read, so not in here: {gap.scope}")
            draft.tell(
                UNREAD, "warning", f"{gap.scope} could not be read: {gap.why}", "import with the right to read it"
            )
        if self.environment and self.environment != "local":
            draft.words["environments"] = {self.environment: {}}
            draft.note(
                ("environments",), f"What is live carries the tag {self.owner}: plan it with -e {self.environment}"
            )
        return draft.done(self.environment)

    def _owner(self, name: str | None) -> str:
        """Whose manifest it is: as asked for, else the owner of most rules, else a name after the workspace."""
        bodies = [*(self.found.dcrs or ()), *self.endpoints, self.host]
        owners = Counter(owner for each in bodies if (owner := _tags(each).get(OWNER_TAG)))
        asked = [owner for owner, _ in owners.most_common() if name is None or owner.split("/")[0] == name]
        return asked[0] if asked else name or _plain(str(self.host["name"]))

    def ours(self, body: Body) -> bool:
        return _tags(body).get(OWNER_TAG) == self.owner

    def where(self) -> dict[str, Any]:
        target = self.target
        words = {"subscription": target.subscription, "resource_group": target.resource_group, "location": self.place}
        if target.cloud not in ("public", "local"):
            words = {"cloud": target.cloud, **words}
        return words | ({"tenant": target.tenant} if target.tenant and target.cloud != "local" else {})

    def workspace(self) -> dict[str, Any]:
        body = self.host
        if not self.ours(body):
            self.draft.note(("workspace",), "Not ours by its tag: read and never written, its declared tables are")
            return {"id": _id(body, "workspace")}
        # It is patched: what the manifest has no word for is never sent, and would only be noise here.
        words = workspace_resource.flatten(body, str(body["name"])).words
        return {key: value for key, value in words.items() if key != "location"}

    def rules(self) -> list[Body]:
        """The rules that the manifest can hold; the others are listed."""
        kept = []
        for body in self.found.dcrs or ():
            why = self.reason(body)
            if why is None:
                kept.append(body)
            else:
                self.draft.leave(LEFT, "dcr", str(body["name"]), why)
        return kept

    def reason(self, body: Body) -> str | None:
        owner = _tags(body).get(OWNER_TAG)
        if owner not in (None, self.owner):
            return f"it belongs to the manifest {owner}"
        why = reason_to_leave(body, _id(self.host, "workspace"))
        if why is None and _location(body) != self.place:
            return f"it stands in {_location(body)}, the workspace in {self.place}"
        if why is None and _bound(body) is None and _kind(body) != "direct":
            return "nobody can send to it: it is not Direct and bound to no endpoint"
        return why

    def endpoint(self, rules: list[Body]) -> str | None:
        """Write the endpoint that most rules are bound to, and list the rules that are bound to another."""
        bound = Counter(id_ for each in rules if (id_ := _bound(each)))
        bound.update({str(each["id"]).lower(): 0 for each in self.endpoints if self.ours(each)})
        if not bound:
            return None
        chosen = bound.most_common(1)[0][0]
        for each in rules:
            if _bound(each) not in (None, chosen):
                self.draft.leave(BOUND, "dcr", str(each["name"]), f"it is bound to the endpoint {_bound(each)}")
        body = next((each for each in self.endpoints if str(each["id"]).lower() == chosen), None)
        if body is None:
            rule = next(each for each in rules if _bound(each) == chosen)
            self.draft.words["endpoint"] = {"id": rule["properties"]["dataCollectionEndpointId"]}
        elif self.ours(body):
            flat = endpoint_resource.flatten(body, str(body["name"]))
            self.draft.remark(("endpoint",), "endpoint", flat.remarks)
            self.draft.words["endpoint"] = {key: value for key, value in flat.words.items() if key != "location"}
            if _location(body) != self.place:
                self.draft.words["endpoint"]["location"] = _location(body)
        else:
            self.draft.words["endpoint"] = {"id": _id(body, "endpoint")}
        for id_ in bound:
            if id_ != chosen and bound[id_] == 0:
                self.draft.leave(BOUND, "endpoint", id_.rsplit("/", 1)[-1], "no rule is bound to it")
        return chosen

    def tables(self, rules: list[Body]) -> Iterable[Body]:
        """The tables that a manifest can hold: all of a workspace of this group, else those that the rules write."""
        near = parse_id(str(self.host["id"]))
        own = near is not None and group_id(near.subscription, near.group).lower() == self.group.lower()
        written = {
            flow["table"]
            for each in rules
            for stream in flatten(each).words["streams"].values()
            for flow in stream["flows"]
        }
        skipped = 0
        for body in self.found.tables or ():
            properties = body.get("properties") or {}
            schema = properties.get("schema") or {}
            name = str(body["name"])
            if not _declarable(name, properties):
                continue
            if schema.get("tableSubType") == "Classic":
                self.draft.leave(LEFT, "table", name, "it is a classic table: migrate it first (one way)")
            elif own or name in written:
                yield body
            else:
                skipped += 1
        if skipped:
            self.draft.note(
                ("tables",), f"{skipped} more table(s) of the workspace are written by no rule of this group"
            )

    def tags(self, rules: list[Body]) -> None:
        """Tags that all of ours have in common are the manifest's; every other tag stays where it is."""
        owned = [each for each in (*rules, *self.endpoints, self.host) if self.ours(each)]
        common = dict(_tags(owned[0])) if owned else {}
        for each in owned:
            common = {key: value for key, value in common.items() if _tags(each).get(key) == value}
        common = {key: value for key, value in common.items() if key != OWNER_TAG and not key.startswith("hidden-")}
        if common:
            self.draft.words["tags"] = {key: escaped(value) for key, value in common.items()}

    def kept(self, rules: list[Body]) -> None:
        """Say which tags and which kind of a rule stay as they are."""
        declared = self.draft.words.get("tags", {})
        for each in rules:
            stay = [f"tags.{key}" for key in _tags(each) if key != OWNER_TAG and key not in declared]
            if _bound(each) and each.get("kind"):
                stay.append(f"kind {each['kind']}")
            if stay:
                self.draft.note(("dcrs", str(each["name"])), "Stays as it is in Azure: " + ", ".join(stay))

    def grants(self, rules: list[str]) -> None:
        """Who may send to the rules, whoever gave the right, one entry for each principal and role."""
        found: dict[tuple[tuple[str, Any], ...], list[str]] = {}
        scopes = {resource_id(self.group, resource_type("dcr").name, name).lower(): name for name in rules}
        for body in self.found.grants or ():
            scope = str(body.get("id", "")).rpartition("/providers/Microsoft.Authorization/")[0]
            said, properties = grant_resource.flatten(body).words, body.get("properties", {})
            role = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1]
            derived = grant_resource.assignment_name(scope, str(properties.get("principalId")), role)
            if scope.lower() in scopes and ("role" not in said or body.get("name") == derived):
                found.setdefault(tuple(said.items()), []).append(scopes[scope.lower()])
        for index, (words, dcrs) in enumerate(found.items(), 1):
            few = {} if set(dcrs) == set(rules) else {"dcrs": dcrs}
            self.draft.section("grants")[f"sender-{index}"] = {**dict(words), **few}


def _tags(body: Body) -> Mapping[str, str]:
    return body.get("tags") or {}


def _bound(body: Body) -> str | None:
    """The id of the endpoint that a rule is bound to, in lower case: ARM compares ids so."""
    id_ = body.get("properties", {}).get("dataCollectionEndpointId")
    return str(id_).lower() if id_ else None


def _kind(body: Body) -> Any:
    return "direct" if str(body.get("kind") or "").lower() == "direct" and _bound(body) is None else "shared"


def _location(body: Body) -> str:
    return str(body.get("location", "")).lower().replace(" ", "")


def _id(body: Body, short: Any) -> str:
    """A resource's id in the spelling that ours have."""
    parts = parse_id(str(body["id"]))
    assert parts is not None
    return resource_id(group_id(parts.subscription, parts.group), resource_type(short).name, parts.names[0])


def _declarable(name: str, properties: Mapping[str, Any]) -> bool:
    """Whether a manifest has a word for it: a custom table, or one of Azure's with columns or retention of ours."""
    schema = properties.get("schema") or {}
    if schema.get("tableType") in ("SearchResults", "RestoredLogs"):
        return False
    if name.endswith(CUSTOM_SUFFIX):
        return True
    chosen = any(properties.get(f"{each}AsDefault") is False for each in ("retentionInDays", "totalRetentionInDays"))
    return chosen or any(str(each.get("name", "")).endswith("_CF") for each in schema.get("columns") or ())


def _plain(name: str) -> str:
    words = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower().removeprefix("law-"))
    return (words if words[:1].isalpha() else f"import-{words}").strip("-")[:40].ljust(2, "x")
