"""Response processing: conditions that set or add to SCORE, and the feedback that they show.

Points per option or pair are sums: each right choice adds points / keys, each false one takes the penalty's
share, and `minvalue` of SCORE keeps the sum from falling below the minimum. Canvas counts in per cent of the
points that stand beside the item, and knows its own shapes only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import assert_never

import msgspec

from qbank.formats.keys import accepted, bounds
from qbank.formats.qti12.vocabulary import GENERAL, PROMPT, RESPONSE, SCORE, q
from qbank.formats.qti_common.xml import Element, Value, number
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    ShortAnswer,
    TrueFalse,
)


class Scored(msgspec.Struct, frozen=True):
    """An item to be scored: what it is worth, the identifiers of its options, whether Canvas reads it."""

    item: Item
    worth: float
    idents: Mapping[str, str]
    canvas: bool

    @property
    def full(self) -> float:
        """What SCORE is at most."""
        return 100 if self.canvas else self.worth

    @property
    def partial(self) -> bool:
        """Whether right options or pairs are counted one by one."""
        item = self.item
        if self.canvas:
            return isinstance(item, Matching)
        return item.scoring.method != "all_or_nothing"


def keyed(item: Item) -> tuple[str, ...]:
    """The option ids that are right; of a true-false item the word."""
    return (str(bool(item.key)).lower(),) if isinstance(item, TrueFalse) else item.key_ids


def processing(scored: Scored) -> Element:
    """The response processing of an item."""
    item = scored.item
    least = item.scoring.minimum * scored.full if scored.partial and not scored.canvas else 0
    score: dict[str, Value] = {"varname": SCORE, "vartype": "Decimal", "defaultval": 0}
    score |= {"minvalue": float(least), "maxvalue": float(scored.full)}
    node = q("resprocessing", None, q("outcomes", None, q("decvar", score)))
    node.extend(_feedback(item, scored.idents))
    node.extend(_conditions(scored))
    return node


def feedback_ident(option: str, idents: Mapping[str, str]) -> str:
    """The identifier of an option's feedback."""
    return f"{idents[option]}_fb" if option in idents and idents[option].isdigit() else f"fb_{option}"


def _feedback(item: Item, idents: Mapping[str, str]) -> Iterator[Element]:
    if isinstance(item.rationale, str):
        if item.rationale:
            yield _condition([q("other")], shown=GENERAL, more=True)
        return
    single = isinstance(item, MultipleChoice | MultipleResponse | TrueFalse)
    for option in item.rationale if single else ():
        if option in idents:
            shown = feedback_ident(option, idents)
            yield _condition([_equal(idents[option])], shown=shown, more=True)


def _condition(
    tests: list[Element], value: float | None = None, action: str = "Set", shown: str = "", more: bool = False
) -> Element:
    node = q("respcondition", {"continue": "Yes" if more else "No"}, q("conditionvar", None, *tests))
    if value is not None:
        node.append(q("setvar", {"varname": SCORE, "action": action}, number(value)))
    if shown:
        node.append(q("displayfeedback", {"feedbacktype": "Response", "linkrefid": shown}))
    return node


def _equal(value: str, response: str = RESPONSE, **more: str | int) -> Element:
    return q("varequal", {"respident": response, **more}, value)


def _conditions(scored: Scored) -> Iterator[Element]:
    item, full = scored.item, scored.full
    match item:
        case MultipleChoice() | TrueFalse() | MultipleResponse():
            yield from _chosen(scored, item)
        case Matching():
            yield from _matched(scored, item)
        case Ordering():
            places = [_equal(scored.idents[id], index=place) for place, id in enumerate(item.key_ids, 1)]
            yield _condition([q("and", None, *places)], full)
        case Numeric():
            yield _condition([_within(item.key or NumericKey())], full)
        case ShortAnswer():
            case = "Yes" if item.case_sensitive else "No"
            texts = [_equal(text, case=case) for text in accepted(item)]
            yield _condition(texts if scored.canvas or len(texts) == 1 else [q("or", None, *texts)], full)
        case Essay():
            yield _condition([q("other")])
        case _:
            assert_never(item)


def _chosen(scored: Scored, item: MultipleChoice | MultipleResponse | TrueFalse) -> Iterator[Element]:
    keys = [scored.idents[id] for id in keyed(item)]
    wrong = [one for one in scored.idents.values() if one not in keys]
    if scored.partial:
        share = scored.full / len(keys)
        yield from (_condition([_equal(one)], share, "Add", more=True) for one in keys)
        if item.scoring.penalty:
            loss = share * item.scoring.penalty
            yield from (_condition([_equal(one)], loss, "Subtract", more=True) for one in wrong)
    elif isinstance(item, MultipleResponse):
        each = [*(_equal(one) for one in keys), *(q("not", None, _equal(one)) for one in wrong)]
        yield _condition([q("and", None, *each)], scored.full)
    else:
        yield _condition([_equal(one) for one in keys], scored.full)


def _matched(scored: Scored, item: Matching) -> Iterator[Element]:
    pairs = [(scored.idents[option], PROMPT + prompt) for prompt, option in (item.key or {}).items()]
    if not scored.partial:
        yield _condition([q("and", None, *(_equal(option, prompt) for option, prompt in pairs))], scored.full)
        return
    share = scored.full / len(pairs)
    for option, prompt in pairs:
        yield _condition([_equal(option, prompt)], share, "Add", more=True)
        if item.scoring.penalty and not scored.canvas:
            other = q("not", None, _equal(option, prompt))
            given = q("not", None, q("unanswered", {"respident": prompt}))
            yield _condition(
                [q("and", None, other, given)], share * item.scoring.penalty, "Subtract", more=True
            )


def _within(key: NumericKey) -> Element:
    limits = [
        q(tag, {"respident": RESPONSE}, plain(bound))
        for tag, bound in zip(("vargte", "varlte"), bounds(key), strict=True)
        if bound is not None
    ]
    span = q("and", None, *limits)
    return span if key.value is None else q("or", None, _equal(plain(Decimal(repr(key.value)))), span)


def plain(value: Decimal) -> str:
    """A number without an exponent."""
    return format(value.normalize(), "f")
