"""A rule: a function that checks one part of a manifest, and the code of its findings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from provisioner.codes import Code, CodePage, parse_page
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.model import Stream

if TYPE_CHECKING:
    from provisioner.validate.context import Context

Check = Callable[[Any, "Context"], Iterable[Diagnostic]]


@dataclass(frozen=True)
class Rule:
    """One check, called for every part of the manifest of type `on`; it yields diagnostics and never raises.

    `severity` is the usual one of its findings; where sources disagree, a finding may be milder.
    """

    code: str
    on: type
    check: Check
    severity: Severity = "error"
    workspace_transforms: bool = False
    """Whether it is called for transforms of the workspace too, which are streams without a sender."""
    family: bool = False
    """Whether its findings have codes of their own, which begin with `code` and have their pages elsewhere."""

    def is_about(self, part: Any) -> bool:
        """Whether it is called for a part of its type."""
        # What no sender posts has no columns to declare, and nothing to say of who sends.
        return self.workspace_transforms or not isinstance(part, Stream) or part.section == "streams"

    @property
    def name(self) -> str:
        """The function's name, which is the module's name too."""
        return self.check.__name__

    @cached_property
    def page(self) -> CodePage:
        """The page of its code, from the docstring of the function or else of its module."""
        text = self.check.__doc__ or sys.modules[self.check.__module__].__doc__ or ""
        return parse_page(Code(self.code, self.severity, text), self.name)


def rule(
    code: str,
    *,
    on: type,
    severity: Severity = "error",
    workspace_transforms: bool = False,
    family: bool = False,
) -> Callable[[Check], Rule]:
    """Decorate a function as a rule.

    `on` is a class of `provisioner.model`: Manifest, Workspace, Endpoint, Table, Stream, Flow, Dcr, Application or
    Grant. With `workspace_transforms` a rule on Stream is called for those too. With `family` the findings have codes
    of their own that begin with `code`.
    """

    def decorate(check: Check) -> Rule:
        return Rule(code, on, check, severity, workspace_transforms, family)

    return decorate
