"""Whether a text asks something, or is to be completed by an option."""

from __future__ import annotations

import re

from qbank.rules._patterns import compiled

_VERBS = (
    "select|choose|pick|mark|check|tick|identify|name|match|calculate|compute|determine|find|assign|code|report"
    "|state|give|complete|finish|list|arrange|order|rank|sort|place|put|indicate|decide|describe|explain"
    "|estimate|round|convert|write|solve|evaluate|translate|tell|guess|let|label|classify"
    "|change|turn|express|reduce|simplify|add|subtract|multiply|divide|fill|recall|consider|predict|compare"
)
_ASKS = compiled(
    r"\?|\b(?:which|what|who|whose|whom|where|when|why|how)\b|\bexcept\b|\bfollowing\b|_{2,}"
    rf"|(?:^|[.!?:;,]\W{{0,6}}|\bplease\s+|\b(?:and|then|to)\s+)(?:{_VERBS})\b",
    re.IGNORECASE,
)
# ", which alleviates the symptoms." tells; it does not ask
_TELLS = compiled(
    r"(?<=\w),?\s+(?:(?:in|of|to|from|with|at|on|for|by|after|during|through|under|over|along)\s+)(?:which|whom|whose)\b"
    r"|,\s+(?:which|who|whom|whose|where|when|how)\b",
    re.IGNORECASE,
)
_STOPS = compiled(r"[.!](?<!\.\.)[\s\"”’'*_)\]]*$")


def completes(text: str) -> bool:
    """Whether a text is left open, so that an option completes it: no full stop at its end."""
    return _STOPS.search(text) is None


def asks(text: str) -> bool:
    """Whether a text holds a question, a task or a gap."""
    return _ASKS.search(text if "?" in text else _TELLS.sub(" ", text)) is not None
