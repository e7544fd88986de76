"""key-position-skew."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from qbank.diagnostics import Finding, Severity, Where
from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice
from qbank.rule import rule

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(r"[^\w-]{0,2}(-?\d+(?:[.,]\d+)*)")
_THOUSANDS = 3
_NATURAL = frozenset({frozenset({"true", "false"}), frozenset({"yes", "no"})})
_NATURAL_WORDS = frozenset[str]().union(*_NATURAL)


class _Group(msgspec.Struct, frozen=True):
    """Items that are tested together: where, of what in words, key positions in order of the bank."""

    where: Where
    of: str
    options: int
    positions: tuple[int, ...]

    @property
    def counts(self) -> list[int]:
        """How often the key stands at each position."""
        found = Counter(self.positions)
        return [found[place] for place in range(self.options)]

    @property
    def statistic(self) -> float:
        """Pearson's chi-square against equal shares."""
        expected = len(self.positions) / self.options
        return sum((count - expected) ** 2 / expected for count in self.counts)

    @property
    def p(self) -> float:
        """The probability of a statistic that large by chance."""
        return chi_square_tail(self.statistic, self.options - 1)


@rule(Severity.WARNING)
def key_position_skew(bank: Bank, *, minimum_items: int = 40, alpha: float = 0.01) -> Iterator[Finding]:
    """The key stands at one position far more often than at another.

    Why: who guesses the favoured letter gains points. Single-answer items with the same number of options
    are counted by the position of their key, over the whole bank and for every content area (of the
    first level) and author that has enough of them (`minimum_items`, and five a position). The test is
    Pearson's chi-square against equal shares; p is corrected for the number of tests (Holm) and must
    stay below `alpha`. Left out are retired items, and items whose order of options is not the author's
    choice: options that are all numbers in ascending or descending order, true and false, yes and no. The
    longest run of one letter is said for information only.

    What to do: shuffle the options (but keep numbers in order), or move keys; assembly spreads keys over
    a form with `key_balance`.

    Source: Haladyna, Downing & Rodriguez 2002 (vary the location of the right answer); Attali & Bar-Hillel
    2003 (guess where: the position of correct answers); Holm 1979.
    """
    tests = sorted(_groups(bank, minimum_items), key=lambda group: group.p)
    for number, group in enumerate(tests):
        corrected = group.p * (len(tests) - number)
        if corrected >= alpha:
            return
        yield Finding(
            group.where,
            f"the keys of {len(group.positions)} items with {group.options} options{group.of} stand "
            f"{_counted(group.counts)} (chi-square {group.statistic:.1f}, {_probability(corrected)}; "
            f"longest run {_longest_run(group.positions)})",
            hint="Shuffle the options or move keys until every position is about as frequent.",
        )


def chi_square_tail(statistic: float, freedom: int) -> float:
    """The probability that a chi-square variable of some degrees of freedom exceeds a value."""
    half = statistic / 2
    odd = freedom % 2
    tail = math.erfc(math.sqrt(half)) if odd else math.exp(-half)
    shape = 0.5 if odd else 1.0
    # Q(a + 1, x) = Q(a, x) + x^a e^-x / Gamma(a + 1)
    while shape < freedom / 2 and half > 0:
        tail += math.exp(shape * math.log(half) - half - math.lgamma(shape + 1))
        shape += 1
    return min(tail, 1.0)


def _groups(bank: Bank, minimum: int) -> Iterator[_Group]:
    """The whole bank, its content areas and its authors, each by number of options."""
    items = [item for item in bank.items if isinstance(item, MultipleChoice) and _is_free(item)]
    areas = {area.id: number for number, area in enumerate(bank.info.content_areas)}
    parts: dict[tuple[int, str, str], list[MultipleChoice]] = {}
    for item in items:
        count, area = len(item.options), item.content_area.split("/")[0]
        parts.setdefault((count, "", ""), []).append(item)
        parts.setdefault((count, " in the content area ", area), []).append(item)
        parts.setdefault((count, " by the author ", item.author), []).append(item)
    for (count, kind, name), members in sorted(parts.items()):
        whole = not kind or (bool(name) and len(members) < len(parts[count, "", ""]))
        if whole and len(members) >= max(minimum, 5 * count):
            pointer = (
                ("content_areas", areas[name]) if kind == " in the content area " and name in areas else ()
            )
            positions = tuple(list(item.options).index(item.key_ids[0]) for item in members)
            yield _Group(bank.info.at(*pointer), f"{kind}{name}", count, positions)


def _is_free(item: MultipleChoice) -> bool:
    """Whether an item has one key, and its author chose where it stands."""
    ids = item.key_ids
    return (
        item.status != "retired"
        and len(ids) == 1
        and ids[0] in item.options
        and len(item.options) > 1
        and not _have_an_order([*item.options.values()])
    )


def _have_an_order(texts: Sequence[str]) -> bool:
    """Whether options stand in an order of their own: mostly the first one tells that they do not."""
    first = _plain(texts[0])
    if first in _NATURAL_WORDS:
        return frozenset(map(_plain, texts)) in _NATURAL
    return _NUMBER.match(first) is not None and _is_numeric_order([*map(_plain, texts)])


def _plain(text: str) -> str:
    return text.strip().casefold().rstrip(".")


def _is_numeric_order(texts: Sequence[str]) -> bool:
    found = [_NUMBER.match(text) for text in texts]
    numbers = [_value(one[1]) for one in found if one]
    return len(numbers) == len(texts) and numbers in (sorted(numbers), sorted(numbers, reverse=True))


def _value(typed: str) -> float:
    """A number with its last `.` or `,` as the decimal point; a comma before three digits is none."""
    at = max(typed.rfind("."), typed.rfind(","))
    if at < 0:
        return float(typed)
    whole, rest = typed[:at].replace(".", "").replace(",", ""), typed[at + 1 :]
    return float(whole + rest if typed[at] == "," and len(rest) == _THOUSANDS else f"{whole}.{rest}")


def _counted(counts: Sequence[int]) -> str:
    return ", ".join(f"{_letter(place)} {count}" for place, count in enumerate(counts))


def _letter(place: int) -> str:
    return _LETTERS[place] if place < len(_LETTERS) else str(place + 1)


def _probability(p: float) -> str:
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"


def _longest_run(positions: Sequence[int]) -> str:
    length, place = max((len(list(run)), -place) for place, run in groupby(positions))
    return f"{length} times {_letter(-place)}"
