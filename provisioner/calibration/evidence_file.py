"""The evidence file of a run: what was predicted and seen, with dates and request ids, without data of the tenant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from provisioner._version import __version__
from provisioner.calibration.calibration_probe import ProbeResult
from provisioner.calibration.calibration_run import Calibration
from provisioner.errors import BadRequestFile
from provisioner.private_files import write_private_text
from provisioner.reports.json_envelope import VERSION

KIND = "calibration"


class SeenProbe(NamedTuple):
    """One answer that an evidence file holds: the probe's id, what was seen, on which day, in which words."""

    id: str
    seen: str
    date: str
    words: str
    code: str


class EvidenceFile(NamedTuple):
    """What a merge needs of an evidence file: where it was made, and the probes that were answered."""

    cloud: str
    probes: tuple[SeenProbe, ...]


def calibration_data(calibration: Calibration) -> dict[str, Any]:
    """The document of an evidence file, which is also what `--format json` prints."""
    results = calibration.results
    return {
        "version": VERSION,
        "kind": KIND,
        "tool": f"provisioner {__version__}",
        "cloud": calibration.cloud,
        "proves": "the battery" if calibration.is_local else "what Azure did",
        "region": calibration.region,
        "started": calibration.started,
        "ended": calibration.ended,
        "complete": calibration.complete,
        "asked": len(results),
        "as_predicted": sum(result.equal is True for result in results),
        "otherwise": sum(result.equal is False for result in results),
        "unanswered": sum(result.equal is None for result in results),
        "notes": list(calibration.notes),
        "probes": [_result_data(result) for result in results],
    }


def _result_data(result: ProbeResult) -> dict[str, Any]:
    answer, fact = result.answer, result.probe.fact
    return {
        "id": result.probe.id,
        "question": result.probe.question,
        "fact": None if fact is None else " ".join(map(str, (fact.file, *fact.keys))),
        "predicted": result.predicted,
        "seen": answer.seen,
        "equal": result.equal,
        "date": result.date,
        "status": answer.status,
        "code": answer.code,
        "words": answer.words or None,
        "request_ids": list(answer.request_ids),
        "seconds": answer.seconds,
    }


def yaml_text(data: Mapping[str, Any]) -> str:
    """A document as YAML, in the order of its keys."""
    text: str = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=120)
    return text


def write_evidence_file(calibration: Calibration, file: Path) -> None:
    """Write the file; readers see the old one or the new, never a part. JSON where its name ends so. Raises OSError."""
    # Private, though it holds no secret: who ran it decides whom to show it.
    data = calibration_data(calibration)
    as_json = file.suffix == ".json"
    write_private_text(file, json.dumps(data, indent=2, ensure_ascii=False) + "\n" if as_json else yaml_text(data))


def read_evidence_file(file: Path) -> EvidenceFile:
    """Read a file for a merge. Raises BadRequestFile for one that `calibrate` did not write, OSError."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _bad_file(file, "it is neither YAML nor JSON") from error
    if not isinstance(data, dict) or data.get("kind") != KIND or not isinstance(data.get("probes"), list):
        raise _bad_file(file, "it is not the evidence of a calibration")
    if data.get("version") != VERSION:
        raise _bad_file(file, f"it is of version {data.get('version')!r}, and {VERSION} is known")
    # What was not answered is no evidence.
    seen = tuple(_seen_probe(file, entry) for entry in data["probes"] if _is_answered(entry))
    return EvidenceFile(str(data.get("cloud")), seen)


def _is_answered(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("seen") is not None


def _seen_probe(file: Path, entry: Mapping[str, Any]) -> SeenProbe:
    texts = [entry.get(key) for key in ("id", "seen", "date")]
    if not all(isinstance(text, str) for text in texts):
        raise _bad_file(file, f"the probe {entry.get('id')!r} lacks its id, what was seen or its date as text")
    id_, seen, date = map(str, texts)
    return SeenProbe(id_, seen, date, str(entry.get("words") or ""), str(entry.get("code") or ""))


def _bad_file(file: Path, reason: str) -> BadRequestFile:
    return BadRequestFile(f"{file}: {reason}", hint="give a file that `provisioner calibrate` wrote")
