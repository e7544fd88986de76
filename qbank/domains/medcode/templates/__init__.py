"""Templates: every module here is a template of that name, which makes items from a code set."""

from __future__ import annotations

from qbank.discovery import DiscoveryError, modules, slug
from qbank.domains.medcode.templates._contract import Template


def templates() -> dict[str, Template]:
    """All templates by slug. Raises DiscoveryError for a module that shows none."""
    found: dict[str, Template] = {}
    for name, module in modules(__name__):
        template = getattr(module, "TEMPLATE", None)
        if not isinstance(template, Template):
            raise DiscoveryError(f"{module.__name__} shows no TEMPLATE")
        found[slug(name)] = template
    return found
