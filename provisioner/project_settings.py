"""The settings of a project: `.provisioner.toml`, or the table `tool.provisioner` of `pyproject.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from provisioner.errors import ProvisionerError

_FILES = ((".provisioner.toml", ()), ("pyproject.toml", ("tool", "provisioner")))
_OUR_TABLE = r"(?m)tool\s*\.\s*[\"']?provisioner|^\s*\[\s*tool\s*\]"


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What a project sets for all commands.

    `select` and `ignore` are codes of checks or their beginnings, `severity` maps codes to error, warning or info.
    `evidence` says which evidence decides a severity, as `validate --evidence` does.
    `templates` is a directory of definitions that replace the built-in ones; in the file it is relative to that file.
    """

    select: Iterable[str] = ()
    ignore: Iterable[str] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    evidence: str | None = None
    templates: Path | None = None


def find_settings(root: Path) -> ProjectSettings:
    """The settings in the nearest file at or above `root`; the search ends at the root of a Git repository.

    Raises ProvisionerError for a file that cannot be read and for an unknown setting.
    """
    for folder in (root, *root.parents):
        for name, table in _FILES:
            content = _read_table(folder / name, table)
            if content is not None:
                return _parse_settings(folder / name, content)
        if (folder / ".git").exists():
            break
    return ProjectSettings()


def _read_table(path: Path, table: tuple[str, ...]) -> dict[str, Any] | None:
    """The table of a TOML file; None where there is no such file or table."""
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
        # Most pyproject.toml have no table of ours, and parsing TOML takes longer than looking for its name.
        if table and not re.search(_OUR_TABLE, text):
            return None
        import tomllib

        content: Any = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ProvisionerError(f"{path} cannot be read: {error}", hint="it must be TOML in UTF-8") from error
    for key in table:
        content = content.get(key)
        if content is None:
            return None
    settings: dict[str, Any] = content
    return settings


def _parse_settings(path: Path, content: dict[str, Any]) -> ProjectSettings:
    names = sorted(setting.name for setting in fields(ProjectSettings))
    unknown = sorted(set(content) - set(names))
    if unknown:
        raise ProvisionerError(f"{path}: unknown setting {unknown[0]!r}", hint=f"one of: {', '.join(names)}")
    templates = content.pop("templates", None)
    if templates is not None and not isinstance(templates, str):
        raise ProvisionerError(f"{path}: 'templates' is {templates!r}", hint="write the path of a directory")
    return ProjectSettings(**content, templates=None if templates is None else path.parent / templates)
