"""Types of parameters, outputs and functions: the definitions of a template, and whether a value is of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from provisioner.template.json_values import azure_type_of, equal, find_key, get, text_of, type_of
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit
from provisioner.template.unknown_values import Unknown

TYPES = {
    "string": ("string", "String, Uri"),
    "securestring": ("string", "String, Uri"),
    "int": ("int", "Integer"),
    "bool": ("bool", "Boolean"),
    "object": ("object", "Object"),
    "secureobject": ("object", "Object"),
    "array": ("array", "Array"),
    "any": ("any", "Any"),
}
"""A declared type in lower case: what a value of it is, and how Azure's errors name it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked, for errors: a value's name and the steps into it; of a secret no value is shown."""

    name: str
    steps: str = ""
    secure: bool = False

    def member(self, step: str | int, *, secure: bool) -> Subject:
        """A member of the value."""
        return Subject(self.name, f"{self.steps}[{step!r}]", self.secure or secure)


class Types:
    """The `definitions` of a template."""

    def __init__(self, definitions: Mapping[str, Any], *, may_be_untyped: bool = False) -> None:
        """`may_be_untyped`: a declaration without a type takes anything, as in languageVersion 2.0."""
        self._definitions, self._may_be_untyped = definitions, may_be_untyped

    def expand(self, declared: Any, name: str, *, inside: bool = False) -> dict[str, Any]:
        """A declaration with its `$ref` followed; what stands beside the `$ref` wins.

        Without a type anything will do in a definition: the compiler leaves out the types that resources' properties
        have. Raises TemplateError type-unknown, circular-type, or parameter-type-missing where the type is none.
        """
        if not isinstance(declared, dict):
            raise TemplateError("parameter-type-missing", name=name)
        expanded: dict[str, Any] = declared
        seen: list[str] = []
        while isinstance(reference := get(expanded, "$ref"), str):
            # Definitions may refer to each other in a circle where a value ends it; a chain of $ref alone never ends.
            if reference in seen or len(seen) > limit("type_depth"):
                raise TemplateError("circular-type", name=reference)
            seen.append(reference)
            beside = {key: value for key, value in expanded.items() if key.lower() != "$ref"}
            expanded = self._definition(reference) | beside
        kind = get(expanded, "type")
        if kind is None and (self._may_be_untyped or seen or inside):
            return {**expanded, "type": "any"}
        if not isinstance(kind, str) or kind.lower() not in TYPES:
            raise TemplateError("parameter-type-missing", name=name)
        return expanded

    def _definition(self, reference: str) -> dict[str, Any]:
        value: Any = {"definitions": self._definitions}
        for part in reference.removeprefix("#").split("/")[1:]:
            # A JSON pointer in a URI fragment (RFC 6901).
            step = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            elif isinstance(value, dict) and (key := find_key(value, step)) is not None:
                value = value[key]
            else:
                value = None
        if not reference.startswith("#/definitions/") or not isinstance(value, dict):
            raise TemplateError("type-unknown", name=reference)
        return value

    def check(self, value: Any, declared: Any, subject: Subject) -> None:
        """Raises TemplateError where a value is not of its declared type; what is Unknown is taken as right."""
        if isinstance(value, Unknown):
            return
        declared = self.expand(declared, subject.name, inside=bool(subject.steps))
        if value is None and get(declared, "nullable") is True:
            return
        kind = get(declared, "type").lower()
        is_secret = subject.secure or kind.startswith("secure")
        subject = Subject(subject.name, subject.steps, is_secret)
        expected_type, azure_name = TYPES[kind]
        if expected_type not in ("any", type_of(value)):
            # Azure's own text names neither the parameter nor a place inside of it.
            if subject.steps:
                raise _violation(subject, f"the type '{expected_type}' is expected, not '{azure_type_of(value)}'")
            raise TemplateError("parameter-type", expected=azure_name, actual=azure_type_of(value))
        _check_allowed(value, get(declared, "allowedValues"), subject)
        _check_bounds(value, declared, subject)
        if isinstance(value, dict):
            self._check_object(value, declared, subject)
        elif isinstance(value, list):
            self._check_array(value, declared, subject)

    def _check_object(self, value: dict[str, Any], declared: dict[str, Any], subject: Subject) -> None:
        discriminator = get(declared, "discriminator")
        if isinstance(discriminator, dict):
            self._check_variant(value, discriminator, subject)
        properties = get(declared, "properties")
        properties = properties if isinstance(properties, dict) else {}
        for name, member in properties.items():
            key = find_key(value, name)
            if key is not None:
                self.check(value[key], member, subject.member(name, secure=False))
            elif get(self.expand(member, name, inside=True), "nullable") is not True:
                raise _violation(subject, f"the property '{name}' is missing")
        others = get(declared, "additionalProperties", True)
        if others is True:
            return
        for key, member in value.items():
            if find_key(properties, key) is None:
                if others is False:
                    raise _violation(subject, f"the property '{key}' is not expected")
                self.check(member, others, subject.member(key, secure=False))

    def _check_variant(self, value: dict[str, Any], discriminator: dict[str, Any], subject: Subject) -> None:
        name, mapping = get(discriminator, "propertyName"), get(discriminator, "mapping")
        if not isinstance(name, str) or not isinstance(mapping, dict):
            raise _violation(subject, "its type has a discriminator without 'propertyName' or 'mapping'")
        tag = get(value, name)
        # Which variant it is shows once the value is known.
        if isinstance(tag, Unknown):
            return
        if not isinstance(tag, str) or tag not in mapping:
            raise _violation(subject, f"the property '{name}' must be one of {', '.join(map(repr, mapping))}")
        self.check(value, mapping[tag], subject)

    def _check_array(self, value: list[Any], declared: dict[str, Any], subject: Subject) -> None:
        prefix = get(declared, "prefixItems")
        prefix = prefix if isinstance(prefix, list) else []
        if len(value) < len(prefix):
            raise _violation(subject, f"it has {len(value)} members, and at least {len(prefix)} are expected")
        others = get(declared, "items", True)
        for index, member in enumerate(value):
            if index < len(prefix):
                self.check(member, prefix[index], subject.member(index, secure=False))
            elif others is False:
                raise _violation(subject, f"at most {len(prefix)} members are expected")
            elif others is not True:
                self.check(member, others, subject.member(index, secure=False))


def _check_allowed(value: Any, allowed: Any, subject: Subject) -> None:
    if not isinstance(allowed, list) or any(equal(value, choice) for choice in allowed):
        return
    # Of an array parameter each member may be one of the allowed values, as Bicep's page on decorators has it.
    if isinstance(value, list) and all(
        isinstance(member, Unknown) or any(equal(member, choice) for choice in allowed) for member in value
    ):
        return
    # The other text shows the value.
    if subject.secure:
        raise TemplateError("parameter-allowed-secure", name=subject.name + subject.steps)
    raise TemplateError(
        "parameter-allowed",
        value=text_of(value),
        name=subject.name + subject.steps,
        allowed=",".join(map(text_of, allowed)),
    )


def _check_bounds(value: Any, declared: dict[str, Any], subject: Subject) -> None:
    if isinstance(value, (str, list)):
        size, what, least_name, most_name = len(value), "Length of the value", "minLength", "maxLength"
    elif isinstance(value, int) and not isinstance(value, bool):
        size, what, least_name, most_name = value, "The value", "minValue", "maxValue"
    else:
        return
    least, most = get(declared, least_name), get(declared, most_name)
    rule = None
    if isinstance(least, int) and size < least:
        rule = f"{what} should be greater than or equal to '{least}'"
    elif isinstance(most, int) and size > most:
        rule = f"{what} should be less than or equal to '{most}'"
    if rule is not None:
        raise TemplateError("parameter-constraint", name=subject.name + subject.steps, rule=rule)


def _violation(subject: Subject, problem: str) -> TemplateError:
    return TemplateError("type-violation", subject=f"'{subject.name}'{subject.steps}", problem=problem)
