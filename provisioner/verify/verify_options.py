"""What the caller of verify decides."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.probes.timing import VerifyTiming
from provisioner.progress import Progress, ignore_progress
from provisioner.resources import TypeName


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """What is sent, and how long it is waited for.

    `streams` are keys of the manifest (empty: all). `timeout` bounds all waiting, in seconds. `grant_self` gives the
    running identity the publisher role for the run (None: under the emulator only), and `keep_grant` leaves it.
    `edge_cases` sends records at the limits of each type as well. `send` overrides the manifest's `verify.send`,
    `timing` the pauses and limits that fit the target.
    """

    streams: tuple[str, ...] = ()
    timeout: float | None = None
    grant_self: bool | None = None
    keep_grant: bool = False
    edge_cases: bool = False
    send: bool | None = None
    timing: VerifyTiming | None = None
    progress: Progress = ignore_progress


VERIFY_DEFAULTS = VerifyOptions()

VERIFY_TYPES: tuple[TypeName, ...] = ("workspace", "table", "endpoint", "dcr")
"""The types of live resources that a row passes on its way."""
