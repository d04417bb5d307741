"""Values that only Azure knows when a record arrives, and values that differ with every call."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from provisioner.kql.functions.function_registry import scalar_function

if TYPE_CHECKING:
    from provisioner.kql.evaluation.run_context import RunContext

_UNKNOWN_OFFLINE_NOTE = "{}() asks Azure for what is not known offline; its value is taken as null"


# A null with a note, not an error: a transform that calls these is right, and its other columns can be evaluated.
@scalar_function("geo_location(ip: string) -> dynamic", volatile=True, takes_context=True)
def geo_location(ip: str, *, context: RunContext) -> None:  # noqa: ARG001 - the address is Azure's to look up
    """The location of an IP address: Country, Region, State, City, Latitude and Longitude, which only Azure knows."""
    context.note(_UNKNOWN_OFFLINE_NOTE.format("geo_location"))


@scalar_function("lookup_string_am(store: string, key: string) -> dynamic", volatile=True, takes_context=True)
def lookup_string_am(store: str, key: str, *, context: RunContext) -> None:  # noqa: ARG001 - the store is Azure's to ask
    """The value of the key in an external store, which only Azure knows."""
    context.note(_UNKNOWN_OFFLINE_NOTE.format("lookup_string_am"))


@scalar_function("new_guid() -> guid", volatile=True)
def new_guid() -> UUID:
    """A new random guid."""
    from uuid import uuid4

    return uuid4()


@scalar_function("ingestion_time() -> datetime", volatile=True, takes_context=True)
def ingestion_time(*, context: RunContext) -> int:
    """The time at which the record was ingested: here, the time at which the evaluation began."""
    return int(context.now)
