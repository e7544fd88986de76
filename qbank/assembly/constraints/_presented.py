"""Where a form presents the keys of its single-answer items."""

from __future__ import annotations

from qbank.assembly.setting import Seat
from qbank.model.item import MultipleChoice


def presented(seat: Seat) -> int:
    """The position from 1 at which the key is presented; 0 when the item has no single such key."""
    if not isinstance(seat.item, MultipleChoice):
        return 0
    order = list(seat.placement.option_order or seat.item.option_texts)
    keys = seat.item.key_ids
    return order.index(keys[0]) + 1 if len(keys) == 1 and keys[0] in order else 0
