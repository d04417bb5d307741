"""What a sender is configured with, as text, and what the sender formats of `outputs` see of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provisioner.model import Stream
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.report_format import Views
from provisioner.resources.sender_outputs import Outputs


class SenderCloud(Protocol):
    """What a sender must know of the cloud that it signs in to; `ca_file` is that of the emulator, else None."""

    @property
    def name(self) -> str:
        """`public`, `usgovernment`, `china` or `local`."""

    @property
    def authority(self) -> str:
        """The address of the token endpoint's host."""

    @property
    def ca_file(self) -> Path | None:
        """The only certificate authority to trust; None trusts those of the machine."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The outputs of one environment, the cloud in which they are, and the manifest's streams by key."""

    outputs: Outputs
    cloud: SenderCloud
    streams: Mapping[str, Stream]

    def stream_urls(self) -> Iterator[tuple[str, str]]:
        """The key and the URL of every stream."""
        for dcr in self.outputs.dcrs.values():
            yield from dcr.streams.items()


def senders_text(outputs: Outputs) -> str:
    """Outputs as text for a terminal."""
    lines = []
    for name, dcr in outputs.dcrs.items():
        lines += [f"{name}", f"  endpoint      {dcr.endpoint}", f"  immutable id  {dcr.immutable_id}"]
        lines += [f"  own endpoint  {dcr.direct_endpoint}"] if dcr.direct_endpoint else []
        lines += [f"  {'stream':<12}  {key}: {url}" for key, url in dcr.streams.items()]
    for name, application in outputs.applications.items():
        lines += [f"application {name}", f"  client id     {application.client_id}"]
        lines += [f"  tenant        {application.tenant}"] if application.tenant else []
    return "\n".join([*lines, f"audience        {outputs.audience}"]) + "\n"


VIEWS: Views[SenderReport] = {
    "text": lambda report, _: senders_text(report.outputs),
    "data": lambda report, _: {"version": VERSION, **report.outputs.json()},
    "sender": lambda report, _: report,
}
