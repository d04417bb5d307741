"""How lost rows become visible: the logs of the rules, and alerts."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.model.manifest_path import ManifestPath


@dataclass(frozen=True, slots=True)
class Alerts:
    """Who is told (ids of action groups) of what: thresholds in five minutes, and how long a table may be quiet.

    None: no alert of that kind. `silence` is a span as it is written, such as 2h.
    """

    action_groups: tuple[str, ...] = ()
    transform_errors: int | None = None
    rows_dropped: int | None = None
    silence: str | None = None

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("monitoring", "alerts")


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Which logs of the rules are kept in the workspace, and the alerts."""

    errors: bool = True
    troubleshooting: bool = False
    alerts: Alerts | None = None

    @property
    def path(self) -> ManifestPath:
        """Where the manifest declares it."""
        return ("monitoring",)
