"""`qbank` and `python -m qbank`. `--version` is answered before anything else is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]) and sys.stdout is not None and _tells_version():
        return
    from qbank.cli.run import run

    sys.exit(run(sys.argv[1:]))


def _tells_version() -> bool:
    """Write the version; False where that cannot be, for which the command line has words."""
    from qbank import __version__

    try:
        sys.stdout.write(f"qbank {__version__}\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True


_ALLOCATIONS = 1_000_000
"""New objects after which garbage is looked for; the 700 of Python are for programs that stay."""


def program() -> None:
    """The command line as a program of its own: `main`, after which the process ends."""
    import gc

    gc.set_threshold(_ALLOCATIONS, 20, 20)
    try:
        _interruptible()
    except SystemExit as stop:
        if isinstance(stop.code, int) and not _is_watched():
            _leave(stop.code)
        raise


def _interruptible() -> None:
    """`main`; an interrupt while the command line itself is being imported is one like any other."""
    try:
        main()
    except KeyboardInterrupt:
        from contextlib import suppress

        with suppress(OSError):
            print("qbank: interrupted", file=sys.stderr)  # noqa: T201
        raise SystemExit(130) from None


def _leave(code: int) -> None:
    """End the process at once: to take a large bank apart, object by object, takes half a second."""
    import atexit
    import os
    import threading

    if threading.active_count() > 1:
        return  # other threads are waited for
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return  # the interpreter says what is wrong
    os._exit(code)


def _is_watched() -> bool:
    """Whether a profiler or a debugger wants to see the end."""
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12
    tools = [] if monitoring is None else [monitoring.get_tool(number) for number in range(6)]
    return sys.getprofile() is not None or sys.gettrace() is not None or any(tools)


if __name__ == "__main__":
    program()
