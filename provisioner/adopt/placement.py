"""Where what files describe shall stand: what they say, what the caller knows, and what is put in for neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.adopt.arm_expression import Hole
from provisioner.adopt.body_types import fill
from provisioner.adopt.codes import BOUND, FILLED
from provisioner.adopt.manifest_draft import Draft
from provisioner.adopt.template_resources import DCR, ENDPOINT, TABLE, WORKSPACE, Found
from provisioner.diagnostics import Place
from provisioner.resources import endpoint_resource, parse_id, workspace_resource
from provisioner.resources.resource_ids import Parts

NOBODY = "00000000-0000-0000-0000-000000000000"
PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller knows and files do not say; None is put in and told."""

    name: str | None = None
    subscription: str | None = None
    resource_group: str | None = None
    location: str | None = None
    workspace: str | None = None
    """A name, or the id of one that exists."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values of the templates' parameters."""


class Ground:
    """The places of one import; what is put in is told in the draft."""

    def __init__(self, draft: Draft, found: Sequence[Found], given: Given, name: str) -> None:
        self.draft, self.found, self.given, self.name = draft, found, given, name

    def of(self, type_: str) -> list[Found]:
        """All resources of a type."""
        return [each for each in self.found if each.type == type_]

    def first(self, type_: str, short: str) -> Found | None:
        """The one resource of its type that a manifest holds; more are listed."""
        found = self.of(type_)
        for each in found[1:]:
            self.draft.place = place(each)
            self.draft.leave(BOUND, short, each.word, f"a manifest has one {short}")
        return found[0] if found else None

    def filled(self, path: tuple[str, ...], what: str, value: str) -> str:
        """A value of ours for what no file says, told."""
        self.draft.place = None
        self.draft.note(path, f"Not in the source: {what}")
        self.draft.tell(FILLED, "info", f"not in the source: {what}; put in: {value}", hint="check it")
        return value

    def target(self) -> dict[str, str]:
        """Where it goes: as given, else as the ids and locations of the source say, else put in."""
        ids = [parse_id(str(each.body.get("id", ""))) for each in self.of(DCR)]
        own = next((each for each in ids if each), None)
        places = [each for found in self.found if (each := found.body.get("location")) and isinstance(each, str)]
        known = {
            "subscription": self.given.subscription or (own.subscription if own else None),
            "resource_group": self.given.resource_group or (own.group if own else None),
            "location": self.given.location or (places[0].lower().replace(" ", "") if places else None),
        }
        otherwise = {"subscription": NOBODY, "resource_group": f"rg-{self.name}", "location": "westeurope"}
        if missing := [key for key, value in known.items() if not value]:
            self.filled(("target",), ", ".join(missing), ", ".join(otherwise[key] for key in missing))
        return {key: value or otherwise[key] for key, value in known.items()}

    def workspace(self) -> dict[str, Any]:
        """The workspace: given, described, named by an id, or named by its tables."""
        given = self.given.workspace
        if given is not None:
            return {"id": given} if parse_id(given) else {"name": given}
        if (each := self.first(WORKSPACE, "workspace")) is not None:
            flat = workspace_resource.flatten(fill(each.body)[0], self.spoken(each, f"law-{self.name}"))
            self.draft.place = place(each)
            self.draft.remark(("workspace",), "workspace", flat.remarks)
            return {key: value for key, value in flat.words.items() if key != "location"}
        if id_ := next((id_ for rule in self.of(DCR) for id_ in destinations(rule) if real(id_)), None):
            return {"id": id_}
        names = [each.word.split("/")[0] for each in self.of(TABLE) if "/" in each.word]
        known = next((each for each in names if each and "{{" not in each), None)
        return {"name": known or self.filled(("workspace",), "the workspace", f"law-{self.name}")}

    def endpoint(self, rules: list[Found]) -> dict[str, Any]:
        """The endpoint of those rules that are not Direct: described, named by an id, or by part of one."""
        if (each := self.first(ENDPOINT, "endpoint")) is not None:
            self.draft.place = place(each)
            flat = endpoint_resource.flatten(fill(each.body)[0], self.spoken(each, f"dce-{self.name}"))
            self.draft.remark(("endpoint",), "endpoint", flat.remarks)
            return {key: value for key, value in flat.words.items() if key != "location"}
        ids = [each.body["properties"].get("dataCollectionEndpointId") for each in rules if not direct(each)]
        if id_ := next((each for each in ids if real(each)), None):
            if len({str(each).lower() for each in ids}) > 1:
                self.draft.tell(BOUND, "warning", f"the rules are bound to several endpoints; {id_} is taken for all")
            return {"id": id_}
        last = [name for each in ids if isinstance(each, str) and (name := each.rsplit("/", 1)[-1])]
        return {"name": last[0] if last else self.filled(("endpoint",), "the endpoint", f"dce-{self.name}")}

    def spoken(self, found: Found, otherwise: str) -> str:
        """The name of a resource; one with a placeholder in it is told, without the placeholder."""
        if not isinstance(found.name, Hole):
            return found.name.rsplit("/", 1)[-1] or otherwise
        rest = PLACEHOLDER.sub("", found.word).strip("-_/.")
        name = rest or otherwise
        self.draft.place = place(found)
        self.draft.tell(FILLED, "info", f"the name {found.word} is not known: {name} was put in", hint="check it")
        return name


def direct(found: Found) -> bool:
    """Whether a rule has its own endpoint only.

    Without kind and endpoint it gets the shared one: an existing rule can be bound to it in place, and can never
    become Direct.
    """
    bound = found.body["properties"].get("dataCollectionEndpointId")
    return str(found.body.get("kind")).lower() == "direct" and not bound


def destinations(rule: Found) -> Iterable[Any]:
    """The ids of the workspaces that a rule writes to, as far as they are known."""
    for item in (rule.body["properties"].get("destinations") or {}).get("logAnalytics") or ():
        yield item.get("workspaceResourceId")


def real(id_: Any) -> Parts | None:
    """The parts of an id that is one, of a subscription that somebody named."""
    parts = parse_id(id_) if isinstance(id_, str) else None
    return parts if parts and parts.subscription != NOBODY else None


def place(found: Found) -> Place:
    """Where a resource stands in its file."""
    name = found.name.name if isinstance(found.name, Hole) else found.name
    line = found.source.line(name)
    return Place(found.source.file, line, 1, line, 1)
