"""How often the hits of a rule were right: labelled hits, counted, with the Wilson lower bound.

The counts lie beside this module in `_precision.tsv`, a line for each rule, bank and labeller; the labels,
and the program that counts them, lie in `tests/precision/`. A rule with fewer than 20 labelled hits is
unmeasured.
"""

from __future__ import annotations

import enum
import functools
import math
from collections.abc import Mapping
from pathlib import Path

import msgspec

LEAST = 20
"""Fewer labelled hits are no measure."""
GOOD = 0.90
"""A measured rule with a lower share of right hits is an information, or off."""
TUNED_ON = frozenset({"cmcs", "medqa_us_test", "opentriviaqa_science_technology"})
"""The banks that were looked at while the rules were made: labels on them are in sample for every rule."""
HEADER = ("rule", "bank", "by", "n", "right")
FILE = Path(__file__).with_name("_precision.tsv")

_FIRST_TEXT = (
    "animals brain_teasers for_kids general geography history hobbies humanities literature people"
    " religion_faith sports world"
)
_SECOND_TEXT = "celebrities entertainment movies music newest rated television video_games"
_FIRST = frozenset(f"opentriviaqa_{name}" for name in _FIRST_TEXT.split())
_SECOND = frozenset(f"opentriviaqa_{name}" for name in _SECOND_TEXT.split())
# A bank belongs to a rule as soon as the rule is changed because of what it hits there.
_MENDED: Mapping[str, frozenset[str]] = {
    "absolute-term-cue": _FIRST | _SECOND,
    "blank-inside-stem": _FIRST | _SECOND,
    "clang-cue": _FIRST,
    "double-negative": _FIRST,
    "doubled-word": _FIRST | _SECOND,
    "format-cue": _FIRST,
    "heterogeneous-options": _FIRST | _SECOND,
    "k-type-options": _FIRST,
    "key-longest": _FIRST,
    "missing-lead-in": _FIRST | _SECOND,
    "near-duplicate-item": _FIRST | _SECOND,
    "number-cue": _FIRST | _SECOND,
    "opinion-stem": _FIRST | _SECOND,
    "opposites-cue": _FIRST,
    "overlapping-ranges": _FIRST,
    "shuffle-unsafe-option": _FIRST,
    "unbalanced-markup": _FIRST,
}
_Z95 = 1.959963984540054  # the 0.975 quantile of the standard normal distribution
_FAMILIES_BY_DEFINITION = frozenset({"schema", "identity", "key", "links", "text", "codes", "statistics"})
_RULES_BY_DEFINITION = frozenset(
    {
        "contradicting-near-duplicate",
        "duplicate-item",
        "duplicate-option",
        "empty-cell",
        "overlapping-ranges",
        "thin-cell",
    }
)
_WHOLE_BANK = frozenset({"key-longest-rate", "key-position-skew"})


class Standing(enum.Enum):
    """What the severity of a rule rests on."""

    BY_DEFINITION = "by definition"
    OWN_TEST = "its own test"
    MEASURED = "measured"
    UNMEASURED = "unmeasured"


class Count(msgspec.Struct, frozen=True):
    """A line of the packaged file: of `n` labelled hits of a rule in a bank, `right` were right."""

    rule: str
    bank: str
    by: str
    n: int
    right: int


