"""A template's sections, looked at once: their shapes, their limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.template.deployment_scope import ScopeKind
from provisioner.template.json_values import find_key, get
from provisioner.template.template_document import Document
from provisioner.template.template_errors import Key, TemplateError
from provisioner.template.template_facts import limit, template_facts

_REQUIRED = ("$schema", "contentVersion", "resources")
_EXTENSIBLE = ("imports", "extensions", "extensionConfigs")
_SCOPE_WORDS = {
    "group": "resource group",
    "subscription": "subscription",
    "managementGroup": "management group",
    "tenant": "tenant",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read: its document, and its sections in the shapes that the language gives them."""

    document: Document
    parameters: dict[str, Any]
    variables: dict[str, Any]
    outputs: dict[str, Any]
    definitions: dict[str, Any]
    functions: Any
    resources: dict[str, Any] | list[Any]

    @property
    def symbolic(self) -> bool:
        """Whether resources have symbolic names (languageVersion 2.0)."""
        return isinstance(self.resources, dict)

    @property
    def schema(self) -> str:
        """What `$schema` says; empty where there is none."""
        schema = get(self.document.value, "$schema")
        return schema if isinstance(schema, str) else ""


def declarations_in(resources: Any) -> Iterator[tuple[str, Key, Any]]:
    """(symbolic name or "", key, declaration) of each resource in a `resources` section, or in that of a resource."""
    if isinstance(resources, dict):
        for name, declared in resources.items():
            yield name, name, declared
    elif isinstance(resources, list):
        for index, declared in enumerate(resources):
            yield "", index, declared


def template_of(document: Document, *, allow_unresolved: bool = False) -> Template:
    """The sections of a document; `allow_unresolved` asks for no `$schema`, `contentVersion` or `resources`.

    Raises TemplateError, not located yet, where a section is missing or has another shape.
    """
    value = document.value
    if not isinstance(value, dict):
        raise TemplateError("not-a-template")
    for name in () if allow_unresolved else _REQUIRED:
        if find_key(value, name) is None:
            raise TemplateError("section-missing", name=name)
    for name in _EXTENSIBLE:
        # Left out in silence, they would deploy something else than was written.
        if get(value, name) and not allow_unresolved:
            why = "extensions of the deployment engine are not known here: deploy those resources another way"
            raise TemplateError("unsupported", name=name, why=why).within(name)
    resources = get(value, "resources")
    if resources is None:
        resources = []
    if not isinstance(resources, (dict, list)):
        raise TemplateError("resources-shape").within("resources")
    outputs = _object(value, "outputs")
    if len(outputs) > limit("outputs"):
        error = TemplateError("limit", name="outputs", most=limit("outputs"), count=len(outputs))
        raise error.within("outputs")
    return Template(
        document,
        _object(value, "parameters"),
        _object(value, "variables"),
        outputs,
        _object(value, "definitions"),
        get(value, "functions"),
        resources,
    )


def check_scope(template: Template, kind: ScopeKind) -> None:
    """Raises TemplateError schema-scope where the `$schema` is that of another scope's templates.

    Of a template for a group any version of its schema is taken: there are several.
    """
    file = template.schema.rstrip("#").rpartition("/")[2].lower()
    for declared, schema in template_facts()["schemas"].items():
        if file == schema.rstrip("#").rpartition("/")[2].lower() and declared != kind:
            error = TemplateError("schema-scope", declared=_SCOPE_WORDS[declared], actual=_SCOPE_WORDS[kind])
            raise error.within("$schema")


def _object(value: dict[str, Any], name: str) -> dict[str, Any]:
    section = get(value, name)
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise TemplateError("not-an-object", name=name).within(name)
    return section
