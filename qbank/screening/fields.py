"""Screens on single fields, and on what a bank declares or asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from qbank.screening.words import Screen, Words

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

    Test = Callable[[Batch], Iterable[int]]

_END = 80


def present(field: str) -> Test:
    """Items that have the field: `present("stimulus")`."""
    return lambda batch: batch.having(field)


def having(field: str, words: Words) -> Screen:
    """Items that have the field and meet a condition of words."""
    return Screen(
        lambda batch: set(batch.having(field)).intersection(map(int, batch.holding(words))), (words,)
    )


def asked_for(field: str) -> Test:
    """All items of a bank whose record requires the field, no items of another."""

    def test(batch: Batch) -> Iterable[int]:
        return batch.all if field in batch.bank.info.require else ()

    return test


def limited(name: str) -> Test:
    """All items of a bank whose record sets that limit, no items of another."""

    def test(batch: Batch) -> Iterable[int]:
        return batch.all if batch.bank.info.limits.get(name, 0) else ()

    return test


def marked(test: Callable[[bytes], bool], confirm: Callable[[str], bool] | None = None) -> Test:
    """Items with a text whose marks meet a test.

    The test is given the brackets, quotation marks, grave accents, dollar signs and asterisks of one text, in
    order, without what stands between them; `confirm` is given the text itself, where the test was met.
    """
    judge = lru_cache(maxsize=4096)(test)
    return lambda batch: batch.marked(judge, confirm)


def stem_ends(endings: tuple[str, ...], closers: str) -> Test:
    """Items whose stem ends so, white space and some closing signs behind it set aside."""
    closing = closers + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
    last = {ending[-1].lower() for ending in endings}
    fitting = bytes(
        code for code in range(256) if code >= 0x80 or chr(code) in last or chr(code) in f"{closing}\0"
    )

    def test(batch: Batch) -> Iterable[int]:
        stems = batch.stems
        ends = ((number, stems[number][-_END:].rstrip(closing)) for number in batch.stems_that_end(fitting))
        return [number for number, end in ends if end.endswith(endings) or not end]

    return test


def undeclared_area(batch: Batch) -> Iterable[int]:
    """Items in a content area that the bank does not declare, though it declares some."""
    declared = batch.bank.info.area_titles()
    known = {"", *declared}
    return [at for at, one in enumerate(batch.items) if one.content_area not in known] if declared else ()


def undeclared_level(batch: Batch) -> Iterable[int]:
    """Items of a cognitive level that the bank does not declare, though it declares some."""
    declared = batch.bank.info.cognitive_levels
    known = {"", *declared}
    return (
        [at for at, item in enumerate(batch.items) if item.cognitive_level not in known] if declared else ()
    )


def longer_than(characters: int) -> Test:
    """Items with a text that may be longer than that."""
    return lambda batch: batch.longer_than(characters)


def doubled_words(batch: Batch) -> Iterable[int]:
    """Items in which a word may stand twice in a row, and items with characters beyond ASCII."""
    return batch.doubling
