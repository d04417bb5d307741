"""The result of a calibration, and what a caller may choose of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.calibration.calibration_probe import FamilySummary, ProbeResult
from provisioner.progress import Progress, ignore_progress

LOCAL_NOTE = "it ran against the local Azure: that proves the battery, and nothing about Azure"


@dataclass(frozen=True, slots=True)
class CalibrationOptions:
    """`parallelism` is the number of questions at once, `progress` hears of each family."""

    parallelism: int = 8
    progress: Progress = ignore_progress


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was asked and answered. `is_local`: by the local Azure; `complete`: no interrupt cut it short.

    `started` and `ended` are ISO times, `notes` say what else happened (a group that could not be removed).
    """

    cloud: str
    region: str
    started: str
    ended: str
    complete: bool
    results: tuple[ProbeResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def families(self) -> Mapping[str, FamilySummary]:
        """Family → how its probes were answered."""
        families: dict[str, FamilySummary] = {}
        for result in self.results:
            families.setdefault(result.probe.family, FamilySummary()).add(result)
        return families

    @property
    def is_local(self) -> bool:
        """Whether the local Azure answered."""
        return self.cloud == "local"

    @property
    def ok(self) -> bool:
        """Whether every probe was answered as predicted."""
        return self.complete and all(result.equal for result in self.results)
