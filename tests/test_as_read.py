"""Items of which no more than the head is read until somebody asks for the rest."""

from __future__ import annotations

import copy
from operator import add

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.model.as_read import AsRead, Head, each, holding
from qbank.model.item import Item, ItemBase, MultipleChoice
from qbank.reading import bulk

WHOLE: tuple[Item, ...] = tuple(
    MultipleChoice(
        id=f"a-{number}",
        stem=f"Which is bone {number}?",
        options={"A": "femur", "B": "liver"},
        tags=("anatomy",) if number % 2 else (),
        enemies=("a-0",) if number == 3 else (),
        content_area="bones",
        record=number + 5,
    )
    for number in range(6)
)


def some(is_read: list[bool]) -> tuple[AsRead, list[str]]:
    """The items, some of them as heads; and the ids of those that are read, as it happens."""
    read: list[str] = []
    texts = [msgspec.json.encode(one) for one in WHOLE]

    def make(text: bytes, head: Head) -> Item:
        read.append(head.id)
        return msgspec.structs.replace(bulk.item(text), record=head.record)

    heads = [msgspec.structs.replace(bulk.head(text), record=5 + at) for at, text in enumerate(texts)]
    items = [one if known else head for one, head, known in zip(WHOLE, heads, is_read, strict=True)]
    return AsRead(items, [b""] * len(items), texts, make), read


def test_fields_of_a_head_are_those_of_an_item() -> None:
    ours = {one.name: (one.type, one.default) for one in msgspec.structs.fields(Head)}
    theirs = {one.name: (one.type, one.default) for one in msgspec.structs.fields(ItemBase)}
    assert ours.items() <= theirs.items()


@given(
    is_read=st.lists(st.booleans(), min_size=6, max_size=6),
    asked=st.lists(st.integers(-6, 5) | st.slices(6), max_size=5),
)
def test_they_are_the_items_in_whatever_order_they_are_asked_for(
    is_read: list[bool], asked: list[int | slice]
) -> None:
    items, read = some(is_read)
    for place in asked:
        assert items[place] == WHOLE[place]
    for name in Head.__struct_fields__:
        assert [*each(items, name)] == [*each(WHOLE, name)]
    assert [*holding(items, "tags", "enemies")] == [one for one in WHOLE if one.tags or one.enemies]
    assert len(read) == len(set(read))
    assert items == WHOLE
    assert items == WHOLE
    assert repr(items) == repr(WHOLE)
    assert items != WHOLE[1:]
    assert items != list(WHOLE)


def test_they_are_put_together_like_a_tuple() -> None:
    """As a rule of a plug-in does with the records of a bank, which has tuples where nothing was kept."""
    items, _ = some([False] * 6)
    assert add(items, ("last",)) == (*WHOLE, "last")
    assert add(("first",), items) == ("first", *WHOLE)
    assert add(items, items) == WHOLE + WHOLE
    with pytest.raises(TypeError):
        add(items, ["no tuple"])
    with pytest.raises(TypeError):
        add(["no tuple"], items)


def test_a_copy_is_the_same_whether_read_or_not() -> None:
    for known in ([False] * 6, [True, False] * 3):
        items, _ = some(known)
        assert copy.deepcopy(items) == WHOLE
        assert copy.copy(items) == WHOLE


def test_heads_alone_tell_their_fields_and_which_items_hold_something() -> None:
    items, read = some([False] * 6)
    assert [*each(items, "id")] == [one.id for one in WHOLE]
    assert read == []
    assert [one.id for one in holding(items, "enemies")] == ["a-3"]
    assert read == ["a-3"]
