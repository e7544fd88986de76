"""An item with one right answer: its key and its distractors, for rules that set one against the others."""

from __future__ import annotations

import re

from qbank.model.item import MultipleChoice

_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")
_QUOTED = re.compile(
    # bounded: a text may open any number of quotations and close none
    r"“[^”]{0,500}”|\"[^\"]*\"|(?<!\w)[‘'][^’']{3,500}[’'](?!\w)|`[^`]*`|(?<!\w)[*_][^*_]+[*_](?!\w)"
)
_SMALL_TEXT = "a an and as at but by for from in into nor of on or the to with"
_SMALL = frozenset(_SMALL_TEXT.split())


def key_and_distractors(item: MultipleChoice) -> tuple[str, list[str]]:
    """The id of the key and those of the distractors; "" and [] when there is no single key among them."""
    ids = item.key_ids
    if len(ids) != 1 or ids[0] not in item.options:
        return "", []
    return ids[0], [id for id in item.options if id != ids[0]]


def unquoted(text: str) -> str:
    """A text without what it quotes, names as a title in italics, or shows as code."""
    return _QUOTED.sub(" ", text)


def is_title(text: str) -> bool:
    """Whether a text of several words is a name or title: all of its longer words begin with a capital."""
    found = [word for word in _WORD.findall(text) if word.casefold() not in _SMALL]
    return len(found) > 1 and all(word[0].isupper() for word in found)
