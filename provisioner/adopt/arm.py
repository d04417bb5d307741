"""Other tools' files → a manifest: ARM templates, bare bodies, published connectors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.adopt import compose
from provisioner.adopt.codes import BOUND, FILLED, FOREIGN, LEFT, WORDLESS
from provisioner.adopt.compose import Item
from provisioner.adopt.draft import Adopted, Draft
from provisioner.adopt.expression import Hole, Scope
from provisioner.adopt.holes import fill
from provisioner.adopt.rule import reason_to_leave
from provisioner.adopt.source import read
from provisioner.adopt.template import DCR, ENDPOINT, GRANT, TABLE, WORKSPACE, Found, resources
from provisioner.diagnostics import Place
from provisioner.errors import BadRequestFile
from provisioner.resources import endpoint, grant, parse_id, workspace
from provisioner.resources.ids import Parts

NOBODY = "00000000-0000-0000-0000-000000000000"
_GENERIC = re.compile(
    r"(?i)[-_. ]?(dcrs?|tables?|main|azure|deploy(ment)?|template|schema|rules?)([-_. ]|$|(?=template)).*"
)
"""The part of a file's name that says what it is and not what it is about."""
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


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


def from_arm(files: Sequence[Path], given: Given | None = None) -> Adopted:
    """The manifest of all resources in the files together.

    Raises BadRequestFile where a file cannot be read, or where none of them holds a table or a rule.
    """
    given = given or Given()
    scope = Scope(given.parameters, {}, given.subscription or NOBODY, given.resource_group or "{{resourceGroup}}", {})
    found = [each for file in files for each in resources(read(file), scope)]
    if not any(each.type in (DCR, TABLE) for each in found):
        raise BadRequestFile(
            f"{', '.join(map(str, files))}: no table and no data collection rule in it",
            hint="give an ARM template, or the JSON of a table or a rule",
        )
    return _Reading(Draft(live=False), found, given, given.name or _name(files[0].stem, found)).adopted()


