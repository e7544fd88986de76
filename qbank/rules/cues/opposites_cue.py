"""Rule opposites-cue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import key_and_distractors
from qbank.rules.options._many import MOST
from qbank.rules.options._plain import words
from qbank.screening import Field, Screen, mentions, whole

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_PAIRS = (
    ("increase", "decrease"),
    ("increases", "decreases"),
    ("increased", "decreased"),
    ("increasing", "decreasing"),
    ("higher", "lower"),
    ("high", "low"),
    ("rises", "falls"),
    ("more", "less"),
    ("greater", "smaller"),
    ("faster", "slower"),
    ("longer", "shorter"),
    ("larger", "smaller"),
    ("positive", "negative"),
    ("hyperkalemia", "hypokalemia"),
    ("hypernatremia", "hyponatremia"),
    ("hypercalcemia", "hypocalcemia"),
    ("hyperglycemia", "hypoglycemia"),
    ("hypertension", "hypotension"),
    ("hyperthyroidism", "hypothyroidism"),
    ("acidosis", "alkalosis"),
    ("acidic", "alkaline"),
    ("allowed", "forbidden"),
    ("activation", "inhibition"),
    ("stimulates", "inhibits"),
    ("gain", "loss"),
    ("above", "below"),
    ("before", "after"),
    ("absent", "present"),
    ("up", "down"),
    ("with", "without"),
    ("rise", "fall"),
    ("elevated", "reduced"),
    ("maximum", "minimum"),
    ("most", "least"),
    ("presence", "absence"),
    ("excess", "deficiency"),
    ("activates", "inhibits"),
    ("promotes", "inhibits"),
    ("dilation", "constriction"),
    ("vasodilation", "vasoconstriction"),
    ("upregulation", "downregulation"),
    ("overproduction", "underproduction"),
    ("required", "optional"),
    ("allowed", "prohibited"),
)
_PREFIXES = (("hyper", "hypo"), ("hypo", "hyper"))
_OPPOSITE: dict[str, frozenset[str]] = {}
for _one, _other in _PAIRS:
    _OPPOSITE[_one] = _OPPOSITE.get(_one, frozenset()) | {_other}
    _OPPOSITE[_other] = _OPPOSITE.get(_other, frozenset()) | {_one}
_BETWEEN_TEXT = (
    "normal neutral unchanged same equal constant change unaffected zero medium middle moderate average"
)
_BETWEEN = frozenset(_BETWEEN_TEXT.split())
_ENOUGH = 4
_NEGATIONS = frozenset({"not", "no", "never", "cannot", "don't", "doesn't", "isn't", "aren't"})


_HALVES_TEXT = (*sorted(_OPPOSITE), "hyper", "hypo")
_HALVES = mentions(*whole(_HALVES_TEXT[:-2]), "|hyper", "|hypo", fields=Field.OPTIONS)
_NOT = mentions(*whole(sorted(_NEGATIONS)), fields=Field.OPTIONS)


def _may_fire(batch: Batch) -> Iterable[int]:
    """Items two of whose options may be equal but for a word and its opposite, or but for a negation."""
    from qbank.screening.turned import turned

    return turned(batch, _HALVES, (*_PAIRS, _PREFIXES[0]), _NOT)


@rule(Severity.INFO, screen=Screen(_may_fire, (_HALVES, _NOT)))
def opposites_cue(item: MultipleChoice) -> Iterator[Finding]:
    """Exactly two of four or more options are opposites, and one of them is the key.

    "It increases" and "it decreases" cover nearly all there is, so test-wise candidates look at no other
    option. Two pairs of opposites, or three values with "no change", "medium" or the plain thing between
    ("one pound" beside "more than one pound"), give nothing away; nor does a pair
    among more than a hundred options.

    Give the others an opposite too, or replace the one that is no key.

    Source: NBME item-writing guide (logical cues: collectively exhaustive options).
    """
    if not _ENOUGH <= len(item.options) <= MOST:
        return
    found = {id: words(text) for id, text in item.options.items()}
    if all(
        _OPPOSITE.keys().isdisjoint(one) and _NEGATIONS.isdisjoint(one) and not any(map(_is_hyper, one))
        for one in found.values()
    ):
        return
    key, _ = key_and_distractors(item)
    if any(sum(word in _OPPOSITE for word in one) > 1 for one in found.values()):
        return  # several values vary: increased this, decreased that
    pairs = [(a, b) for a, b in combinations(found, 2) if _are_opposites(found[a], found[b])]
    between = any(not _BETWEEN.isdisjoint(one) for one in found.values())
    if len(pairs) == 1 and key in pairs[0] and not between:
        one, other = pairs[0]
        rest = [found[id] for id in found if id not in (one, other)]
        if any(words and {*words} <= {*found[one]} & {*found[other]} for words in rest):
            return
        yield Finding(
            item.at("options", other),
            f"options {one} and {other} are opposites, no others are, and one of the two is the key",
            related=(Related(item.at("options", one), f"option {one}"),),
            hint="Give the others an opposite too, or replace the one that is no key.",
        )


def _is_hyper(word: str) -> bool:
    return word.startswith("hyper")


def _turns(one: str, other: str) -> bool:
    """Whether two words are opposites: listed as such, or hyper and hypo of one thing."""
    return other in _OPPOSITE.get(one, ()) or any(
        one.startswith(first) and other == second + one[len(first) :] for first, second in _PREFIXES
    )


def _are_opposites(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two texts are equal but for a word and its opposite, or but for a negation."""
    if len(one) == len(other):
        differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        return len(differing) == 1 and _turns(*differing[0])
    short, long = sorted((one, other), key=len)
    return (
        len(long) == len(short) + 1
        and not _NEGATIONS.isdisjoint(long)
        and tuple(word for word in long if word not in _NEGATIONS) == short
    )
