"""Probes from the rows of a data file: what all kinds share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.calibration.calibration_probe import CalibrationProbe, FactPlace


def row_probes(
    family: str, facts: Mapping[str, Any], rows: Mapping[str, Any] | None = None
) -> Iterator[CalibrationProbe]:
    """A probe for each entry of `rows` (default: those of the file); an entry may be a text alone, its `row`.

    An entry's own question and fact win over those of the file. The texts may hold `{name}` and `{row}`.
    """
    for name, written in (facts["rows"] if rows is None else rows).items():
        entry: dict[str, Any] = dict(written) if isinstance(written, Mapping) else {"row": written}
        question = str(entry.get("question", facts["question"]))
        yield CalibrationProbe(
            family,
            str(name),
            facts["asked_by"],
            question.replace("{name}", str(name)).replace("{row}", str(entry.get("row", ""))),
            facts["creates"],
            entry,
            _fact_place(family, facts, str(name), entry),
        )


def _fact_place(family: str, facts: Mapping[str, Any], name: str, entry: Mapping[str, Any]) -> FactPlace:
    named = entry["fact"] if "fact" in entry else facts.get("fact")
    if named is None:
        # No other file decides it: what was seen is kept beside the question.
        return FactPlace(f"probes/{family}.yaml", ("rows", name))
    file, *keys = named
    own_keys = () if "fact" in entry else (name,)
    return FactPlace(str(file), (*keys, *own_keys), str(entry.get("form", "evidence")))
