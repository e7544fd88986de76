"""How many options are compared with each other."""

from __future__ import annotations

MOST = 100
"""Options of an item, at most, that are compared in pairs: no candidate reads more, and pairs are many."""
