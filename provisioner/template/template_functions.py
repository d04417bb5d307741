"""Functions that a template declares itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provisioner.template.declared_types import Subject, Types
from provisioner.template.evaluation_context import Context
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import get
from provisioner.template.template_document import Document
from provisioner.template.template_errors import Key, TemplateError


@dataclass(frozen=True, slots=True)
class UserFunction:
    """One function: its parameters by name with their types, and the expression of its value.

    It sees its own parameters and the other functions, no variables and no resources, as the page on syntax has it.
    """

    name: str
    parameters: tuple[tuple[str, Any], ...]
    output: dict[str, Any]
    types: Types
    document: Document
    path: tuple[Key, ...]

    def call(self, arguments: list[Any], context: Context) -> Any:
        """The value for these arguments. Raises TemplateError for a wrong number or type, and for a circle."""
        if self.name in context.calling:
            raise TemplateError("circular-function", name=self.name)
        if len(arguments) != len(self.parameters):
            signature = f"{self.name}({', '.join(name for name, _ in self.parameters)})"
            expected, count = len(self.parameters), len(arguments)
            raise TemplateError("function-count", name=self.name, expected=expected, count=count, signature=signature)
        for (name, declared), argument in zip(self.parameters, arguments, strict=True):
            self.types.check(argument, declared, Subject(name))
        values = {name.lower(): argument for (name, _), argument in zip(self.parameters, arguments, strict=True)}
        inner = context.derive(
            parameters=values,
            variables=None,
            # Nothing of where it is called from is seen inside: the same arguments always give the same value.
            lambdas={},
            copies={},
            resource_copy=None,
            innermost_copy=None,
            place="function",
            calling=(*context.calling, self.name),
        )
        try:
            return resolve(get(self.output, "value"), inner)
        except TemplateError as error:
            raise self.document.locate(error.within(*self.path, "output", "value")) from None


def user_functions(section: Any, types: Types, document: Document) -> dict[str, UserFunction]:
    """The functions by `namespace.name` in lower case. Raises TemplateError where the section is no list of them."""
    if section is None:
        return {}
    if not isinstance(section, list):
        raise TemplateError("not-an-object", name="functions").within("functions")
    functions: dict[str, UserFunction] = {}
    for index, part in enumerate(section):
        namespace = get(part, "namespace") if isinstance(part, dict) else None
        members = get(part, "members") if isinstance(part, dict) else None
        if not isinstance(namespace, str) or not isinstance(members, dict):
            raise TemplateError("not-an-object", name="functions").within("functions", index)
        for name, member in members.items():
            path = ("functions", index, "members", name)
            function = _function(f"{namespace}.{name}", member, types, document, path)
            functions[function.name.lower()] = function
    return functions


def _function(name: str, member: Any, types: Types, document: Document, path: tuple[Key, ...]) -> UserFunction:
    output = get(member, "output") if isinstance(member, dict) else None
    parameters = (get(member, "parameters") or []) if isinstance(member, dict) else None
    if not isinstance(output, dict) or not isinstance(parameters, list):
        raise TemplateError("not-an-object", name=name).within(*path)
    named: list[tuple[str, Any]] = []
    for index, parameter in enumerate(parameters):
        parameter_name = get(parameter, "name") if isinstance(parameter, dict) else None
        if not isinstance(parameter_name, str):
            raise TemplateError("not-an-object", name=name).within(*path, "parameters", index)
        named.append((parameter_name, parameter))
    return UserFunction(name, tuple(named), output, types, document, path)
