"""Item statistics: measured or simulated numbers about an item, never invented."""

from __future__ import annotations

from typing import Literal

import msgspec


class OptionStatistics(msgspec.Struct, frozen=True, omit_defaults=True):
    """Share of candidates that chose an option, and the option's point-biserial."""

    share: float | None = None
    r: float | None = None


class Irt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Item response parameters; None is not known. D is the scaling constant: 1, 1.7 or 1.702."""

    model: Literal["1PL", "2PL", "3PL", "GRM", "GPC"]
    D: float = 1.0
    a: float = 1.0
    b: float | None = None
    c: float = 0.0
    thresholds: tuple[float, ...] = ()
    se: dict[str, float] = {}
    scale: str = ""


class Statistics(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of `statistics.jsonl`. p: proportion correct; r: corrected point-biserial."""

    item: str
    content_hash: str = ""
    as_of: str = ""
    n: int | None = None
    p: float | None = None
    r: float | None = None
    options: dict[str, OptionStatistics] = {}
    irt: Irt | None = None
    source: str = ""
    record: int = -1
