"""The report is the same whatever the number of processes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qbank import running
from qbank.checking import lint
from qbank.engine.processes import Crew, can_fork, cores
from qbank.reading.bank import load_bank

BANK = Path(__file__).parents[2] / "banks" / "cmcs"
pytestmark = pytest.mark.skipif(not can_fork(), reason="this system has no processes that share memory")


@pytest.mark.parametrize("jobs", [2, 3, 5])
def test_the_report_of_several_processes_is_that_of_one(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_WORTH_PROCESSES", 1)
    bank, problems = load_bank(BANK)
    assert lint(bank, problems, jobs=jobs) == lint(bank, problems)


def test_results_come_in_the_order_of_the_tasks() -> None:
    pids = Crew([os.getpid, os.getpid]).results()
    assert len({*pids, os.getpid()}) == 3
    assert Crew([lambda one=one: one * one for one in range(6)]).results() == [0, 1, 4, 9, 16, 25]  # type: ignore[misc]


def test_the_task_of_a_process_that_dies_is_done_here() -> None:
    here = os.getpid()

    def task() -> str:
        if os.getpid() != here:
            os._exit(9)
        return "done"

    assert Crew([task]).results() == ["done"]


def test_an_error_in_a_process_is_raised_here() -> None:
    def task() -> str:
        raise ValueError("a defect of ours")

    with pytest.raises(ValueError, match="a defect of ours"):
        Crew([task]).results()


def test_there_is_a_core() -> None:
    assert cores() >= 1
