"""Which findings are told and how severely: options, the project's settings, and comments on a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.diagnostics import SEVERITIES, Diagnostic, Severity
from provisioner.errors import ProvisionerError
from provisioner.validate.suppression_comments import suppressed, suppressions

if TYPE_CHECKING:
    from provisioner.load import Document

_MENTIONS = r"(?m)tool\s*\.\s*[\"']?provisioner|^\s*\[\s*tool\s*\]"
_KEYS = {"select", "ignore", "severity"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Codes or beginnings of codes that are wanted (empty: all) and unwanted, and severities by code."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, select: Iterable[str], ignore: Iterable[str], severities: Mapping[str, str]) -> Filter:
        """The options laid over the project's settings: `select` replaces, the others add."""
        settings = _settings(root)
        return cls(
            _codes(select) or _codes(settings.get("select", ())),
            _codes(settings.get("ignore", ())) + _codes(ignore),
            {**_severities(settings.get("severity", {})), **_severities(severities)},
        )

    def chosen(self, code: str) -> bool:
        """Whether findings under this code are wanted."""
        return (not self.select or code.startswith(self.select)) and not code.startswith(self.ignore or ("-",))

    def apply(self, diagnostics: Iterable[Diagnostic], document: Document) -> Iterator[Diagnostic]:
        """What is left to tell. An error of loading is neither ignored nor suppressed: nothing after it can be true."""
        silenced = suppressions(document)
        fatal = {id(each) for each in document.diagnostics if each.severity == "error"}
        for each in diagnostics:
            if id(each) in fatal:
                yield each
            elif self.chosen(each.code) and not suppressed(each, silenced):
                severity = self.severities.get(each.code, each.severity)
                yield each if severity == each.severity else replace(each, severity=severity)


def _codes(value: Iterable[str]) -> tuple[str, ...]:
    """Codes as options and settings give them: several in one word are separated by commas."""
    words = [value] if isinstance(value, str) else list(value)
    return tuple(code.strip().upper() for word in words for code in str(word).split(",") if code.strip())


def _severities(value: Mapping[str, str]) -> dict[str, Severity]:
    known: dict[str, Severity] = {each: each for each in SEVERITIES}
    for code, severity in value.items():
        if severity not in known:
            raise ProvisionerError(
                f"the severity of {code} is set to {severity!r}", hint=f"one of: {', '.join(SEVERITIES)}"
            )
    return {code.upper(): known[severity] for code, severity in value.items()}


def _settings(root: Path) -> Mapping[str, Any]:
    """`.provisioner.toml`, or the table `tool.provisioner` of `pyproject.toml`: the nearest, not above a repository."""
    for folder in (root, *root.parents):
        for name, table in ((".provisioner.toml", ()), ("pyproject.toml", ("tool", "provisioner"))):
            found = _read(folder / name, table)
            if found is not None:
                return found
        if (folder / ".git").exists():
            break
    return {}


def _read(path: Path, table: tuple[str, ...]) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
        if table and not re.search(_MENTIONS, text):  # most say nothing of us, and parsing takes time
            return None
        import tomllib

        found: Any = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ProvisionerError(f"{path} cannot be read: {error}", hint="it must be TOML in UTF-8") from error
    for key in table:
        found = found.get(key)
        if found is None:
            return None
    unknown = sorted(set(found) - _KEYS)
    if unknown:
        raise ProvisionerError(f"{path}: unknown setting {unknown[0]!r}", hint=f"one of: {', '.join(sorted(_KEYS))}")
    settings: Mapping[str, Any] = found
    return settings
