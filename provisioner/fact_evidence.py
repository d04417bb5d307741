"""What is known of a fact, from whom and since when; and what follows from it for validate and for the emulator.

A fact in `schemas/` that decides a severity carries entries of four kinds: `documented` (a page of the vendor allows it
or, with `forbids`, forbids it), `accepted` and `refused` (seen in a real tenant), `published` (found in
published rules, which proves nothing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from provisioner.diagnostics import Severity

EvidenceKind = Literal["documented", "accepted", "refused", "published"]
EvidencePolicy = Literal["newest", "undisputed", "documented"]
"""newest: the newest of what was documented or seen decides · undisputed: what sources disagree on is refused too ·
documented: only what a page of the vendor allows is allowed."""

EVIDENCE_POLICIES: tuple[EvidencePolicy, ...] = ("newest", "undisputed", "documented")
Verdict = Literal["accepted", "published", "disputed", "refused", "unknown"]


class Evidence(NamedTuple):
    """One source's word: `date` is ISO text (empty where it has none), `words` are quoted from the source."""

    kind: EvidenceKind
    date: str
    source: str
    words: str = ""
    forbids: bool = False

    @property
    def title(self) -> str:
        """What the source did, in words."""
        return "forbidden by a page" if self.forbids else self.kind

    def json(self) -> dict[str, Any]:
        """The public shape of an entry."""
        return {
            "kind": self.kind,
            "forbids": self.forbids or self.kind == "refused",
            "date": self.date or None,
            "source": self.source,
            "words": self.words or None,
        }


class Judgement(NamedTuple):
    """What the evidence comes to: the severity of a remark (None: no remark), and whether the emulator accepts it."""

    verdict: Verdict
    severity: Severity | None
    accepted: bool


_JUDGEMENTS: dict[Verdict, Judgement] = {
    "accepted": Judgement("accepted", None, accepted=True),
    "published": Judgement("published", "info", accepted=True),
    "disputed": Judgement("disputed", "warning", accepted=True),
    "refused": Judgement("refused", "error", accepted=False),
    "unknown": Judgement("unknown", "error", accepted=False),
}


def judge(entries: Iterable[Evidence], policy: EvidencePolicy = "newest") -> Judgement:
    """The one place where evidence becomes a severity and the emulator's answer.

    No entries: "unknown", which is an error, as what is listed nowhere and was seen nowhere.
    """
    evidence = tuple(entries)
    if policy == "documented":
        documented = [entry for entry in evidence if entry.kind == "documented"]
        is_allowed = bool(documented) and not any(entry.forbids for entry in documented)
        return _JUDGEMENTS["accepted" if is_allowed else "refused" if evidence else "unknown"]
    verdict = _verdict(evidence)
    return _JUDGEMENTS["refused" if verdict == "disputed" and policy == "undisputed" else verdict]


def _verdict(evidence: tuple[Evidence, ...]) -> Verdict:
    allowing = [entry.date for entry in evidence if entry.kind in ("documented", "accepted") and not entry.forbids]
    forbidding = [entry.date for entry in evidence if entry.kind == "documented" and entry.forbids]
    refusals = [entry.date for entry in evidence if entry.kind == "refused"]
    if not allowing and not forbidding and not refusals:
        return "published" if evidence else "unknown"
    if not allowing:
        # a page forbids what published rules use, and nobody was seen refused
        is_used = not refusals and any(entry.kind == "published" for entry in evidence)
        return "disputed" if is_used else "refused"
    # a page that forbids is not refuted by a tenant that was let through: both are said
    if forbidding:
        return "refused" if refusals and not _is_newer(allowing, refusals) else "disputed"
    if not refusals or _is_newer(allowing, refusals):
        return "accepted"
    is_listed = any(entry.kind == "documented" for entry in evidence)
    return "disputed" if is_listed or not _is_newer(refusals, allowing) else "refused"


def _is_newer(dates: list[str], others: list[str]) -> bool:
    """Whether the newest of `dates` comes after all `others`; an undated entry cannot be ordered."""
    return "" not in others and max(dates) > max(others)


def read_evidence(
    entries: Iterable[Mapping[str, Any]], sources: Mapping[str, str] | None = None
) -> tuple[Evidence, ...]:
    """Entries of a facts file as values, newest first; `sources` gives the address behind a source's key."""
    read = [
        Evidence(
            entry["kind"],
            str(entry.get("date") or ""),
            str((sources or {}).get(entry["source"], entry["source"])),
            str(entry.get("words") or ""),
            bool(entry.get("forbids")),
        )
        for entry in entries
    ]
    return tuple(sorted(read, key=lambda entry: entry.date, reverse=True))


def describe_evidence(entry: Evidence) -> str:
    """An entry as part of a sentence: `refused on 2026-06-04 (source: words)`; the address of a page is left out."""
    date = f" of {entry.date}" if entry.forbids and entry.date else f" on {entry.date}" if entry.date else ""
    report = "" if entry.source.startswith("http") else entry.source
    described = ": ".join(part for part in (report, entry.words) if part)
    return f"{entry.title}{date}{f' ({described})' if described else ''}"
