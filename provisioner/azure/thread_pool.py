"""A few daemon threads: a second Ctrl-C must end the program at once, and executors are waited for at exit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(work: Callable[[Item], Result], items: Iterable[Item], limit: int) -> Iterator[tuple[Item, Result]]:
    """`work` over every item, at most `limit` at once, in the order of completion.

    An exception of `work` is raised here; items not begun by then stay undone. So do they when the caller stops
    iterating.
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
            except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
                done.put((item, None, error))

    for number in range(min(limit, count)):
        threading.Thread(target=run, name=f"provisioner-{number}", daemon=True).start()
    try:
        for _ in range(count):
            item, result, error = done.get()
            if error is not None:
                raise error
            yield item, result  # type: ignore[misc]
    finally:
        stop.set()
