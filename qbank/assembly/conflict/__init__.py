"""Why a blueprint cannot be met, in sentences that a content lead can act on.

First every row alone, with the rows about length, against enemies, item sets and the other hard
families: which row falls short, by how much, and because of what. When every row can be met alone, the
smallest set of rows that cannot hold together, and the least change that would do. For several forms,
how many this bank carries.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from qbank.assembly.compile import Compiled, compile_blueprint
from qbank.assembly.conflict.alone import shortages
from qbank.assembly.conflict.fewer_forms import fewer_carried, most_forms
from qbank.assembly.conflict.repairs import least_change
from qbank.assembly.conflict.together import contradictions
from qbank.assembly.problems import Problem, number
from qbank.assembly.relaxation import Search
from qbank.assembly.setting import Setting
from qbank.diagnostics import Severity


def explain(compiled: Compiled, setting: Setting, seconds: float = 60.0) -> tuple[Problem, ...]:
    """The reasons why the rows of a compiled blueprint cannot all hold, found within some seconds.

    What is not found by then is not told; the last problem says so.
    """
    ends = time.monotonic() + seconds
    search = Search(compiled, seconds)
    carried: tuple[Problem, ...] = ()
    forms = compiled.space.forms
    if forms > 1:
        most, certain = most_forms(search, setting, ends)
        if most == 0 and certain:
            space = compiled.space
            compiled = compile_blueprint(space.bank, space.blueprint, 1, space.seed)
            search = Search(compiled, ends - time.monotonic())
        carried = (fewer_carried(most, forms, certain),)
    alone = tuple(shortages(search, setting))
    broken = {one.label for one in alone}
    others = [label for label in search.labels if label not in broken]
    together: tuple[Problem, ...] = ()
    shorts = search.shortfall(search.labels)
    hold = alone and shorts is not None and {one.label for one in shorts} <= broken
    if not alone or (not hold and search.feasible(others) is False):
        together = tuple(contradictions(search, setting, others if alone else search.labels))
    told = (*carried, *alone, *together)
    return (*told, *least_change(search, told), *_stopped(search, seconds, told))


def _stopped(search: Search, seconds: float, told: tuple[Problem, ...]) -> Iterator[Problem]:
    if search.stopped:
        known = any(one.kind != "forms" for one in told)
        yield Problem(
            kind="time_limit",
            message="the search for the reason was stopped, "
            f"after {number(round(seconds, 3))} seconds at most; "
            + ("what is told holds, but there may be more" if known else "no row was found to be at fault"),
            hint="Give it more time, or assemble with fewer rows.",
            severity=Severity.INFO if known else Severity.ERROR,
        )


def contradiction(compiled: Compiled, seconds: float) -> bool:
    """Whether a small program shows within some seconds that the rows cannot all hold."""
    search = Search(compiled, seconds)
    return search.feasible(search.labels) is False
