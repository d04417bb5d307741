"""Groups that an interrupted run left behind: those that this project remembers, and old ones found by their tag."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from provisioner.calibration.throwaway_group import ThrowawayGroup, find_groups
from provisioner.private_files import make_private_directory, write_private_text

if TYPE_CHECKING:
    from provisioner.azure import Azure

_FILE = "calibration-groups.json"


class Leftovers(NamedTuple):
    """`ours` may be removed now; `running` are too young to know that no run uses them."""

    ours: tuple[ThrowawayGroup, ...]
    running: tuple[ThrowawayGroup, ...]


def find_leftovers(azure: Azure, state_directory: Path, now: dt.datetime) -> Leftovers:
    """The groups of earlier runs in the target's subscription. Raises CloudError."""
    remembered = set(_read(state_directory))
    # Only those that still exist count: a remembered name may be of a group that was removed by hand.
    groups = find_groups(azure)
    ours = tuple(group for group in groups if group.name in remembered or group.is_leftover(now))
    return Leftovers(ours, tuple(group for group in groups if group not in ours))


def remember_group(state_directory: Path, group: ThrowawayGroup) -> None:
    """Note a group before it is created, so that even a killed run leaves its name."""
    _write(state_directory, [*_read(state_directory), group.name])


def forget_group(state_directory: Path, group: ThrowawayGroup) -> None:
    """Strike a group out, once it is gone."""
    _write(state_directory, [name for name in _read(state_directory) if name != group.name])


def _read(state_directory: Path) -> list[str]:
    file = state_directory / _FILE
    if not file.is_file():
        return []
    try:
        names = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        # A file that is no JSON tells nothing; the groups are found by their tag all the same.
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _write(state_directory: Path, names: Sequence[str]) -> None:
    make_private_directory(state_directory)
    write_private_text(state_directory / _FILE, json.dumps(list(names)) + "\n")
