"""key_balance: how often the key stands at each position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.constraints._presented import presented
from qbank.assembly.kinds import ConstraintKind, Measure
from qbank.assembly.ordering import JUDGED_POSITIONS as POSITIONS
from qbank.assembly.ordering import key_positions
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting
from qbank.model.blueprint import Bounds
from qbank.model.item import MultipleChoice

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class KeyBalance(ConstraintKind, frozen=True, kw_only=True, tag="key_balance"):
    """The share of single-answer items whose key is presented at each position.

    Judged at the first four positions, or at as many as the form's single-answer items have options.
    Items of every role count. Where options may be shuffled, the order in which they are presented is
    chosen so that the shares hold; where they may not, items are.
    """

    share: Bounds

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Bounds that are shares and can sum to 1."""
        del setting
        problems = list(self.check_share(self.share, ("share",)))
        yield from problems
        if not problems and (self.share.minimum or 0) * POSITIONS > 1 + 1e-9:
            yield self.problem(
                f"asks for a share of {self.share.minimum:g} at each of {POSITIONS} positions",
                hint=f"At most {1 / POSITIONS:g} is possible.",
                pointer=("share", "minimum"),
            )

    def counts(self, total: int) -> tuple[int, int]:
        """Least and greatest number of keys at a position among `total` single-answer items."""
        import math

        low = math.ceil((self.share.minimum or 0) * total - 1e-9)
        high = total if self.share.maximum is None else math.floor(self.share.maximum * total + 1e-9)
        return low, high

    def rows(self, space: Space) -> Iterator[Block]:
        """Counts per position, with whole numbers for items whose key may be presented at several.

        The rows hold exactly when an order of options exists that meets the shares: what stands in the
        way is always a number of items of one class (same set of possible positions) at one position.
        """
        import numpy as np

        classes: dict[tuple[int, ...], list[int]] = {}
        widths = np.zeros(len(space.items), dtype=np.int64)
        for row, item in enumerate(space.items):
            if isinstance(item, MultipleChoice) and (positions := key_positions(item)):
                classes.setdefault(positions, []).append(row)
                widths[row] = len(item.options)
        if not classes:
            return
        for form in range(space.forms):
            yield from self._form_rows(space, form, dict(sorted(classes.items())), widths)

    def _form_rows(
        self, space: Space, form: int, classes: dict[tuple[int, ...], list[int]], widths: Ints
    ) -> Iterator[Block]:
        import numpy as np

        from qbank.assembly.program import STRUCTURE, block, merged

        empty = np.zeros(0, dtype=np.int64)
        at: dict[int, list[Ints]] = {}
        for positions, members in classes.items():
            chosen = np.zeros(len(space.items), dtype=np.bool_)
            chosen[members] = True
            x = space.x(space.slots(chosen), form)
            if len(positions) == 1:
                at.setdefault(positions[0], []).append(x)
                continue
            y = space.new(len(positions), 0, space.blueprint.length, integer=True)
            row = (np.concatenate((x, y)), np.append(np.ones(len(x)), -np.ones(len(y))))
            yield block(self.label, self.kind, [row], 0.0, 0.0, family=STRUCTURE)
            for position, column in zip(positions, y, strict=True):
                at.setdefault(position, []).append(np.array([column]))
        everyone = space.x(space.slots(widths > 0), form)
        rows: list[tuple[Ints, Floats]] = []
        lower: list[float] = []
        details: list[str] = []
        low = self.share.minimum or 0.0
        for position in range(1, min(POSITIONS, int(widths.max())) + 1):
            there = np.concatenate(at.get(position, [empty]))
            extra, bound = empty, 0.0
            if low and (widths[widths > 0] < position).any():
                # a form whose items all have fewer options is not judged at this position
                wide = space.x(space.slots(widths >= position), form)
                extra, bound = space.new(1, 0, 1, integer=True), -low * space.blueprint.length
                yield block(self.label, self.kind, _used(wide, extra), -np.inf, 0.0, family=STRUCTURE)
            if low:
                columns = np.concatenate((there, everyone, extra))
                values = np.repeat([1.0, -low, bound], [len(there), len(everyone), len(extra)])
                rows.append(merged(columns, values))
                lower.append(bound)
                details.append(f"key at position {position}")
            if self.share.maximum is not None:
                columns = np.concatenate((there, everyone))
                values = np.repeat([-1.0, self.share.maximum], [len(there), len(everyone)])
                rows.append(merged(columns, values))
                lower.append(0.0)
                details.append(f"key at position {position}")
        relief = "Widen the share, or shuffle more items."
        yield block(self.label, self.kind, rows, lower, np.inf, details=details, relief=relief)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Counts the presented positions of keys."""
        del setting
        for filled in forms:
            low, high = self.share.minimum, self.share.maximum
            for position, count, total in _shares(filled):
                share = count / total
                if (low is not None and share < low - 1e-9) or (high is not None and share > high + 1e-9):
                    yield self.problem(
                        f"needs {_percent(low, high)} of the keys at position {position}, the form has "
                        f"{count} of {total} ({_share(share)})",
                        form=filled.form.id,
                    )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The share of the keys at each position."""
        del setting
        for position, count, total in _shares(filled):
            yield Measure(
                target=f"share of the keys at position {position}",
                minimum=self.share.minimum,
                maximum=self.share.maximum,
                actual=round(count / total, 6),
            )


def _shares(filled: Filled) -> Iterator[tuple[int, int, int]]:
    """For each judged position: (position, keys presented there, single-answer items)."""
    single = [seat for seat in filled.seats if presented(seat)]
    places = [presented(seat) for seat in single]
    widest = max((len(seat.item.option_texts) for seat in single), default=0)
    for position in range(1, min(POSITIONS, widest) + 1):
        yield position, places.count(position), len(places)


def _used(columns: Ints, flag: Ints) -> list[tuple[Ints, Floats]]:
    """Rows x ≤ flag: the flag is up when any of the columns is."""
    import numpy as np

    return [(np.append(column, flag), np.array([1.0, -1.0])) for column in columns]


def _percent(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {_share(high or 0)}"
    return f"at least {_share(low)}" if high is None else f"{_share(low)} to {_share(high)}"


def _share(value: float) -> str:
    """A share as "30%" or "30.4%": rounded to whole per cent, a breach could look like the bound."""
    return f"{value:.1%}".replace(".0%", "%")
