"""Other tools' files → a manifest: ARM templates, bare bodies, published connectors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioner.adopt import manifest_sections
from provisioner.adopt.arm_expression import Hole, Scope
from provisioner.adopt.body_types import fill, fit
from provisioner.adopt.codes import FOREIGN, LEFT, REWORDED, UNRESOLVED, WORDLESS
from provisioner.adopt.dcr_import import reason_to_leave
from provisioner.adopt.json_source import read
from provisioner.adopt.manifest_draft import Adopted, Draft, escaped
from provisioner.adopt.manifest_sections import Item
from provisioner.adopt.placement import NOBODY, PLACEHOLDER, Given, Ground, destinations, direct, place, real
from provisioner.adopt.template_resources import DCR, ENDPOINT, GRANT, TABLE, WORKSPACE, Found, resources
from provisioner.errors import BadRequestFile
from provisioner.resources import grant_resource
from provisioner.resources.expansion_context import OWNER_TAG

_GENERIC = re.compile(
    r"(?i)[-_. ]?(dcrs?|tables?|main|azure|deploy(ment)?|template|schema|rules?)([-_. ]|$|(?=template)).*"
)
"""The part of a file's name that says what it is and not what it is about."""


def from_arm(files: Sequence[Path], given: Given | None = None) -> Adopted:
    """The manifest of all resources in the files together.

    Raises BadRequestFile where a file cannot be read, or where none of them holds a table or a rule.
    """
    given = given or Given()
    scope = Scope(given.parameters, {}, given.subscription or NOBODY, given.resource_group or "{{resourceGroup}}", {})
    read_ = {file: [*resources(read(file), scope)] for file in files}
    found = [each for listed in read_.values() for each in listed]
    if not any(each.type in (DCR, TABLE) for each in found):
        raise BadRequestFile(
            f"{', '.join(map(str, files))}: no table and no data collection rule in it",
            hint="give an ARM template, or the JSON of a table or a rule",
        )
    draft = Draft(live=False)
    for file in [file for file, listed in read_.items() if not listed]:
        draft.note((), f"Nothing is known of what {file.name} holds")
        draft.tell(
            FOREIGN, "warning", f"{file}: nothing in it that import knows", "an array or a template names its types"
        )
    return _Reading(draft, found, given, given.name or _name(files[0].stem, found)).adopted()


