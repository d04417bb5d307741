"""When each file of facts was last compared with its sources, and the evidence behind the codes of findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from provisioner.fact_evidence import Evidence, read_evidence
from provisioner.package_data import data_directory, load_facts

MAX_AGE_DAYS = 365
"""A file of facts that was not compared with its sources for longer is listed as old."""

_GENERATED = ("manifest.schema.json",)
_FILES_BY_LETTERS: Mapping[str, tuple[str, ...]] = {
    "KQL": ("kql.yaml",),
    "FIT": ("kql.yaml", "builtin_tables.json"),
    "TRN": ("kql.yaml", "names.yaml"),
    "NAM": ("names.yaml",),
    "REG": ("regions.yaml",),
    "WKS": ("limits.yaml",),
    "MON": ("monitoring.yaml",),
    "TAB": ("azure_tables.yaml", "builtin_tables.json", "limits.yaml"),
    "STR": ("names.yaml", "limits.yaml"),
    "RES": ("limits.yaml", "resources/dcr.yaml"),
    "APP": ("directory.yaml",),
    "GRA": ("roles.yaml",),
}
"""The letters of a code → the files of facts that its findings rest on; the other codes rest on the manifest alone."""

_LANGUAGE_SECTIONS: Mapping[str, tuple[str, str | None]] = {
    "KQL201": ("operators", None),
    "KQL202": ("functions", None),
    "KQL203": ("functions", None),
    "KQL208": ("literals", "dynamic(null)"),
    "KQL209": ("behaviour", None),
    "FIT003": ("output_types", None),
    "TRN003": ("literals", "dynamic(…)"),
}
"""A code → the section of the language's facts whose evidence it rests on, and the one word of it where it is one."""


_OFFER_FEATURES: Mapping[str, str] = {"REG005": "auxiliary", "REG006": "direct"}
"""A code → the feature whose offers in clouds and regions it rests on."""


class CodeFacts(NamedTuple):
    """What a code rests on: the oldest date of its files, and entries of evidence with the word that each is about."""

    checked: dt.date | None
    evidence: tuple[tuple[str, Evidence], ...]


def code_facts(code: str) -> CodeFacts:
    """What a code of `validate` rests on; nothing for the codes of other commands."""
    dates = [_checked_date(file) for file in _FILES_BY_LETTERS.get(code.rstrip("0123456789"), ())]
    return CodeFacts(min(dates, default=None), tuple(_evidence_of(code)))


def checked_dates() -> dict[str, dt.date]:
    """Each file of facts, by its path below `schemas/`, and when it was last compared with its sources.

    Raises KeyError for a file that does not say when.
    """
    folder = data_directory("schemas")
    files = sorted(
        path for pattern in ("*.yaml", "*.json", "resources/*.yaml", "probes/*.yaml") for path in folder.glob(pattern)
    )
    names = [path.relative_to(folder).as_posix() for path in files]
    return {name: _checked_date(name) for name in names if name not in _GENERATED}


def _checked_date(file: str) -> dt.date:
    # YAML reads a date as one, JSON has none
    return dt.date.fromisoformat(str(load_facts(file)["checked"]))


def outdated_files(today: dt.date) -> dict[str, dt.date]:
    """The files of facts that on a day are older than a year, oldest first."""
    dates = sorted(checked_dates().items(), key=lambda item: item[1])
    return {name: checked for name, checked in dates if (today - checked).days > MAX_AGE_DAYS}


def _evidence_of(code: str) -> Iterator[tuple[str, Evidence]]:
    if code == "NAM013":
        from provisioner.model.reserved_columns import reserved_columns

        yield from ((name, entry) for name, entries in reserved_columns().items() for entry in entries)
    elif code in _LANGUAGE_SECTIONS:
        from provisioner.kql.vocabulary.dialects import language_evidence

        section, only = _LANGUAGE_SECTIONS[code]
        for word, entries in language_evidence()[section].items():
            if only in (None, word):
                yield from ((word, entry) for entry in entries)
    elif code in _OFFER_FEATURES:
        offer = load_facts("regions.yaml")["offers"][_OFFER_FEATURES[code]]
        for place, listed in {**offer["clouds"], **offer["regions"]}.items():
            yield from ((place, entry) for entry in read_evidence(listed))
    elif code == "REG001":
        for group in load_facts("regions.yaml")["seen"]:
            yield from ((name, entry) for name in group["names"] for entry in read_evidence(group["evidence"]))
    elif code == "TAB012":
        from provisioner.model.table_plans import plan_switch_pairs, seen_table_plans

        for subject, entries in {**plan_switch_pairs(), **seen_table_plans()}.items():
            yield from ((subject, entry) for entry in entries)
