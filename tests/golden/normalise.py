"""Outputs with what differs from run to run replaced by a word for it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "golden"
PROJECTS = CASES / "projects"
SOURCES = (PROJECTS, ROOT / "examples", ROOT / "tests" / "cases" / "arm")
"""Whose directories the stories work with: manifests of their own, the examples, files of other tools."""
PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
"""Monitoring Metrics Publisher, the role that senders need. Source:
https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/monitor#monitoring-metrics-publisher."""

_GUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)?")
_VOLATILE = [
    (re.compile(r"(127\.0\.0\.1|localhost):\d+"), r"\1:<port>"),
    (re.compile(r'("(?:port|pid)": )\d+'), r"\1<number>"),
    (re.compile(r"\b(port|pid|process) \d+"), r"\1 <number>"),
    (re.compile(r"\bdc[er]-[0-9a-f]{32}\b"), "<immutable-id>"),
    (re.compile(r"(/(?:dce|direct)/[\w-]+?)-[a-z0-9]{4}(?=[/\"'\s]|-[a-z0-9]+(?:[/\"',\s]|$))"), r"\1-<suffix>"),
    (re.compile(r'(serverport=")\d+'), r"\1<port>"),
    (re.compile(r'(restpath="(?:dce|direct)/[\w-]+?)-[a-z0-9]{4}(?=/)'), r"\1-<suffix>"),
    (re.compile(r"\bdead-letters-\w+"), "dead-letters-<time>"),
    (re.compile(r'("run": ")[0-9a-f]{32}"'), r'\1<run>"'),
    (re.compile(r'("reads": )\d+(,\s+"writes": [1-9])'), r"\1<number>\2"),  # waiting for a write polls
    (re.compile(r"\bmade \d+ s ago\b"), "made <seconds> s ago"),
    (re.compile(r"\b\d+ s from Azure's"), "<seconds> s from Azure's"),
    (re.compile(r"\bprovisionertest[0-9a-f]{8,}"), "provisionertest<run>"),
    (re.compile(r"\b(?:\d+\.\d+ s|\d+ ms)\b"), "<duration>"),
    (re.compile(r'( time=")[\d.]+"'), r'\1<seconds>"'),
    (re.compile(r"<time>  +"), "<time>  "),  # columns are as wide as the digits of a fraction
    (re.compile(r'("\w*(?:seconds|milliseconds|duration|elapsed|latency)\w*": )[\d.]+(?:e-?\d+)?'), r"\1<number>"),
    (re.compile(r'(CLIENT_SECRET"?(?:=|: | = ))(["\']?)[^"\'\s$]+', re.IGNORECASE), r"\1\2<secret>"),
    (re.compile(r"\b(\d+\.\d+\.\d+)\+[0-9a-f]{12}\b"), r"\1+<build>"),
]
_PROGRESS = re.compile(r"(?:^(?:  (?:✓|✗|·)|cloud) .*\n)+", re.MULTILINE)
_FINGERPRINT = re.compile(r"""(Fingerprint: |"fingerprint": ")[0-9a-f]{16}""")
_WAITING = re.compile(r"^  … .*\n", re.MULTILINE)


@cache
def _inputs() -> str:
    """Everything that the cases are made of: a time or an id that stands there is no accident of a run."""
    files = (file for folder in SOURCES for file in sorted(folder.rglob("*")))
    texts = (file.read_text("utf-8") for file in files if file.is_file() and ".provisioner" not in file.parts)
    return "\n".join((PUBLISHER, *texts))


def normalise(text: str, folder: Path) -> str:
    """`text` as every run prints it; `folder` is the directory that the run worked in."""
    for path, label in ((folder.resolve(), "<tmp>"), (folder, "<tmp>"), (ROOT, "<root>")):
        text = text.replace(str(path), label)
    text = _GUID.sub(lambda match: _unless_input(match[0], "<guid>"), text)
    text = _TIME.sub(lambda match: _unless_input(match[0], "<time>"), text)
    for pattern, label in _VOLATILE:
        text = pattern.sub(label, text)
    text = _WAITING.sub("", text)
    # Parallel work ends in any order.
    return _PROGRESS.sub(lambda match: "".join(sorted(match[0].splitlines(keepends=True))), text)


def without_fingerprint(text: str) -> str:
    """`text` of a plan that holds a made-up id, so that its fingerprint is another each time."""
    return _FINGERPRINT.sub(r"\1<fingerprint>", text)


def _unless_input(token: str, label: str) -> str:
    return token if token in _inputs() or token.startswith("00000000-") else label
