"""How much one deployment may take: steps of work, and the size and depth of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit

_SHARE = 8
"""Looking at this many members of a value counts as one step, as measured against a call."""


@dataclass(frozen=True, slots=True)
class _Measure:
    """Bytes of a value written out, about; levels of arrays and objects; the value itself, so that its id stays its."""

    size: int
    depth: int
    value: Any


class Budget:
    """Counts down; shared by a deployment and all that are nested in it."""

    def __init__(self) -> None:
        self.steps = limit("work")
        self.deployments = limit("deployments")
        self._bytes = limit("template_bytes")
        self._depth = limit("json_depth")
        self._remembered: dict[int, _Measure] = {}

    def spend(self, steps: int = 1) -> None:
        """Take steps; raises TemplateError when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise TemplateError("work", most=limit("work"))

    def allow(self, size: int) -> None:
        """Raises TemplateError where a text or an array of this size, about to be made, is too large."""
        if size > self._bytes:
            raise TemplateError("value-size", most=self._bytes)
        self.spend(size // (_SHARE * 64))

    def check(self, value: Any) -> int:
        """The size of a value written out, about, in bytes; raises TemplateError where it is too large or too deep."""
        return self._measured(value).size

    def remember(self, value: Any) -> None:
        """Check a value that will be used again (a variable's, a parameter's): once for all its uses."""
        measure = self._measured(value)
        # By identity: values are never changed, and equal ones need not be compared.
        if isinstance(value, (dict, list)):
            self._remembered[id(value)] = measure

    def _measured(self, value: Any) -> _Measure:
        size, inner = self._of_members((value,))
        depth = reached = 0
        # Level by level and without recursion: values may be nested as deep as the limit allows.
        while inner:
            depth += 1
            containers, inner = inner, []
            for container in containers:
                remembered = self._remembered.get(id(container))
                if remembered is None:
                    members = container
                    if isinstance(container, dict):
                        size += sum(map(len, container)) + 4 * len(container)
                        members = container.values()
                    more, below = self._of_members(members)
                    size += more + 2
                    inner += below
                else:
                    size += remembered.size
                    reached = max(reached, depth + remembered.depth - 1)
                if size > self._bytes:
                    raise TemplateError("value-size", most=self._bytes)
            reached = max(reached, depth)
            if reached > self._depth:
                raise TemplateError("too-deep", most=self._depth)
        return _Measure(size, reached, value)

    def _of_members(self, members: Any) -> tuple[int, list[Any]]:
        """The size of the members that hold no others, and those that do."""
        self.spend(1 + len(members) // _SHARE)
        size = 0
        containers: list[Any] = []
        for member in members:
            kind = type(member)
            if kind is str:
                size += len(member) + 3
            elif kind is dict or kind is list or isinstance(member, (dict, list)):
                containers.append(member)
            else:
                size += 5
        return size, containers
