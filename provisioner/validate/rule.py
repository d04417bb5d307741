"""A rule: a function over one part of a manifest, with the code under which its findings are known."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.validate.code_page import Page, page

if TYPE_CHECKING:
    from provisioner.validate.context import Context

Check = Callable[[Any, "Context"], Iterable[Diagnostic]]


@dataclass(frozen=True)
class Rule:
    """One check. It is asked about every part of the manifest of the kind `on`; it yields and never raises.

    `severity` is what it mostly says; where sources disagree a rule may say less.
    """

    code: str
    on: type
    check: Check
    severity: Severity = "error"
    family: bool = False
    """Its findings bear codes of their own, which begin with this one and have their pages elsewhere."""

    @property
    def name(self) -> str:
        """The function's name, which is the file's name too."""
        return self.check.__name__

    @cached_property
    def page(self) -> Page:
        """Its documentation: the docstring of the function, or else of its module."""
        text = self.check.__doc__ or sys.modules[self.check.__module__].__doc__ or ""
        return page(self.code, self.name, self.severity, text)


def rule(code: str, *, on: type, severity: Severity = "error", family: bool = False) -> Callable[[Check], Rule]:
    """Make a function a rule.

    `on` is a class of `provisioner.model`: Manifest, Workspace, Endpoint, Table, Stream, Flow, Dcr or Grant. With
    `family` the findings bear codes of their own that begin with `code`.
    """

    def decorate(check: Check) -> Rule:
        return Rule(code, on, check, severity, family)

    return decorate
