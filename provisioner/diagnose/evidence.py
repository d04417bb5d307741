"""What a cause looks at: one flow whose records were refused or did not arrive, and the live state around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioner.errors import CloudError
from provisioner.probes.arrival import Diagnosis
from provisioner.probes.live_bodies import LiveFlow, live_flows, stream_columns
from provisioner.probes.live_state import LiveState
from provisioner.probes.probe import FlowProbe, Probe
from provisioner.resources import Body

RUN_PLAN = "run `plan`: it was changed by hand or not applied yet"
RUN_PLAN_FOR_DCR = "run `plan`: the rule was changed by hand or not applied yet"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A flow of a probe, and the live state that its rows pass."""

    flow_probe: FlowProbe
    live: LiveState

    @property
    def probe(self) -> Probe:
        """What was sent."""
        return self.flow_probe.probe

    @property
    def send_error(self) -> CloudError | None:
        """The endpoint's refusal; None where it accepted the records."""
        return self.probe.send_error

    @property
    def status(self) -> int | None:
        """The HTTP status of the refusal; None without one, or where there was no answer."""
        return self.send_error.status if self.send_error else None

    @property
    def endpoint_message(self) -> str:
        """What the endpoint said, in a line; empty where it accepted the records."""
        return self.send_error.message if self.send_error else ""

    @property
    def dcr_name(self) -> str:
        """The DCR's name."""
        return self.probe.dcr.name

    @property
    def dcr(self) -> Body | None:
        """The live DCR; None where there is none."""
        return self.live.dcr(self.dcr_name)

    @property
    def dcr_id(self) -> str:
        """The DCR's ARM id."""
        return self.live.id_of("dcr", self.dcr_name)

    @property
    def stream_name(self) -> str:
        """The stream's name in Azure."""
        return self.probe.stream.name

    @property
    def live_stream_columns(self) -> dict[str, str] | None:
        """The columns that the live DCR declares for the stream, in Azure's types; None where it declares none."""
        return stream_columns(self.dcr, self.stream_name)

    @property
    def live_flows(self) -> tuple[LiveFlow, ...]:
        """The flows of the live DCR that carry the stream."""
        return live_flows(self.dcr, self.stream_name)


Cause = Callable[[Evidence], Diagnosis | None]
"""Returns its diagnosis where the evidence shows it, else None."""
