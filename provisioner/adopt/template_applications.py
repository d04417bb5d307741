"""App registrations of template files that use the Microsoft.Graph extension of Bicep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from provisioner.adopt.application_import import ImportedApplication
from provisioner.adopt.codes import OTHER_SPELLING, UNRESOLVED_VALUE
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.adopt.placement import position_of
from provisioner.adopt.template_resources import TemplateResource
from provisioner.package_data import load_facts
from provisioner.template import Unknown, text_of

_APPLICATION = "microsoft.graph/applications"
_CREDENTIAL = f"{_APPLICATION}/federatedidentitycredentials"
_PRINCIPAL = "microsoft.graph/serviceprincipals"
_MENTION = re.compile(r"reference\(\s*'([^']+)'", re.IGNORECASE)
_LAST_PART = re.compile(r"/([\w.~-]+)(?:'|$)")
"""The name of a credential behind that of its application: `app/github`, `format('{0}/github', …)`."""
_LONGEST_NAME = 40


class TemplateApplications:
    """The app registrations of files, with what belongs to them: service principals and federated credentials."""

    def __init__(self, draft: ManifestDraft, resources: Iterable[TemplateResource]) -> None:
        self._draft = draft
        by_type: dict[str, list[TemplateResource]] = {_APPLICATION: [], _CREDENTIAL: [], _PRINCIPAL: []}
        for resource in resources:
            # The version stands in the type: `Microsoft.Graph/applications@v1.0`.
            by_type.get(resource.type.lower().partition("@")[0], []).append(resource)
        self._registrations, credentials, principals = by_type.values()
        self._credentials = [(one, self._owner(one, "name")) for one in credentials]
        self._principals = [(one, self._owner(one, "appId")) for one in principals]
        self.applications = [self._application(one, names) for one, names in _with_names(self._registrations)]

    @property
    def carried(self) -> list[TemplateResource]:
        """The resources that the section `applications` stands for."""
        owned = (*self._credentials, *self._principals)
        return [*self._registrations, *(resource for resource, owner in owned if owner is not None)]

    def behind(self, resource: TemplateResource, expression: Any) -> ImportedApplication | None:
        """The application whose service principal an expression of a resource names; None for another principal."""
        symbols = _mentions(expression)
        for principal, owner in self._principals:
            if owner is not None and principal.instance.symbolic_name in symbols and _beside(principal, resource):
                return self.applications[self._registrations.index(owner)]
        return None

    def _owner(self, resource: TemplateResource, key: str) -> TemplateResource | None:
        """The registration that a property names, by its symbol, or by its unique name before a slash."""
        expression = _properties(resource).get(key)
        symbols, text = _mentions(expression), text_of(expression or "")
        for registration in self._registrations:
            unique_name = (registration.body.get("properties") or {}).get("uniqueName")
            is_named = isinstance(unique_name, str) and text.startswith(f"{unique_name}/")
            if _beside(registration, resource) and (registration.instance.symbolic_name in symbols or is_named):
                return registration
        return None

    def _application(self, registration: TemplateResource, name: str) -> ImportedApplication:
        credentials = [
            written
            for resource, owner in self._credentials
            if owner is registration and (written := self._credential(name, resource)) is not None
        ]
        self._draft.position = position_of(registration)
        message = f"application {name}: the registration is made anew, with another client id"
        self._draft.add_comment(("applications", name), "Made anew: its client id is another one, and senders follow")
        self._draft.add_diagnostic(OTHER_SPELLING, "info", message)
        body = {"properties": {"federatedIdentityCredentials": credentials}}
        return ImportedApplication(name, name, body, position_of(registration))

    def _credential(self, application: str, resource: TemplateResource) -> dict[str, Any] | None:
        properties = resource.body.get("properties") or {}
        values = {key: properties.get(key) for key in ("issuer", "subject", "audiences")}
        audiences = values["audiences"] if isinstance(values["audiences"], list) else [values["audiences"]]
        texts = {"issuer": values["issuer"], "subject": values["subject"], "audience": next(iter(audiences), None)}
        if missing := [key for key, value in texts.items() if not isinstance(value, str)]:
            self._draft.position = position_of(resource)
            shown = ", ".join(f"{key} {_shown(texts[key])}" for key in missing)
            comment = f"A federated credential is left out, for what the source does not say: {shown}"
            self._draft.add_comment(("applications", application), comment)
            message = f"application {application}: a federated credential is left out: {shown}"
            self._draft.add_diagnostic(UNRESOLVED_VALUE, "warning", message)
            return None
        name = _LAST_PART.search(text_of(_properties(resource).get("name") or ""))
        return {"name": name[1] if name else None, **values, "audiences": audiences}


def _with_names(registrations: list[TemplateResource]) -> Iterator[tuple[TemplateResource, str]]:
    """Each registration with a name that a manifest takes and no other has."""
    taken: set[str] = set()
    for resource in registrations:
        properties = resource.body.get("properties") or {}
        texts = [properties.get("uniqueName"), properties.get("displayName"), resource.instance.symbolic_name]
        written = next(text for text in (*texts, "sender") if isinstance(text, str) and text)
        name = re.sub(r"[^A-Za-z0-9-]+", "-", written).strip("-")[:_LONGEST_NAME]
        if not re.fullmatch(load_facts("directory.yaml")["application"]["name"]["pattern"], name):
            name = f"app-{name}"[:_LONGEST_NAME].rstrip("-")
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name[: _LONGEST_NAME - 4]}-{number}"
        taken.add(free)
        yield resource, free


def _shown(value: Any) -> str:
    return text_of(value) if isinstance(value, Unknown) else "is missing" if value is None else "is no text"


def _mentions(expression: Any) -> set[str]:
    return set(_MENTION.findall(text_of(expression or "")))


def _properties(resource: TemplateResource) -> dict[str, Any]:
    """The properties as they are written, expressions and all."""
    declared = resource.instance.declared.get("properties")
    return declared if isinstance(declared, dict) else {}


def _beside(one: TemplateResource, other: TemplateResource) -> bool:
    """Whether both stand in one deployment, where a symbol means the same."""
    return one.instance.context.parameters is other.instance.context.parameters
