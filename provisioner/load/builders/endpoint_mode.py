"""The endpoints of a DCR whose manifest does not say."""

from __future__ import annotations

from provisioner.model import Endpoint, EndpointMode
from provisioner.package_data import load_facts


def default_endpoint_mode(endpoint: Endpoint | None, cloud: str) -> EndpointMode:
    """`direct` without an endpoint in the manifest, else `both` where that opens no way that was closed.

    A rule can never gain an endpoint of its own later, so it is best made with one. But a closed endpoint says that
    no record comes over the public network, which an endpoint of the rule's own takes; and outside the public cloud
    no page says that rules get one.
    """
    if endpoint is None:
        return "direct"
    is_closed = endpoint.public_access != "enabled"
    return "shared" if is_closed or cloud in load_facts("regions.yaml")["offers"]["direct"]["clouds"] else "both"
