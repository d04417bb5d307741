"""An evidence file put into the facts: an entry of evidence for each answer, at the fact that its probe asks about."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, CalibrationProbe
from provisioner.calibration.evidence_file import EvidenceFile, SeenProbe, read_evidence_file
from provisioner.calibration.probe_catalogue import all_probes, predict
from provisioner.calibration.service_answers import without_tenant_data
from provisioner.calibration.yaml_insertion import Insertion, insert_entries
from provisioner.errors import BadRequestFile, ProvisionerError
from provisioner.package_data import data_directory

SOURCE = "calibrate"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge wrote: entries by file of facts, and what it left out, with the reason.

    `to_decide` are answers that differ from what is predicted where evidence alone decides nothing: the value of a
    limit, a coercion, the result of a query.
    """

    merged: Mapping[str, int]
    already_merged: int
    to_decide: tuple[str, ...]
    skipped: tuple[str, ...]


def merge_evidence_file(file: Path, folder: Path | None = None) -> MergeResult:
    """Put the answers of a file into the files of facts in `folder` (default: those of this checkout).

    Merging a file twice adds nothing. Raises BadRequestFile for a file that was made against the local Azure or is no
    evidence, ProvisionerError where the facts are those of an installed package, OSError.
    """
    evidence = read_evidence_file(file)
    if evidence.cloud == "local":
        raise BadRequestFile(
            f"{file}: the local Azure answered there, which is no evidence about Azure",
            hint="run `provisioner calibrate -e ENVIRONMENT` with an environment in Azure",
        )
    return _merge(evidence, folder or _facts_folder())


def _facts_folder() -> Path:
    folder = data_directory("schemas")
    if folder.parent.name == "_data":
        raise ProvisionerError(
            "the facts are part of the installed package and are not changed",
            hint="merge in a checkout of the project, or name its folder of facts with --facts",
        )
    return folder


def _merge(evidence: EvidenceFile, folder: Path) -> MergeResult:
    by_id = {probe.id: probe for probe in all_probes()}
    askers = Counter(probe.fact for probe in all_probes())
    insertions: dict[str, list[Insertion]] = {}
    skipped, to_decide, already_merged = [], [], 0
    texts: dict[str, str] = {}
    facts: dict[str, Any] = {}
    for seen in evidence.probes:
        probe = by_id.get(seen.id)
        reason = _reason_to_skip(probe, seen)
        if reason is not None or probe is None or probe.fact is None:
            skipped.append(f"{seen.id}: {reason}")
            continue
        name = probe.fact.file
        if name not in texts:
            texts[name] = (folder / name).read_text(encoding="utf-8")
            facts[name] = _parsed(texts[name])
        insertion = _insertion(probe, seen, is_shared=askers[probe.fact] > 1)
        if _is_known(facts[name], insertion):
            already_merged += 1
            continue
        insertions.setdefault(name, []).append(insertion)
        if seen.seen != predict(probe) and not _is_judged(probe, seen):
            to_decide.append(f"{seen.id}: predicted {predict(probe)}, seen {seen.seen}")
    # All before the first is written: a place that cannot hold its entry leaves every file as it was.
    changed = {name: _changed_text(texts[name], entries) for name, entries in insertions.items()}
    for name, text in changed.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    merged = {name: len(entries) for name, entries in insertions.items()}
    return MergeResult(merged, already_merged, tuple(to_decide), tuple(skipped))


def _reason_to_skip(probe: CalibrationProbe | None, seen: SeenProbe) -> str | None:
    if probe is None:
        return "this version has no such probe"
    if probe.fact is None or probe.row.get("control"):
        return "it shows that the battery tells right from wrong, and asks nothing"
    return None if _DATE.fullmatch(seen.date) else f"{seen.date!r} is no date"


def _is_judged(probe: CalibrationProbe, seen: SeenProbe) -> bool:
    """Whether the entry itself changes what the product says: evidence at a fact that is judged."""
    is_own_row = probe.fact is not None and probe.fact.file.startswith("probes/") and probe.asked_by != "request"
    return seen.seen in (ACCEPTED, REFUSED) and not is_own_row


def _insertion(probe: CalibrationProbe, seen: SeenProbe, *, is_shared: bool) -> Insertion:
    """The entry for an answer; where other probes ask about the same fact, it says which of them it is of."""
    assert probe.fact is not None, probe.id
    entry: dict[str, Any] = {
        "kind": REFUSED if seen.seen == REFUSED else ACCEPTED,
        "date": seen.date,
        "source": SOURCE,
    }
    is_verdict = seen.seen in (ACCEPTED, REFUSED)
    subject = probe.name if is_shared else ""
    said = (seen.code, seen.words) if is_verdict else (f"seen {seen.seen}",)
    if words := without_tenant_data(": ".join(part for part in (subject, *said) if part)):
        entry["words"] = words
    if probe.fact.form == "list":
        return Insertion(probe.fact.keys, _flow_text(entry))
    if probe.fact.form == "reserved":
        *place, name = probe.fact.keys
        return Insertion(tuple(place), _flow_text({"names": [name], "evidence": [entry]}))
    return Insertion(probe.fact.keys, _flow_text(entry), "evidence")


def _flow_text(value: Any) -> str:
    """A value as YAML in one line; texts in double quotes, as JSON has them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow_text, value)) + "]"
    is_plain = isinstance(value, str) and value.isalpha() and value.islower()
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _parsed(text: str) -> Any:
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader


def _is_known(value: Any, insertion: Insertion) -> bool:
    """Whether the facts of a file hold the entry already, from an earlier merge."""
    for key in insertion.keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping):
        value = value.get("evidence")
    return isinstance(value, list) and _parsed(insertion.entry) in value


def _changed_text(text: str, entries: Sequence[Insertion]) -> str:
    """The text of a file of facts with the entries, once it is sure that it can be read again."""
    # Each is put in front: the last one first, so that they stand in the order of the probes.
    changed = insert_entries(text, reversed(entries))
    _parsed(changed)
    return changed