class _Reading:
    """One import: which resources there are, and where they stand."""

    def __init__(self, draft: Draft, found: list[Found], given: Given, name: str) -> None:
        self.draft, self.name = draft, name
        self.found = [self.fitted(each) for each in found]
        self.ground = Ground(draft, self.found, given, name)

    def fitted(self, found: Found) -> Found:
        """A resource of which all that is read has its kind; what has not is told and stands in a comment."""
        if not found.ours:
            return found
        body, cut = fit(found.body, found.type)
        self.draft.place = place(found)
        for each in cut:
            self.draft.note((), f"Not carried over: {each.path} of {found.word} = {each.text}")
            message = f"{found.word}: {each.path} is left out: {each.text} {each.why}"
            self.draft.tell(UNRESOLVED, "warning", message)
        return replace(found, body=body)

    def adopted(self) -> Adopted:
        draft = self.draft
        draft.words["name"] = self.name
        files = dict.fromkeys(Path(each.source.file).name for each in self.found)
        draft.notes.setdefault((), []).insert(0, f"Imported from {', '.join(files)}")
        draft.words["target"] = self.ground.target()
        draft.words["workspace"] = self.ground.workspace()
        rules = [each for each in self.ground.of(DCR) if not self.left(each)]
        if self.ground.of(ENDPOINT) or any(not direct(each) for each in rules):
            draft.words["endpoint"] = self.ground.endpoint(rules)
        manifest_sections.tables(draft, self.unique(self.table(each) for each in self.ground.of(TABLE)))
        manifest_sections.rules(draft, self.unique(self.rule(each) for each in rules))
        self.grants()
        self.tags()
        self.foreign()
        return draft.done()

    def foreign(self) -> None:
        """List what a manifest does not hold, by type: published solutions carry dozens."""
        others: dict[str, list[Found]] = {}
        for each in self.found:
            if not each.ours:
                others.setdefault(each.type, []).append(each)
        for type_, found in others.items():
            self.draft.place = place(found[0])
            names = found[0].word if len(found) == 1 else f"({len(found)})"
            self.draft.leave(FOREIGN, type_, names, "a manifest does not hold this type")

    def left(self, rule: Found) -> bool:
        """Whether a rule is none for this manifest; it is listed then."""
        self.draft.place = place(rule)
        why = reason_to_leave(fill(rule.body)[0], None)
        chosen, ids = self.draft.words["workspace"].get("id"), [each for each in destinations(rule) if real(each)]
        if why is None and chosen and ids and chosen.lower() not in [each.lower() for each in ids]:
            why = f"it writes to another workspace ({ids[0]})"
        if why:
            self.draft.leave(LEFT, "dcr", rule.word, why)
        return why is not None

    def table(self, found: Found) -> Item:
        body, cut = fill(found.body)
        name = found.word.rsplit("/", 1)[-1]
        if not name or "{{" in name:
            name = body.get("properties", {}).get("schema", {}).get("name") or name
        # An envelope's words that this API does not read; published files carry them along.
        kept = {key: value for key, value in body.items() if key not in ("location", "kind")}
        return Item(name, kept, place(found), tuple(each for each in cut if each.path not in ("location", "kind")))

    def rule(self, found: Found) -> Item:
        body, cut = fill(found.body)
        body.pop("apiVersion", None)
        name = self.ground.spoken(found, f"dcr-{self.name}")
        return Item(name, body, place(found), cut, "direct" if direct(found) else "shared")

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

    def tags(self) -> None:
        """Tags that all taggable resources have in common are the manifest's; the others are told."""
        tagged = [each for each in self.found if each.type in (DCR, ENDPOINT, WORKSPACE)]
        every = [each.body.get("tags") or {} for each in tagged]
        common = (
            {key: value for key, value in every[0].items() if all(each.get(key) == value for each in every)}
            if every
            else {}
        )
        common = {key: value for key, value in common.items() if isinstance(value, str) and key != OWNER_TAG}
        if common:
            self.draft.words["tags"] = {key: escaped(value) for key, value in common.items()}
        for found, tags in zip(tagged, every, strict=True):
            lost = {key: _word(value) for key, value in tags.items() if key not in common and key != OWNER_TAG}
            if lost:
                self.draft.place = place(found)
                self.draft.note((), f"Not carried over: tags of {found.word} = {json.dumps(lost, ensure_ascii=False)}")
                self.draft.tell(
                    WORDLESS, "warning", f"{found.word}: its tags ({', '.join(lost)}) are not those of all others"
                )

    def grants(self) -> None:
        """Role assignments on rules, one entry for each principal and role."""
        rules = self.draft.words.get("dcrs", {})
        given: dict[tuple[tuple[str, Any], ...], list[str]] = {}
        for each in self.ground.of(GRANT):
            self.draft.place = place(each)
            flat = grant_resource.flatten(fill({key: value for key, value in each.body.items() if key != "scope"})[0])
            words = tuple((flat.words | self.principal(each)).items())
            scope = _word(each.body.get("scope", ""))
            name = scope.rpartition("/dataCollectionRules/")[2]
            if name not in rules:
                self.draft.note(("grants",), f"Given on all rules here; in the source on: {scope or 'its group'}")
                self.draft.tell(
                    REWORDED, "info", f"a grant is given on all rules, in the source on {scope or 'its group'}"
                )
            given.setdefault(words, []).extend([name] if name in rules else rules)
            self.draft.remark(("grants",), "grant", flat.remarks)
        for index, (words, names) in enumerate(given.items(), 1):
            few = {} if set(names) == set(rules) else {"dcrs": names}
            self.draft.section("grants")[f"sender-{index}"] = {**dict(words), **few}

    def principal(self, found: Found) -> dict[str, str]:
        """A principal that only the deployer knows becomes a variable."""
        principal = found.body["properties"].get("principalId")
        if not isinstance(principal, Hole):
            return {}
        variable = re.sub(r"\W", "_", principal.name)
        self.draft.section("variables")[variable] = {"description": "object id of the sender", "default": None}
        return {"principal": f"$({variable})"}


def _word(value: Any) -> str:
    return value.text if isinstance(value, Hole) else str(value)


def _name(stem: str, found: Sequence[Found]) -> str:
    """A manifest's name out of a file's, or of the first rule's or table's where the file's says nothing.

    Letter first, then letters, digits and hyphens, 2 to 40 of them.
    """
    words = _GENERIC.sub("", stem)
    if not words:
        first = next((each for type_ in (DCR, TABLE) for each in found if each.type == type_), None)
        words = (
            re.sub(r"(?i)^dcr[-_]|[-_]?dcr$|_CL$", "", PLACEHOLDER.sub("", first.word).rsplit("/", 1)[-1])
            if first
            else ""
        )
    plain = re.sub(r"[^A-Za-z0-9]+", "-", words or stem).strip("-").lower()
    return (plain if plain[:1].isalpha() else f"import-{plain}")[:40].rstrip("-").ljust(2, "x")
