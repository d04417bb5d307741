"""Runs work over items in a few daemon threads."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from provisioner.operating_system import LOCK_WAIT_SECONDS

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_unordered(work: Callable[[Item], Result], items: Iterable[Item], limit: int) -> Iterator[tuple[Item, Result]]:
    """Yield (item, result of `work`) in order of completion, with at most `limit` calls at once.

    An exception of `work` is raised here. Items that have not begun by then, or when the caller stops iterating, are
    never begun.
    """
    todo: queue.SimpleQueue[Item] = queue.SimpleQueue()
    count = 0
    for item in items:
        todo.put(item)
        count += 1
    done: queue.SimpleQueue[tuple[Item, Result | None, BaseException | None]] = queue.SimpleQueue()
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                item = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((item, work(item), None))
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that iterates
                done.put((item, None, error))

    # Daemon threads rather than a ThreadPoolExecutor: the interpreter waits for an executor's threads at exit, and a
    # second Ctrl-C must end the program at once.
    for number in range(min(limit, count)):
        threading.Thread(target=run, name=f"provisioner-{number}", daemon=True).start()
    try:
        for _ in range(count):
            item, result, error = _next_item(done)
            if error is not None:
                raise error
            yield item, result  # type: ignore[misc]
    finally:
        stop.set()


def _next_item(items: queue.SimpleQueue[Item]) -> Item:
    while True:
        # In short waits where Ctrl-C is noticed only between two of them.
        with suppress(queue.Empty):
            return items.get(timeout=LOCK_WAIT_SECONDS)
