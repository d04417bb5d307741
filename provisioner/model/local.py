"""The names of the built-in environment `local`, known offline so that ids can be computed before the emulator runs."""

from __future__ import annotations

LOCAL_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
LOCAL_TENANT = "00000000-0000-0000-0000-00000000feed"
LOCAL_GROUP = "rg-local"
LOCAL_LOCATION = "westeurope"