class _Reading:
    """One import: which resources there are, and where they stand."""

    def __init__(self, draft: Draft, found: list[Found], given: Given, name: str) -> None:
        self.draft, self.found, self.given, self.name = draft, found, given, name

    def adopted(self) -> Adopted:
        draft = self.draft
        draft.words["name"] = self.name
        draft.notes[()] = [
            "Imported from " + ", ".join(dict.fromkeys(Path(each.source.file).name for each in self.found))
        ]
        rules = [each for each in self.of(DCR) if not self.left(each)]
        draft.words["target"] = self.target()
        draft.words["workspace"] = self.workspace()
        if any(not _direct(each) for each in rules):
            draft.words["endpoint"] = self.endpoint(rules)
        compose.tables(draft, self.unique(self.table(each) for each in self.of(TABLE)))
        compose.rules(draft, self.unique(self.rule(each) for each in rules))
        self.grants()
        for each in self.found:
            if not each.ours:
                draft.place = _place(each)
                draft.leave(FOREIGN, each.type, each.word, "a manifest does not hold this type")
        return draft.done()

    def of(self, type_: str) -> list[Found]:
        return [each for each in self.found if each.type == type_]

    def left(self, rule: Found) -> bool:
        """Whether a rule is none for a manifest; it is listed then."""
        self.draft.place = _place(rule)
        why = reason_to_leave(fill(rule.body)[0], None)
        if why:
            self.draft.leave(LEFT, "dcr", rule.word, why)
        return why is not None

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
        places = [each for found in self.found if isinstance(each := found.body.get("location"), str)]
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
        given = self.given.workspace
        if given is not None:
            return {"id": given} if parse_id(given) else {"name": given}
        for each in self.of(WORKSPACE):
            flat = workspace.flatten(fill(each.body)[0], self.spoken(each, f"law-{self.name}"))
            self.draft.place = _place(each)
            self.draft.remark(("workspace",), "workspace", flat.remarks)
            return {key: value for key, value in flat.words.items() if key != "location"}
        ids = [*self.destinations()]
        if parts := next((parts for each in ids if (parts := _real(each))), None):
            others = {each.lower() for each in ids if isinstance(each, str)}
            if len(others) > 1:
                self.draft.tell(
                    BOUND, "warning", f"the rules write to {len(others)} workspaces; {parts.names[0]} is taken"
                )
            return {"id": next(each for each in ids if _real(each) == parts)}
        names = [each.word.split("/")[0] for each in self.of(TABLE) if "/" in each.word]
        known = next((each for each in names if "{{" not in each), None)
        return {"name": known or self.filled(("workspace",), "the workspace", f"law-{self.name}")}

    def destinations(self) -> Iterable[Any]:
        for each in self.of(DCR):
            for item in (each.body.get("properties", {}).get("destinations") or {}).get("logAnalytics") or ():
                yield item.get("workspaceResourceId")

    def endpoint(self, rules: list[Found]) -> dict[str, Any]:
        for each in self.of(ENDPOINT):
            self.draft.place = _place(each)
            flat = endpoint.flatten(fill(each.body)[0], self.spoken(each, f"dce-{self.name}"))
            self.draft.remark(("endpoint",), "endpoint", flat.remarks)
            return {key: value for key, value in flat.words.items() if key != "location"}
        ids = [each.body["properties"].get("dataCollectionEndpointId") for each in rules if not _direct(each)]
        if id_ := next((each for each in ids if _real(each)), None):
            if len({str(each).lower() for each in ids}) > 1:
                self.draft.tell(BOUND, "warning", f"the rules are bound to several endpoints; {id_} is taken for all")
            return {"id": id_}
        last = [str(each).rsplit("/", 1)[-1] for each in ids if isinstance(each, str)]
        return {"name": last[0] if last else self.filled(("endpoint",), "the endpoint", f"dce-{self.name}")}

    def table(self, found: Found) -> Item:
        body, cut = fill(found.body)
        name = found.word.rsplit("/", 1)[-1]
        if "{{" in name:
            name = body.get("properties", {}).get("schema", {}).get("name") or name
        # An envelope's words that this API does not read; published files carry them along.
        kept = {key: value for key, value in body.items() if key not in ("location", "kind")}
        return Item(name, kept, _place(found), tuple(each for each in cut if each[0] not in ("location", "kind")))

    def rule(self, found: Found) -> Item:
        body, cut = fill(found.body)
        body.pop("apiVersion", None)
        name = self.spoken(found, f"dcr-{self.name}")
        return Item(name, body, _place(found), cut, "direct" if _direct(found) else "shared")

    def unique(self, items: Iterable[Item]) -> list[Item]:
        """Each name once; what stands twice is told."""
        made: dict[str, Item] = {}
        for item in items:
            if item.name in made and made[item.name].body != item.body:
                self.draft.place = item.place
                self.draft.note((), f"{item.name} stands twice in the source; the first is taken")
                self.draft.tell(
                    WORDLESS, "warning", f"{item.name} stands twice with different bodies; the first is taken"
                )
            made.setdefault(item.name, item)
        return [*made.values()]

    def spoken(self, found: Found, otherwise: str) -> str:
        """The name of a resource; one with a placeholder in it is told, without the placeholder."""
        if not isinstance(found.name, Hole):
            return found.name.rsplit("/", 1)[-1] or otherwise
        rest = _PLACEHOLDER.sub("", found.word).strip("-_/.")
        name = rest or otherwise
        self.draft.place = _place(found)
        self.draft.tell(FILLED, "info", f"the name {found.word} is not known: {name} was put in", hint="check it")
        return name

    def grants(self) -> None:
        """Role assignments on rules; a principal that only the deployer knows becomes a variable."""
        rules = self.draft.words.get("dcrs", {})
        for each in self.of(GRANT):
            body, _ = fill({key: value for key, value in each.body.items() if key != "scope"})
            flat = grant.flatten(body)
            principal = (each.body.get("properties") or {}).get("principalId")
            if isinstance(principal, Hole):
                variable = re.sub(r"\W", "_", principal.name)
                self.draft.section("variables")[variable] = {"description": "object id of the sender", "default": None}
                flat.words["principal"] = f"$({variable})"
            self.draft.place = _place(each)
            key = f"grant-{len(self.draft.section('grants')) + 1}"
            self.draft.section("grants")[key] = flat.words
            self.draft.remark(("grants", key), key, flat.remarks)
            if rules:
                self.draft.note(("grants", key), "Given for all rules; say `dcrs: [name]` for fewer")


def _direct(found: Found) -> bool:
    """Whether a rule has its own endpoint only.

    Without kind and endpoint it gets the shared one: an existing rule can be bound to it in place, and can never
    become Direct.
    """
    bound = (found.body.get("properties") or {}).get("dataCollectionEndpointId")
    return str(found.body.get("kind")).lower() == "direct" and not bound


def _real(id_: Any) -> Parts | None:
    """The parts of an id that is one, of a subscription that somebody named."""
    parts = parse_id(id_) if isinstance(id_, str) else None
    return parts if parts and parts.subscription != NOBODY else None


def _place(found: Found) -> Place:
    name = found.name.name if isinstance(found.name, Hole) else found.name
    line = found.source.line(name)
    return Place(found.source.file, line, 1, line, 1)


def _name(stem: str, found: Sequence[Found]) -> str:
    """A manifest's name out of a file's, or of the first rule's or table's where the file's says nothing.

    Letter first, then letters, digits and hyphens, 2 to 40 of them.
    """
    words = _GENERIC.sub("", stem)
    if not words:
        first = next((each for type_ in (DCR, TABLE) for each in found if each.type == type_), None)
        words = re.sub(r"(?i)^dcr-|_CL$", "", _PLACEHOLDER.sub("", first.word).rsplit("/", 1)[-1]) if first else ""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", words or stem).strip("-").lower()
    return (plain if plain[:1].isalpha() else f"import-{plain}")[:40].rstrip("-").ljust(2, "x")
