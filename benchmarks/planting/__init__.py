"""Flaws to plant: one module a family, one planter a rule, written from what the rule promises."""

from __future__ import annotations

from importlib import import_module

FAMILIES = (*("schema", "identity", "key", "stem", "options", "cues", "text", "bank", "links", "duplicates"),)

for _family in FAMILIES:
    import_module(f"{__name__}.{_family}")
