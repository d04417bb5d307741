"""The variables of a template, each evaluated once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.template.copy_loops import looped
from provisioner.template.evaluation_context import Context
from provisioner.template.evaluation_order import evaluation_order
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import get
from provisioner.template.template_errors import Key, TemplateError
from provisioner.template.template_facts import limit
from provisioner.template.unknown_values import unresolved


class Variables:
    """The values by name, evaluated in the order in which they speak of each other: chains need no recursion."""

    def __init__(self, declared: Mapping[str, Any], context: Context) -> None:
        """Raises TemplateError for what cannot be evaluated, with the path from the template's root."""
        self._context = context.derive(variables=self, place="variable")
        self._declared: dict[str, tuple[tuple[Key, ...], Any]] = {}
        self._values: dict[str, Any] = {}
        self._evaluating: list[str] = []
        self._names: dict[str, str] = {}
        self._declare(declared)
        if len(self._declared) > limit("variables"):
            count = len(self._declared)
            raise TemplateError("limit", name="variables", most=limit("variables"), count=count).within("variables")
        order, circle = evaluation_order({name: value for name, (_, value) in self._declared.items()}, "variables")
        if circle is not None:
            raise self._circle_error(circle)
        for name in order:
            self.value(name)

    def _declare(self, declared: Mapping[str, Any]) -> None:
        for name, value in declared.items():
            if name.lower() != "copy" or not isinstance(value, list):
                self._add(name, ("variables", name), value)
                continue
            for index, loop in enumerate(value):
                if not isinstance(loop, dict) or not isinstance(get(loop, "name"), str):
                    problem = "an object with 'name', 'count' and 'input' is expected"
                    raise TemplateError("copy-shape", problem=problem).within("variables", name, index)
                self._add(get(loop, "name"), ("variables", name, index), _Loop(loop))

    def _add(self, name: str, path: tuple[Key, ...], value: Any) -> None:
        self._names[name.lower()] = name
        self._declared[name.lower()] = (path, value)

    def value(self, name: str) -> Any:
        """The value of a variable, in any case of letters; Azure's error for one that is not declared."""
        key = name.lower()
        if key in self._values:
            return self._values[key]
        if key not in self._declared:
            if self._context.evaluation.allow_unresolved:
                return unresolved(name)
            raise TemplateError("variable-not-found", name=name)
        if key in self._evaluating:
            raise self._circle_error([*self._evaluating[self._evaluating.index(key) :], key])
        self._evaluating.append(key)
        try:
            self._values[key] = self._evaluated(key)
        finally:
            self._evaluating.pop()
        return self._values[key]

    def _evaluated(self, key: str) -> Any:
        path, declared = self._declared[key]
        try:
            if isinstance(declared, _Loop):
                value = looped(get(declared, "name"), declared, self._context, resolve)
            else:
                value = resolve(declared, self._context)
            self._context.evaluation.budget.remember(value)
        except TemplateError as error:
            raise error.within(*path) from None
        return value

    def _circle_error(self, circle: list[str]) -> TemplateError:
        names = [self._names[key] for key in circle]
        error = TemplateError("circular-variable", name=names[0], chain=" -> ".join(names))
        return error.within(*self._declared[circle[0]][0])


class _Loop(dict[str, Any]):
    """The declaration of a variable that a copy loop makes."""
