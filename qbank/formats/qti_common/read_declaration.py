"""The declaration of a response: what is given, what is right, the points by response."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import msgspec

from qbank.formats.qti_common.legacy import q

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


class Declared(msgspec.Struct, frozen=True):
    """A response declaration: what is given, what is right, and the points by response."""

    cardinality: str = "single"
    base: str = ""
    correct: tuple[str, ...] = ()
    interpretation: str = ""
    mapping: tuple[tuple[str, float], ...] = ()
    default: float = 0.0
    low: float | None = None
    high: float | None = None
    sensitive: bool = False

    @property
    def is_number(self) -> bool:
        """Whether a number is given."""
        return self.base in ("float", "integer")


def declared(node: Element | None) -> Declared:
    """What a declaration says; of a missing one nothing."""
    if node is None:
        return Declared()
    right = node.find(q("qti-correct-response"))
    mapping = node.find(q("qti-mapping"))
    entries = [] if mapping is None else list(mapping.iterfind(q("qti-map-entry")))
    return Declared(
        node.get("cardinality") or "single",
        node.get("base-type") or "",
        () if right is None else tuple(text_in(one) for one in right.iterfind(q("qti-value"))),
        "" if right is None else right.get("interpretation") or "",
        tuple((one.get("map-key") or "", number_in(one.get("mapped-value")) or 0.0) for one in entries),
        0.0 if mapping is None else number_in(mapping.get("default-value")) or 0.0,
        None if mapping is None else number_in(mapping.get("lower-bound")),
        None if mapping is None else number_in(mapping.get("upper-bound")),
        any(one.get("case-sensitive") == "true" for one in entries),
    )


def text_in(node: Element) -> str:
    """The text of an element, white space made single blanks."""
    return " ".join((node.text or "").split())


def number_in(text: str | None) -> float | None:
    """A finite number; None for any other text."""
    try:
        number = math.nan if text is None else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def decimal_in(text: str | None) -> Decimal | None:
    """A number as it is written; None for one that is none, or beyond what a float holds."""
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and math.isfinite(float(number)) else None
