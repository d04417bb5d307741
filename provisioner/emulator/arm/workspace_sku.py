"""The SKU of a workspace: how it is paid, and when Azure lets that be changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from provisioner.emulator import azure_facts
from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from provisioner.emulator.clock import Clock

_SKUS = ("Free", "Standard", "Premium", "PerNode", "PerGB2018", "Standalone", "CapacityReservation", "LACluster")
_PAY_AS_YOU_GO, _COMMITMENT = "PerGB2018", "capacityreservation"


def changed_sku(sent: dict[str, Any] | None, before: dict[str, Any] | None, clock: Clock) -> dict[str, Any]:
    """The SKU that a workspace has after a write: the one sent, else the one before, else pay as you go.

    Raises ApiError 400 for a name or a tier that there is not, and for a lower tier within the commitment's days.
    """
    sku = _validated_sku(sent or before or {"name": _PAY_AS_YOU_GO})
    # A client that reads, changes something else and writes must not begin a new commitment.
    if before is not None and _is_same(sku, before):
        return {**sku, "lastSkuUpdate": before["lastSkuUpdate"]}
    if before is not None and _level(sku) < _level(before):
        days = azure_facts.commitment_facts()["days"]
        since = datetime.fromisoformat(before["lastSkuUpdate"])
        if (datetime.fromtimestamp(clock.now(), UTC) - since).total_seconds() < days * 86_400:
            message = f"The commitment tier of {_level(before)} GB a day cannot be lowered within {days} days."
            raise ApiError(400, "InvalidParameter", message, target="properties.sku")
    return {**sku, "lastSkuUpdate": clock.iso_now()}


def _validated_sku(sku: dict[str, Any]) -> dict[str, Any]:
    name, level = sku.get("name"), sku.get("capacityReservationLevel")
    if not isinstance(name, str) or name.lower() not in {sku_name.lower() for sku_name in _SKUS}:
        raise ApiError(400, "InvalidParameter", f"The SKU '{name}' is not valid.", target="properties.sku.name")
    if name.lower() != _COMMITMENT:
        return {"name": name}
    levels = azure_facts.commitment_facts()["tiers"]
    if level not in levels:
        message = f"Invalid value {level} provided for 'capacityReservationLevel': it is one of {levels}."
        raise ApiError(400, "InvalidParameter", message, target="properties.sku.capacityReservationLevel")
    return {"name": name, "capacityReservationLevel": level}


def _is_same(sku: dict[str, Any], before: dict[str, Any]) -> bool:
    return sku["name"].lower() == before["name"].lower() and _level(sku) == _level(before)


def _level(sku: dict[str, Any]) -> int:
    """The GB a day that are committed to; 0 for none."""
    level: int = sku.get("capacityReservationLevel", 0)
    return level