class Precision(msgspec.Struct, frozen=True):
    """Labelled hits of a rule: how many, how many right, by whom and on which banks (both sorted)."""

    rule: str
    n: int
    right: int
    by: tuple[str, ...]
    banks: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of right hits, 0 to 1."""
        return self.right / self.n

    @property
    def lower_bound(self) -> float:
        """The lower end of the 95 % Wilson interval of the share."""
        return wilson_lower(self.right, self.n)

    @property
    def enough(self) -> bool:
        """Whether there are hits enough for a measure."""
        return self.n >= LEAST


def wilson_lower(right: int, n: int, z: float = _Z95) -> float:
    """The lower end of the score interval of a proportion, 0 to 1; 0 when n is 0. `z` is the normal quantile.

    Source: Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association, 22, 209–212.
    """
    if n == 0:
        return 0.0
    p, part = right / n, z * z / n
    centre = p + part / 2
    half = z * math.sqrt(p * (1 - p) / n + part / (4 * n))
    return max(0.0, (centre - half) / (1 + part))


def tuned_on(slug: str) -> frozenset[str]:
    """The banks that were looked at while a rule was made or mended: labels on them are in sample."""
    return TUNED_ON | _MENDED.get(slug, frozenset())


def measured(slug: str) -> Precision | None:
    """All labelled hits of a rule, or None when there are none."""
    return _summed(slug, frozenset())


def out_of_sample(slug: str) -> Precision | None:
    """The labelled hits of a rule in banks that it was not tuned on, or None when there are none."""
    return _summed(slug, tuned_on(slug))


def standing(slug: str, family: str) -> Standing:
    """What the severity of a rule of qbank rests on."""
    if family in _FAMILIES_BY_DEFINITION or slug in _RULES_BY_DEFINITION:
        return Standing.BY_DEFINITION
    if slug in _WHOLE_BANK:
        return Standing.OWN_TEST
    found = measured(slug)
    return Standing.MEASURED if found is not None and found.enough else Standing.UNMEASURED


def told(slug: str, family: str) -> tuple[str, ...]:
    """What there is to say of a rule's precision, in sentences."""
    first = _BASIS.get(standing(slug, family))
    found = measured(slug)
    counted = ("Unmeasured: no hits labelled.",) if found is None else (_counted(found), _sample(found))
    if first is None:
        return counted
    return (first,) if found is None else (first, *counted)


def told_briefly(slug: str, family: str) -> str:
    """The same in a few words, for a table."""
    basis = standing(slug, family)
    found = measured(slug)
    hits = "" if found is None else f"{found.right} of {found.n}"
    if basis is Standing.MEASURED:
        return hits
    return f"{basis.value} ({hits})" if hits else basis.value


_BASIS: Mapping[Standing, str] = {
    Standing.BY_DEFINITION: "Right by definition: its severity does not rest on a measure.",
    Standing.OWN_TEST: "It judges a whole bank: its test statistic is the measure.",
}


def _counted(one: Precision) -> str:
    source = f"by {' and '.join(one.by)}, on {', '.join(one.banks)}"
    if one.enough:
        return f"Measured: {one.right} of {one.n} hits right ({_figures(one)}), labelled {source}."
    hits = f"{one.n} hit{'s' * (one.n != 1)} labelled ({one.right} right: {_figures(one)})"
    return f"Unmeasured: {hits}, fewer than {LEAST}; {source}."


def _sample(one: Precision) -> str:
    unseen = out_of_sample(one.rule)
    if unseen is None:
        return "In sample: the rule was tuned on these banks."
    if unseen.n == one.n:
        return "Out of sample: the rule was not tuned on these banks."
    share = f"{unseen.right} of {unseen.n} ({_figures(unseen)})"
    return f"Of these out of sample, on {', '.join(unseen.banks)}: {share}; the rule was tuned on the others."


def _figures(one: Precision) -> str:
    return f"{one.share:.2f}; 95 % lower bound {one.lower_bound:.2f}"


def _summed(slug: str, without: frozenset[str]) -> Precision | None:
    counts = [one for one in _counts() if one.rule == slug and one.bank not in without]
    if not counts:
        return None
    return Precision(
        rule=slug,
        n=sum(one.n for one in counts),
        right=sum(one.right for one in counts),
        by=tuple(sorted({one.by for one in counts})),
        banks=tuple(sorted({one.bank for one in counts})),
    )


@functools.cache
def _counts() -> tuple[Count, ...]:
    _, *lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(Count(rule, bank, by, int(n), int(right)) for rule, bank, by, n, right in rows)
