"""The log of a run: what must not stand in a form (seconds, versions, the machine), as JSON lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from qbank.cli.streams import emit

SCHEMA_VERSION = 1
_PACKAGES = ("qbank", "highspy", "numpy", "msgspec")


class RunLog:
    """Collects events and writes them at the end; does nothing without a file."""

    def __init__(self, file: str | None, **facts: Any) -> None:
        self.status = "failed"
        self._file = file
        self._start = time.monotonic()
        self._events: list[dict[str, Any]] = []
        if file is not None:
            self._add("start", **facts, **_machine())

    def through(self, tell: Callable[[str], None]) -> Callable[[str], None]:
        """A function that logs a line and passes it on."""

        def both(line: str) -> None:
            self._add("progress", line=line)
            tell(line)

        return both

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the log, also of a run that failed. Raises CannotWrite."""
        self._add("end", status=self.status)
        if self._file is not None:
            import json

            emit("".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in self._events), self._file)

    def _add(self, event: str, **facts: Any) -> None:
        seconds = round(time.monotonic() - self._start, 3)
        self._events.append({"schema_version": SCHEMA_VERSION, "event": event, "seconds": seconds, **facts})


def _machine() -> dict[str, Any]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = ""
    return {"versions": versions, "python": platform.python_version(), "platform": platform.platform()}
