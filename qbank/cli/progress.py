"""A progress bar on standard error for what takes longer than a second: the only door to rich."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY = 1.0


class Bar:
    """A bar that appears after a second, and only on a terminal."""

    def __init__(self, title: str, *, quiet: bool = False) -> None:
        self._title = title
        self._lock = threading.Lock()
        self._done, self._total = 0, 0
        self._shown: Progress | None = None
        self._timer: threading.Timer | None = None
        if not quiet and sys.stderr is not None and sys.stderr.isatty():
            self._timer = threading.Timer(DELAY, self._show)
            self._timer.daemon = True

    def __enter__(self) -> Bar:
        if self._timer is not None:
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._timer = None
            if self._shown is not None:
                self._shown.stop()
                self._shown = None

    def count(self, done: int, total: int) -> None:
        """So many of so many are done."""
        with self._lock:
            self._done, self._total = done, total
            self._update()

    def tell(self, line: str) -> None:
        """What is being done now."""
        with self._lock:
            self._title = line
            self._update()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._timer is None:
                return
            columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
            self._shown = Progress(
                *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
            )
            self._shown.add_task(self._title, total=None)
            self._update()
            self._shown.start()

    def _update(self) -> None:
        if self._shown is not None:
            task = self._shown.task_ids[0]
            self._shown.update(task, description=self._title, completed=self._done, total=self._total or None)
