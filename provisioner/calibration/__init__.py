"""Asks Azure what no page answers: probes in a throw-away resource group, an evidence file, its way into the facts."""

from __future__ import annotations

from provisioner.calibration.battery import run_battery
from provisioner.calibration.calibration_run import Calibration, CalibrationOptions
from provisioner.calibration.probe_catalogue import select_probes

__all__ = ["Calibration", "CalibrationOptions", "run_battery", "select_probes"]
