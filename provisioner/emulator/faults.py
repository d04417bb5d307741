"""Troubles on request: what goes wrong, how often and for whom, repeatable by its seed."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import Refusal

if TYPE_CHECKING:
    from provisioner.emulator.clock import Clock

FIELDS: dict[str, dict[str, Any]] = {
    "latency": {"milliseconds": 100.0},
    "throttle": {"retry_after": None, "status": 429, "code": "TooManyRequests"},
    "error": {"status": 503, "code": "ServiceUnavailable", "retry_after": None},
    "reset": {"when": "before"},
    "slow_operation": {"seconds": 5.0},
    "failed_operation": {"code": "SchemaUpdateFatalError", "message": "The schema could not be updated."},
    "table_not_ready": {"seconds": 10.0},
    "rbac_delay": {"seconds": 10.0},
    "late_rows": {"seconds": 10.0},
    "duplicate_rows": {"copies": 1},
    "short_tokens": {"seconds": 1.0},
    "expired_tokens": {},
    "stale_rules": {"seconds": 180.0},
    "missing_solutions": {},
    "over_quota": {},
    "table_limit": {"most": 500},
    "small_quota": {"requests": 12_000, "gigabytes": 2},
    "lost_rows": {},
    "deny": {"principal": "*", "scope": "", "data_action": "Microsoft.Insights/Telemetry/Write"},
    "clock": {"now": None, "stop": False},
}
"""Every fault with its own fields and what they are when left out."""

_COMMON = {"fault", "match", "times", "probability"}


@dataclass(slots=True)
class Fault:
    """One trouble: `match` is `METHOD path` with `*` wildcards, `times` how often it still happens (None: for ever)."""

    fault: str
    match: str = "*"
    times: int | None = None
    probability: float = 1.0
    values: dict[str, Any] = field(default_factory=dict)
    hits: int = 0

    def json(self) -> dict[str, Any]:
        """As it was asked for, with the number of times it happened."""
        common = {"fault": self.fault, "match": self.match, "times": self.times, "probability": self.probability}
        return {**common, **self.values, "hits": self.hits}

    def concerns(self, method: str, path: str) -> bool:
        """Whether a request is one of those."""
        wanted = re.escape(self.match).replace(r"\*", ".*")
        return re.fullmatch(wanted, f"{method} {path}", re.IGNORECASE) is not None


class Faults:
    """The troubles that are on."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.active: list[Fault] = []
        self.seed = seed
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def load(self, document: Any) -> list[Fault]:
        """Turn on what a document asks for: a fault, a list of them, or `{seed, faults}`; raises Refusal 400."""
        if isinstance(document, dict) and "faults" in document:
            if "seed" in document:
                self.reseed(document["seed"])
            document = document["faults"]
        made = [_parse(each) for each in (document if isinstance(document, list) else [document])]
        for fault in made:
            self._turn_on(fault)
        return made

    def reseed(self, seed: Any) -> None:
        """Start the dice anew."""
        if not isinstance(seed, int):
            raise _bad("seed is a whole number")
        self.seed, self._random = seed, random.Random(seed)  # noqa: S311 - repeatable, not secret

    def clear(self) -> None:
        """Turn everything off; the clock shows real time again."""
        self.active.clear()
        self.clock.shift, self.clock.stopped = 0.0, None
        self.reseed(self.seed)

    def happens(self, kind: str, method: str = "", path: str = "") -> Fault | None:
        """The fault of that kind that strikes this request now, and counts it."""
        for fault in self.active:
            if fault.fault != kind or not fault.concerns(method, path):
                continue
            if fault.times is not None and fault.hits >= fault.times:
                continue
            if fault.probability < 1.0 and self._random.random() >= fault.probability:
                continue
            fault.hits += 1
            return fault
        return None

    def value(self, kind: str, default: float) -> float:
        """The seconds of a standing fault, or `default` where it is off."""
        return next((float(each.values["seconds"]) for each in self.active if each.fault == kind), default)

    def on(self, kind: str) -> bool:
        """Whether a standing fault is on."""
        return any(each.fault == kind for each in self.active)

    def token_lifetime(self, default: int) -> int:
        """Seconds for which a new token is good; the verifier's allowance for skewed clocks is taken off."""
        return int(self.value("short_tokens", default + 300.0)) - 300

    def _turn_on(self, fault: Fault) -> None:
        if fault.fault == "clock":
            self._set_clock(fault)
        self.active.append(fault)

    def _set_clock(self, fault: Fault) -> None:
        try:
            instant = datetime.fromisoformat(str(fault.values["now"]))
        except ValueError as error:
            raise _bad("clock: now is an ISO 8601 time") from error
        if instant.tzinfo is None:
            raise _bad("clock: now needs a zone, such as Z")
        self.clock.set(instant, stop=bool(fault.values["stop"]))


def _parse(document: Any) -> Fault:
    kind = document.get("fault") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(kind, str) or kind not in FIELDS:
        raise _bad(f"a fault is an object whose `fault` is one of {', '.join(FIELDS)}")
    fields = FIELDS[kind]
    if unknown := sorted(set(document) - _COMMON - set(fields)):
        raise _bad(f"{kind} has no {', '.join(unknown)}; it has {', '.join([*sorted(_COMMON - {'fault'}), *fields])}")
    values = {name: document.get(name, default) for name, default in fields.items()}
    for name, value in values.items():
        _check(kind, name, value, fields[name])
    times, probability = document.get("times"), document.get("probability", 1.0)
    if times is not None and (not isinstance(times, int) or times < 1):
        raise _bad("times is a whole number above 0")
    if isinstance(probability, bool) or not isinstance(probability, (int, float)) or not 0 <= probability <= 1:
        raise _bad("probability is a number from 0 to 1")
    return Fault(kind, str(document.get("match", "*")), times, float(probability), values)


def _check(kind: str, name: str, value: Any, default: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(default, float) and (not number or value < 0):
        raise _bad(f"{kind}: {name} is a number of at least 0")
    if name in {"status", "copies", "most", "requests"} and (not isinstance(value, int) or value < 1):
        raise _bad(f"{kind}: {name} is a whole number")
    if name == "status" and not 400 <= value <= 599:
        raise _bad(f"{kind}: status is an error's, from 400 to 599")
    if name == "gigabytes" and (not number or value < 0):
        raise _bad(f"{kind}: gigabytes is a number of at least 0")
    if name == "when" and value not in {"before", "after"}:
        raise _bad("reset: when is before or after (the write)")
    if name == "retry_after" and value is not None and (not number or value <= 0):
        raise _bad(f"{kind}: retry_after is a number of seconds above 0, or null for no header")


def _bad(message: str) -> Refusal:
    return Refusal(400, "InvalidFault", message)
