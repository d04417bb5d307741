"""What the live rule that takes the records says of them: its columns, its transforms, its quotas."""

from __future__ import annotations

from dataclasses import replace

from provisioner.model import Columns, Flow, Stream, column_type
from provisioner.probes.live_bodies import live_flows, properties_of, stream_columns
from provisioner.resources import Body, Graph
from provisioner.send.delivery import SendTarget
from provisioner.send.pacing import Quotas, published_quotas


def rule_of(live: Graph, target: SendTarget) -> Body:
    """The body of the rule that a target addresses; empty where it is not among the live resources."""
    rules = (resource.body for resource in live)
    return next((body for body in rules if properties_of(body).get("immutableId") == target.immutable_id), {})


def quotas_of(live: Graph, target: SendTarget) -> Quotas:
    """The quotas that a live rule tells of itself, or the published ones."""
    published = published_quotas()
    own = (properties_of(rule_of(live, target)).get("ingestionQuotas") or {}).get("logs") or {}
    calls = _number(own.get("maxRequestsPerMinute"))
    gigabytes = _number(own.get("maxSizePerMinuteInGB"))
    return Quotas(calls or published.calls, gigabytes * 2**30 if gigabytes else published.bytes)


def _number(value: object) -> float | None:
    """A quota of a rule, which is described as a text; None where it is no number above 0."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if number > 0 else None


def live_stream(stream: Stream, rule: Body) -> Stream:
    """The stream as a live rule has it; the declared one where the two do the same."""
    columns = stream_columns(rule, stream.name)
    types = None if columns is None else {name: _manifest_type(type_) for name, type_ in columns.items()}
    flows = [(flow.table, flow.transform.strip()) for flow in live_flows(rule, stream.name)]
    declared = [(flow.table, flow.transform.strip()) for flow in stream.flows]
    has_same_columns = types is None or dict(stream.columns) == types
    if not flows or (has_same_columns and sorted(flows) == sorted(declared)):
        return stream
    return replace(
        stream,
        columns=stream.columns if types is None else Columns(types),
        flows=tuple(Flow(table, transform) for table, transform in flows),
    )


def _manifest_type(spelled: str) -> str:
    type_ = column_type(spelled)
    return spelled if type_ is None else type_.name
