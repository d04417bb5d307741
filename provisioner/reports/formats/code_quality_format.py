"""Code quality reports of GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.reports.report_format import report_format

if TYPE_CHECKING:
    from provisioner.diagnostics import Diagnostic

_SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}


# No envelope: GitLab reads the list itself. Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
@report_format("codequality", view="diagnostics", position=11)
def code_quality_format(diagnostics: Iterable[Diagnostic]) -> str:
    """A code quality report of GitLab, shown at the lines of a merge request."""
    # Imported late: every command loads the formats, and hashlib loads OpenSSL.
    import hashlib

    counts: dict[str, int] = {}
    entries = []
    for diagnostic in diagnostics:
        # The line is no part of it: a finding stays the same while text above it comes and goes.
        file = diagnostic.place.file if diagnostic.place else ""
        identity = f"{diagnostic.code}\n{file}\n{diagnostic.message}"
        counts[identity] = counts.get(identity, 0) + 1
        fingerprint = hashlib.sha256(f"{identity}\n{counts[identity]}".encode(errors="backslashreplace"))
        entries.append(
            {
                "description": diagnostic.message + (f" ({diagnostic.hint})" if diagnostic.hint else ""),
                "check_name": diagnostic.code,
                "fingerprint": fingerprint.hexdigest(),
                "severity": _SEVERITIES[diagnostic.severity],
                "location": {
                    "path": file or "provisioner.yaml",
                    "lines": {"begin": diagnostic.place.line if diagnostic.place else 1},
                },
            }
        )
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
