"""What only Azure knows when a record arrives, and what no two calls give alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from provisioner.kql.functions.function_registry import function

_NOT_OFFLINE = "{}() asks Azure for what is not known offline; its value is taken as null"


@function("geo_location(ip: string) -> dynamic", volatile=True, context=True)
def geo_location(ip: str, *, context: Any) -> None:  # noqa: ARG001 - the address is Azure's to look up
    """Where an IP address lies: Country, Region, State, City, Latitude and Longitude, which only Azure knows."""
    context.note(_NOT_OFFLINE.format("geo_location"))


@function("lookup_string_am(store: string, key: string) -> dynamic", volatile=True, context=True)
def lookup_string_am(store: str, key: str, *, context: Any) -> None:  # noqa: ARG001 - the store is Azure's to ask
    """What an external store holds under the key, which only Azure knows."""
    context.note(_NOT_OFFLINE.format("lookup_string_am"))


@function("new_guid() -> guid", volatile=True)
def new_guid() -> UUID:
    """A guid that was never there before."""
    from uuid import uuid4

    return uuid4()


@function("ingestion_time() -> datetime", volatile=True, context=True)
def ingestion_time(*, context: Any) -> int:
    """The time at which the record was taken in: here, the time at which the evaluation began."""
    return int(context.now)
