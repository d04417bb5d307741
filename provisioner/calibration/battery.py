"""The battery: a throw-away group, every probe asked in parallel, and everything removed, whatever happens."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from provisioner.apply.interrupt import Interrupt
from provisioner.azure.thread_pool import map_unordered
from provisioner.calibration.calibration_probe import Answer, CalibrationProbe, ProbeResult
from provisioner.calibration.calibration_run import Calibration, CalibrationOptions
from provisioner.calibration.interruptible_waits import Stopped
from provisioner.calibration.leftover_groups import forget_group, remember_group
from provisioner.calibration.probe_catalogue import KINDS, predict
from provisioner.calibration.service_answers import without_tenant_data
from provisioner.calibration.throwaway_group import ThrowawayGroup, create_group, remove_group
from provisioner.calibration.throwaway_site import ThrowawaySite
from provisioner.errors import CloudError, ProvisionerError
from provisioner.progress import Progress, ProgressEvent

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.azure import Azure

_FIRST_KINDS = ("delay",)
"""Asked first: their answers are measured while other probes wait for the same."""


def run_battery(
    azure: Azure,
    probes: Sequence[CalibrationProbe],
    options: CalibrationOptions,
    state_directory: Path,
    interrupt: Interrupt | None = None,
) -> Calibration:
    """Ask the probes in a throw-away group of the target's subscription, and remove the group.

    The group's name is kept in the state directory until it is removed, for the next run to find it. After a signal no
    further probe is begun, the group is removed, and the result is not `complete`. Raises CloudError where the site
    cannot be built.
    """
    stop = threading.Event()
    interrupt = interrupt or Interrupt()
    interrupt.on_first = stop.set
    # First: a probe that cannot be predicted is a fault of its row, and then nothing is created.
    predictions = {probe.id: predict(probe) for probe in probes}
    started = dt.datetime.now(dt.UTC)
    group = ThrowawayGroup.new(started)
    notes: list[str] = []
    results: list[ProbeResult] = []
    with interrupt.handling_signals(), _group(azure, group, state_directory, options.progress, notes):
        site = ThrowawaySite(azure, group, stop, options.parallelism)
        with _piece(options.progress, "site"):
            site.build()
        results.extend(_ask_all(probes, predictions, site, options))
    # In the order of the data files, whatever came first: two runs can then be compared line by line.
    order = {probe.id: number for number, probe in enumerate(probes)}
    results.sort(key=lambda result: order[result.probe.id])
    return Calibration(
        azure.cloud.name,
        azure.target.location,
        _iso(started),
        _iso(dt.datetime.now(dt.UTC)),
        complete=len(results) == len(probes) and not stop.is_set(),
        results=tuple(results),
        notes=tuple(notes),
    )


@contextmanager
def _group(
    azure: Azure, group: ThrowawayGroup, state_directory: Path, progress: Progress, notes: list[str]
) -> Iterator[None]:
    """The group within the block; afterwards it is removed, also after an error and an interrupt."""
    # Before it exists: a run that is killed between the two leaves a name too many, not a group too many.
    remember_group(state_directory, group)
    try:
        create_group(azure, group, azure.target.location)
        yield
    finally:
        try:
            progress(ProgressEvent("start", "removal"))
            remove_group(azure, group)
            progress(ProgressEvent("done", "removal"))
        except ProvisionerError as error:
            note = f"the group {group.name} could not be removed, the next run tries again: {error.message}"
            notes.append(note)
            # Told at once too: where the run itself failed, its result is never seen.
            progress(ProgressEvent("failed", "removal", note))
        else:
            forget_group(state_directory, group)


@contextmanager
def _piece(progress: Progress, subject: str) -> Iterator[None]:
    progress(ProgressEvent("start", subject))
    try:
        yield
    except BaseException:
        progress(ProgressEvent("failed", subject))
        raise
    progress(ProgressEvent("done", subject))


def _ask_all(
    probes: Sequence[CalibrationProbe], predictions: Mapping[str, str], site: ThrowawaySite, options: CalibrationOptions
) -> Iterator[ProbeResult]:
    """The results in the order of completion; with a line of progress for each family that is done."""
    left = {family: sum(probe.family == family for probe in probes) for family in {probe.family for probe in probes}}
    wrong = dict.fromkeys(left, 0)
    ordered = sorted(probes, key=lambda probe: probe.asked_by not in _FIRST_KINDS)
    for probe, answer in map_unordered(lambda probe: _ask(probe, site), ordered, options.parallelism):
        # Stopped: the probe was not asked, and a result of it would say that it was.
        if answer is None:
            continue
        result = ProbeResult(probe, predictions[probe.id], answer, dt.datetime.now(dt.UTC).date().isoformat())
        left[probe.family] -= 1
        wrong[probe.family] += not result.equal
        if left[probe.family] == 0:
            others = f"{wrong[probe.family]} otherwise than predicted" if wrong[probe.family] else "as predicted"
            options.progress(ProgressEvent("failed" if wrong[probe.family] else "done", probe.family, others))
        yield result


def _ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer | None:
    """The answer to a probe; None where the run was stopped before it came."""
    if site.waits.stop.is_set():
        return None
    try:
        return KINDS[probe.asked_by].ask(probe, site)
    except Stopped:
        return None
    except CloudError as error:
        return Answer(None, error.status, error.code, without_tenant_data(error.message))


def _iso(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
