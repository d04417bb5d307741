"""Filters diagnostics and sets their severity, by options, project settings and comments in the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.diagnostics import SEVERITIES, Diagnostic, Severity
from provisioner.errors import ProvisionerError
from provisioner.fact_evidence import EVIDENCE_POLICIES, EvidencePolicy
from provisioner.project_settings import find_settings
from provisioner.validate.suppression_comments import find_suppressions, is_suppressed

if TYPE_CHECKING:
    from provisioner.load import Document


@dataclass(frozen=True, slots=True)
class DiagnosticFilter:
    """Codes or beginnings of codes to select (empty: all) and to ignore, and severities by code.

    `policy` says which evidence decides the severities that follow from it.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    policy: EvidencePolicy = "newest"

    @classmethod
    def from_settings(
        cls,
        root: Path,
        select: Iterable[str],
        ignore: Iterable[str],
        severities: Mapping[str, str],
        policy: str | None = None,
    ) -> DiagnosticFilter:
        """The options combined with the settings of the project at `root`: `select` replaces, the others add."""
        settings = find_settings(root)
        return cls(
            _split_codes(select) or _split_codes(settings.select),
            _split_codes(settings.ignore) + _split_codes(ignore),
            {**_parse_severities(settings.severity), **_parse_severities(severities)},
            _parse_policy(policy or settings.evidence),
        )

    def selects(self, code: str) -> bool:
        """Whether findings with this code are reported."""
        # No code starts with "-": `startswith` takes no empty tuple as "nothing".
        return (not self.select or code.startswith(self.select)) and not code.startswith(self.ignore or ("-",))

    def apply(self, diagnostics: Iterable[Diagnostic], document: Document) -> Iterator[Diagnostic]:
        """The diagnostics to report, with their severities."""
        # An error of loading is neither ignored nor suppressed: what could not be read was not checked either.
        silenced_codes = find_suppressions(document)
        fatal = {id(diagnostic) for diagnostic in document.diagnostics if diagnostic.severity == "error"}
        for diagnostic in diagnostics:
            if id(diagnostic) in fatal:
                yield diagnostic
            elif self.selects(diagnostic.code) and not is_suppressed(diagnostic, silenced_codes):
                severity = self.severities.get(diagnostic.code, diagnostic.severity)
                yield diagnostic if severity == diagnostic.severity else replace(diagnostic, severity=severity)


def _split_codes(value: Iterable[str]) -> tuple[str, ...]:
    """Upper-case codes of options and settings; one text may contain several, separated by commas."""
    texts = [value] if isinstance(value, str) else list(value)
    return tuple(code.strip().upper() for text in texts for code in str(text).split(",") if code.strip())


def _parse_policy(value: str | None) -> EvidencePolicy:
    """Which evidence decides, by its name. Raises ProvisionerError for another word."""
    policies = {policy: policy for policy in EVIDENCE_POLICIES}
    if value is not None and value not in policies:
        raise ProvisionerError(f"evidence is set to {value!r}", hint=f"one of: {', '.join(EVIDENCE_POLICIES)}")
    return policies[value] if value is not None else "newest"


def _parse_severities(value: Mapping[str, str]) -> dict[str, Severity]:
    severities: dict[str, Severity] = {severity: severity for severity in SEVERITIES}
    for code, severity in value.items():
        if severity not in severities:
            raise ProvisionerError(
                f"the severity of {code} is set to {severity!r}", hint=f"one of: {', '.join(SEVERITIES)}"
            )
    return {code.upper(): severities[severity] for code, severity in value.items()}
