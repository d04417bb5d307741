"""Fault injection: which faults are on, which requests they strike and how often, repeatable by a seed."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from provisioner.emulator.clock import Clock

FAULT_FIELDS: dict[str, dict[str, Any]] = {
    "latency": {"milliseconds": 100.0},
    "throttle": {"retry_after": None, "status": 429, "code": "TooManyRequests"},
    "error": {"status": 503, "code": "ServiceUnavailable", "retry_after": None},
    "reset": {"when": "before"},
    "slow_operation": {"seconds": 5.0},
    "failed_operation": {"code": "SchemaUpdateFatalError", "message": "The schema could not be updated."},
    "table_not_ready": {"seconds": 10.0},
    "rbac_delay": {"seconds": 10.0},
    "directory_delay": {"seconds": 10.0},
    "late_rows": {"seconds": 10.0},
    "duplicate_rows": {"copies": 1},
    "short_tokens": {"seconds": 1.0},
    "expired_tokens": {},
    "stale_rules": {"seconds": 180.0},
    "missing_solutions": {},
    "unregistered_provider": {"namespace": "Microsoft.Insights"},
    "over_quota": {},
    "table_limit": {"most": 500},
    "small_quota": {"requests": 12_000, "gigabytes": 2},
    "lost_rows": {},
    "deny": {"principal": "*", "scope": "", "data_action": "Microsoft.Insights/Telemetry/Write"},
    "clock": {"now": None, "stop": False},
}
"""Every fault with its own fields and their defaults."""

_COMMON_FIELDS = {"fault", "match", "times", "probability"}


@dataclass(slots=True)
class Fault:
    """One fault: `match` is `METHOD path` with `*` wildcards, `times` how often it strikes (None: without end).

    `values` are the fault's own fields, `hits` is how often it has struck.
    """

    fault: str
    match: str = "*"
    times: int | None = None
    probability: float = 1.0
    values: dict[str, Any] = field(default_factory=dict)
    hits: int = 0

    def to_json(self) -> dict[str, Any]:
        """The fault as it was asked for, and how often it has struck."""
        common = {"fault": self.fault, "match": self.match, "times": self.times, "probability": self.probability}
        return {**common, **self.values, "hits": self.hits}

    def matches(self, method: str, path: str) -> bool:
        """Whether `match` fits a request."""
        pattern = re.escape(self.match).replace(r"\*", ".*")
        return re.fullmatch(pattern, f"{method} {path}", re.IGNORECASE) is not None


class Faults:
    """The faults that are on, and the random generator that decides by their probability."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.active: list[Fault] = []
        self.seed = seed
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def load(self, document: object) -> list[Fault]:
        """Turn on a fault, a list of them, or those of `{seed, faults}`; returns them.

        Raises ApiError 400 InvalidFault.
        """
        if isinstance(document, dict) and "faults" in document:
            if "seed" in document:
                self.reseed(document["seed"])
            document = document["faults"]
        faults = [_parse(fault) for fault in (document if isinstance(document, list) else [document])]
        for fault in faults:
            self._turn_on(fault)
        return faults

    def reseed(self, seed: object) -> None:
        """Start the random generator over with a seed, a whole number; raises ApiError 400 InvalidFault."""
        if not isinstance(seed, int):
            raise _invalid_fault("seed is a whole number")
        self.seed, self._random = seed, random.Random(seed)  # noqa: S311 - repeatable, not secret

    def clear(self) -> None:
        """Turn everything off; the clock shows real time again."""
        self.active.clear()
        self.clock.shift, self.clock.stopped = 0.0, None
        # A run after a reset repeats the run before it.
        self.reseed(self.seed)

    def happens(self, fault_name: str, method: str = "", path: str = "") -> Fault | None:
        """The first fault of that name that strikes this request now, counted; None where none does."""
        for fault in self.active:
            if fault.fault != fault_name or not fault.matches(method, path):
                continue
            if fault.times is not None and fault.hits >= fault.times:
                continue
            if fault.probability < 1.0 and self._random.random() >= fault.probability:
                continue
            # Counted last: a fault that `times` or its probability holds back has not struck.
            fault.hits += 1
            return fault
        return None

    def seconds_of(self, fault_name: str, default: float) -> float:
        """The seconds of a fault that acts as long as it is on; `default` where it is off."""
        return next((float(fault.values["seconds"]) for fault in self.active if fault.fault == fault_name), default)

    def is_on(self, fault_name: str) -> bool:
        """Whether a fault of that name is on."""
        return any(fault.fault == fault_name for fault in self.active)

    def token_lifetime(self, default: int) -> int:
        """Seconds for which a new token is good."""
        # The verifier accepts a token for 300 seconds longer, for clocks that differ: a short one must really be short.
        return int(self.seconds_of("short_tokens", default + 300.0)) - 300

    def _turn_on(self, fault: Fault) -> None:
        if fault.fault == "clock":
            self._set_clock(fault)
        self.active.append(fault)

    def _set_clock(self, fault: Fault) -> None:
        try:
            instant = datetime.fromisoformat(str(fault.values["now"]))
        except ValueError as error:
            raise _invalid_fault("clock: now is an ISO 8601 time") from error
        if instant.tzinfo is None:
            raise _invalid_fault("clock: now needs a zone, such as Z")
        self.clock.set(instant, stop=bool(fault.values["stop"]))


def _parse(document: object) -> Fault:
    fault_name = document.get("fault") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(fault_name, str) or fault_name not in FAULT_FIELDS:
        raise _invalid_fault(f"a fault is an object whose `fault` is one of {', '.join(FAULT_FIELDS)}")
    fields = FAULT_FIELDS[fault_name]
    if unknown := sorted(set(document) - _COMMON_FIELDS - set(fields)):
        allowed = [*sorted(_COMMON_FIELDS - {"fault"}), *fields]
        raise _invalid_fault(f"{fault_name} has no {', '.join(unknown)}; it has {', '.join(allowed)}")
    values = {name: document.get(name, default) for name, default in fields.items()}
    for name, value in values.items():
        _check_field(fault_name, name, value, fields[name])
    times, probability = document.get("times"), document.get("probability", 1.0)
    if times is not None and (not isinstance(times, int) or times < 1):
        raise _invalid_fault("times is a whole number above 0")
    if isinstance(probability, bool) or not isinstance(probability, (int, float)) or not 0 <= probability <= 1:
        raise _invalid_fault("probability is a number from 0 to 1")
    return Fault(fault_name, str(document.get("match", "*")), times, float(probability), values)


def _check_field(fault_name: str, name: str, value: Any, default: object) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(default, float) and (not is_number or value < 0):
        raise _invalid_fault(f"{fault_name}: {name} is a number of at least 0")
    if name in {"status", "copies", "most", "requests"} and (not isinstance(value, int) or value < 1):
        raise _invalid_fault(f"{fault_name}: {name} is a whole number")
    if name == "status" and not 400 <= value <= 599:
        raise _invalid_fault(f"{fault_name}: status is an error's, from 400 to 599")
    if name == "gigabytes" and (not is_number or value < 0):
        raise _invalid_fault(f"{fault_name}: gigabytes is a number of at least 0")
    if name == "when" and value not in {"before", "after"}:
        raise _invalid_fault("reset: when is before or after (the write)")
    if name == "retry_after" and value is not None and (not is_number or value <= 0):
        raise _invalid_fault(f"{fault_name}: retry_after is a number of seconds above 0, or null for no header")


def _invalid_fault(message: str) -> ApiError:
    return ApiError(400, "InvalidFault", message)
