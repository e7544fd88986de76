"""The exit codes: one table for the code, `--help` and the docs."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """What a command tells the shell."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    UNREADABLE = 3
    INFEASIBLE = 4
    TIME_LIMIT = 5
    TIME_LIMIT_WITHOUT_FORM = 6
    BUG = 70
    INTERRUPTED = 130


MEANINGS: dict[Exit, str] = {
    Exit.DONE: "done, clean",
    Exit.FINDINGS: "findings at or above --fail-on, a refused export, a failed audit, "
    "a row that the bank cannot fill",
    Exit.USAGE: "wrong usage",
    Exit.UNREADABLE: "a named path or configuration that cannot be read or written",
    Exit.INFEASIBLE: "no form can meet the blueprint",
    Exit.TIME_LIMIT: "stopped by the time limit, with a form",
    Exit.TIME_LIMIT_WITHOUT_FORM: "stopped by the time limit, without a form",
    Exit.BUG: "a bug in qbank",
    Exit.INTERRUPTED: "interrupted",
}


def exits(*codes: Exit, findings: str = "") -> str:
    """The end of a command's help: its exit codes, with what 1 means for it."""
    said = {**MEANINGS, **({Exit.FINDINGS: findings} if findings else {})}
    wanted = (Exit.DONE, *codes, Exit.USAGE, Exit.UNREADABLE)
    return table(said, sorted(set(wanted)))


def table(said: dict[Exit, str], codes: list[Exit]) -> str:
    """Exit codes as a block of help that click does not wrap."""
    return "\n".join(("\b", "Exit codes:", *(f"  {code:<4}{said[code]}" for code in codes)))
