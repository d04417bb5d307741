"""The facts of the throw-away site, from `schemas/calibration.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.package_data import load_facts

RESULTS_TABLE = "CalibrationResults_CL"
SAMPLE_TABLE = "Calibration_CL"
SITE_RULE = "dcr-calibration"
SAMPLE_STREAM = "Custom-Calibration"
CONTROL_STREAM, CONTROL_TABLE = "Custom-Coercion-analytics", "CoercionAnalytics_CL"
PROBE_STREAM = "Custom-Probe"


def calibration_facts() -> Mapping[str, Any]:
    """`tag`, `leftover_hours`, how long to wait, the site's `manifest` and the columns of `probe_stream`."""
    facts: Mapping[str, Any] = load_facts("calibration.yaml")
    return facts


def result_columns() -> Mapping[str, str]:
    """Name → type of the columns of the table that the rules of probes write."""
    columns: Mapping[str, str] = calibration_facts()["manifest"]["tables"][RESULTS_TABLE]["columns"]
    return columns


def stream_columns() -> Mapping[str, str]:
    """Name → type of the columns that the transforms of probes read."""
    columns: Mapping[str, str] = calibration_facts()["probe_stream"]
    return columns
