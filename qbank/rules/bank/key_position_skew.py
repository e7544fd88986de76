"""key-position-skew."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, repeat

import msgspec

from qbank.diagnostics import Finding, Severity, Where
from qbank.model.as_read import each
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item, MultipleChoice
from qbank.rule import rule

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(r"[^\w-]{0,2}(-?\d+(?:[.,]\d+)*)")
_THOUSANDS = 3
_NATURAL = frozenset({frozenset({"true", "false"}), frozenset({"yes", "no"})})
_PLACES = 1 << 20
_WHOLE, _AREA, _AUTHOR = "", " in the content area ", " by the author "
_NATURAL_WORDS = frozenset[str]().union(*_NATURAL)


class _Group(msgspec.Struct, frozen=True):
    """Items that are tested together: where, what is said of them, how often the key is at each position."""

    where: Where
    kind: str
    name: str
    counts: tuple[int, ...]

    @property
    def options(self) -> int:
        """How many options each has."""
        return len(self.counts)

    @property
    def size(self) -> int:
        """How many they are."""
        return sum(self.counts)

    @property
    def statistic(self) -> float:
        """Pearson's chi-square against equal shares."""
        expected = self.size / self.options
        return sum((count - expected) ** 2 / expected for count in self.counts)

    @property
    def p(self) -> float:
        """The probability of a statistic that large by chance."""
        return chi_square_tail(self.statistic, self.options - 1)


@rule(Severity.WARNING)
def key_position_skew(
    bank: Bank, earlier: Earlier, *, minimum_items: int = 40, alpha: float = 0.01
) -> Iterator[Finding]:
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
    told = earlier.column("key-position-skew", bank.items, _told)
    tests = sorted(_groups(bank, told, minimum_items), key=lambda group: group.p)
    for number, group in enumerate(tests):
        corrected = group.p * (len(tests) - number)
        if corrected >= alpha:
            return
        yield Finding(
            group.where,
            f"the keys of {group.size} items with {group.options} options{group.kind}{group.name} stand "
            f"{_counted(group.counts)} (chi-square {group.statistic:.1f}, {_probability(corrected)}; "
            f"longest run {_longest_run(_positions(bank, told, group))})",
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


def _groups(bank: Bank, told: Sequence[int], minimum: int) -> Iterator[_Group]:
    """The whole bank, its content areas and its authors, each by number of options."""
    areas = {area.id: number for number, area in enumerate(bank.info.content_areas)}
    parts: defaultdict[tuple[int, str, str], Counter[int]] = defaultdict(Counter)
    for kind in (_WHOLE, _AREA, _AUTHOR):
        for (code, field), count in Counter(zip(told, _fields(bank, kind), strict=True)).items():
            options, place = divmod(code, _PLACES)
            if options:
                parts[options, kind, _part(kind, field)][place] += count
    for (options, kind, name), found in sorted(parts.items()):
        size = found.total()
        whole = not kind or (bool(name) and size < parts[options, _WHOLE, ""].total())
        if whole and size >= max(minimum, 5 * options):
            pointer = ("content_areas", areas[name]) if kind == _AREA and name in areas else ()
            counts = tuple(found[place] for place in range(options))
            yield _Group(bank.info.at(*pointer), kind, name, counts)


def _fields(bank: Bank, kind: str) -> Iterable[str]:
    """What each item has that makes it one of a part of the bank."""
    if kind == _WHOLE:
        return repeat("", len(bank.items))
    return each(bank.items, "content_area" if kind == _AREA else "author")


def _part(kind: str, field: str) -> str:
    return field.split("/")[0] if kind == _AREA else field


def _positions(bank: Bank, told: Sequence[int], group: _Group) -> list[int]:
    """The positions of the keys of a group in order of the bank."""
    return [
        code % _PLACES
        for code, field in zip(told, _fields(bank, group.kind), strict=True)
        if code // _PLACES == group.options and _part(group.kind, field) == group.name
    ]


def _told(items: Sequence[Item]) -> list[int]:
    """Of each item that counts the number of options times `_PLACES` and the position of its key; else 0."""
    return [
        len(item.options) * _PLACES + [*item.options].index(item.key_ids[0])
        if isinstance(item, MultipleChoice) and _is_free(item)
        else 0
        for item in items
    ]


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
