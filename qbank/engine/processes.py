"""Work in several processes that see what this one has loaded, without sending it to them.

Processes are forked: a bank of a million items is shared, not copied, and only what was found comes back. The
result is that of one process, whatever their number.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_T = TypeVar("_T")


def cores() -> int:
    """How many processes can run at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether this system has processes that share what is loaded."""
    import multiprocessing

    return "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"


class Crew(Generic[_T]):
    """Some tasks at work, each in a process of its own; `results` waits for them.

    A task's result must be picklable. A task whose process dies is done here, so that nothing is lost and an
    error has its own traceback.
    """

    def __init__(self, tasks: Sequence[Callable[[], _T]]) -> None:
        self._tasks = tasks
        self._workers = [_start(task) for task in tasks]

    def results(self) -> list[_T]:
        """What the tasks gave, in their order."""
        return [
            _result(process, connection, task)
            for (process, connection), task in zip(self._workers, self._tasks, strict=True)
        ]


def _start(task: Callable[[], Any]) -> tuple[Any, Connection]:
    import multiprocessing

    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, sender), daemon=True)
    process.start()
    sender.close()
    return process, receiver


def _work(task: Callable[[], Any], sender: Connection) -> None:
    """In the process: do the task; on any error end without a result, and the task is done again here."""
    try:
        sender.send(task())
    except BaseException:
        os._exit(1)
    sender.close()


def _result(process: Any, connection: Connection, task: Callable[[], _T]) -> _T:
    try:
        found: _T = connection.recv()
    except EOFError:
        process.join()
        return task()
    process.join()
    return found
