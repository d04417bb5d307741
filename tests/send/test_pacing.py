"""The calls of any minute stay within the rule's quotas."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.send import pacing
from provisioner.send.pacing import Pacer, Quotas


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture(scope="module")
def clock():
    with pytest.MonkeyPatch.context() as patch:
        fake = Clock()
        patch.setattr(pacing, "time", fake)
        patch.setattr(Pacer, "wait", lambda _self, seconds: setattr(fake, "now", fake.now + max(0.0, seconds)) or True)
        yield fake


SIZES = st.lists(st.integers(1, 1000), min_size=1, max_size=200)


@given(SIZES, st.integers(2, 60), st.integers(1000, 20_000))
def test_no_minute_has_more_calls_or_bytes_than_the_quota(clock, sizes, calls, size):
    pacer = Pacer(Quotas(calls, size), threading.Event())
    times = []
    for entry in sizes:
        pacer.wait_for_slot(entry)
        times.append(clock.now)
    for start in times:
        in_minute = [entry for time, entry in zip(times, sizes, strict=True) if start <= time < start + 59.9]
        # The call that uses a quota up may begin just within it.
        assert len(in_minute) <= calls + 1
        assert sum(in_minute) <= size + max(sizes)


def test_a_short_run_is_not_slowed_down(clock):
    pacer = Pacer(Quotas(12_000, 2 << 30), threading.Event())
    before = clock.now
    for _ in range(50):
        pacer.wait_for_slot(1 << 20)
    assert clock.now == before
