"""Fingerprints: the same finding has the same one in every run, wherever its line has moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from qbank.diagnostics import Diagnostic


def fingerprint(one: Diagnostic) -> str:
    """Stable over runs and lines: rule, item (or file) and field."""
    return _hash((one.rule, one.item or one.file, one.pointer))


def unlike(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """A fingerprint for each diagnostic, no two the same: what says the same again is numbered."""
    seen: Counter[str] = Counter()
    for one in diagnostics:
        mark = fingerprint(one)
        seen[mark] += 1
        yield mark if seen[mark] == 1 else _hash((mark, str(seen[mark])))


def _hash(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
