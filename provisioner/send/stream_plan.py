"""A stream of the manifest, ready to check records against and to foresee their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.errors import ProvisionerError
from provisioner.model import PASSTHROUGH, Columns, Manifest, Stream, TablePlan
from provisioner.package_data import load_facts
from provisioner.probes.bound_flow import bind_flows
from provisioner.resources.sender_outputs import Outputs
from provisioner.send.delivery import SendTarget
from provisioner.send.drop_forecast import FlowForecast
from provisioner.suggest import nearest_name
from provisioner.transforms.bound_transforms import BoundTransforms


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """The stream, its flows' forecasts, the plans of the tables behind it, and how far times of one call may spread."""

    stream: Stream
    forecasts: tuple[FlowForecast, ...]
    plans: tuple[TablePlan, ...]
    is_plain: bool
    longest_span: dt.timedelta | None

    @property
    def runs_transform(self) -> bool:
        """Whether a transform is run over every record, to know which rows come out of it."""
        return any(forecast.must_run for forecast in self.forecasts)


def find_stream(manifest: Manifest, key: str) -> Stream:
    """The stream with that key, or with that name in Azure. Raises ProvisionerError with the nearest name."""
    if key in manifest.streams:
        return manifest.streams[key]
    named = [stream for stream in manifest.streams.values() if stream.name == key]
    if len(named) == 1:
        return named[0]
    if key in manifest.workspace_transforms:
        hint = f"the workspace transforms what others write into {key}; a stream of yours has a rule of its own"
        raise ProvisionerError(f"nobody sends to {key!r}", hint=hint)
    nearest = nearest_name(key, manifest.streams)
    hint = f"did you mean {nearest}?" if nearest else f"there are: {', '.join(manifest.streams) or 'none'}"
    raise ProvisionerError(f"the manifest has no stream {key!r}", hint=hint)


def plan_stream(manifest: Manifest, stream: Stream, transforms: BoundTransforms) -> StreamPlan:
    """What is known of a stream offline."""
    no_live_columns: Mapping[str, Columns] = {}
    flows = bind_flows(manifest, stream, transforms, no_live_columns)
    plans = tuple(
        manifest.tables[flow.table].plan if flow.table in manifest.tables else "analytics" for flow in stream.flows
    )
    plain_plans = {
        plan for plan, flow in zip(plans, stream.flows, strict=True) if flow.transform.strip() == PASSTHROUGH
    }
    span = load_facts("limits.yaml")["batch"]["time_span"]
    is_limited = bool(plain_plans & set(span["plans"]))
    return StreamPlan(
        stream,
        tuple(FlowForecast(flow) for flow in flows),
        plans,
        bool(plain_plans),
        dt.timedelta(minutes=span["minutes"]) if is_limited else None,
    )


def find_target(manifest: Manifest, stream: Stream, outputs: Outputs, dcr: str | None) -> SendTarget:
    """Where the records of a stream are sent: the rule named, or the first that has the stream and an endpoint.

    Raises ProvisionerError where there is none.
    """
    names = [one.name for one in manifest.dcrs_of(stream.key)]
    if dcr is not None and dcr not in names:
        raise ProvisionerError(
            f"the rule {dcr!r} does not have the stream {stream.key}", hint=f"it is in: {', '.join(names) or 'none'}"
        )
    candidates = [name for name in ([dcr] if dcr else names) if name in outputs.dcrs]
    if not candidates:
        raise ProvisionerError(
            f"there is no rule yet that takes {stream.key}",
            hint="run `provisioner up`, which makes it, then send again",
        )
    entry = outputs.dcrs[candidates[0]]
    return SendTarget(entry.endpoint, entry.immutable_id, stream.name)
