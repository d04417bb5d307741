"""What one look at the directory has brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from provisioner.resources import Body


class DirectoryObjects(NamedTuple):
    """App registrations by unique name, those with a tag by unique name, and service principals by client id."""

    applications: Mapping[str, Body]
    owned: Mapping[str, Body]
    principals: Mapping[str, Body]
