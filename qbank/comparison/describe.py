"""Changes in words: what text and markdown share. Texts stay as they are; who shows them makes them safe."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from qbank.comparison import changes as c
from qbank.comparison.changes import Change, Comparison, ItemChange, Span

SECTIONS: tuple[tuple[str, str], ...] = (
    ("hit", "Key or its text changed, no new approval"),
    ("key", "Key or its text changed"),
    ("content", "Content changed"),
    ("status", "Status changed"),
    ("other", "Other changes"),
    ("added", "Added"),
    ("removed", "Removed"),
    ("renamed", "Another id, the same content"),
    ("unreadable", "Cannot be read any more"),
    ("unreadable-before", "Could not be read before"),
)
"""The groups in which items are told: each item once, where it weighs most."""

_CONTENT = frozenset({"type", "stem", "key-written", "stimulus", "scoring"})
_STATUS = {
    "draft": "back to draft",
    "review": "sent to review",
    "approved": "approved",
    "active": "activated",
    "pretest": "set to pretest",
    "suspended": "suspended",
    "retired": "retired",
}
_STALE = frozenset({c.STATISTICS_STALE, c.APPROVAL_STALE})
_KEPT = 6


class Told(msgspec.Struct, frozen=True):
    """A change to show: what it is about, the old and the new value ("" for none), words, a note."""

    label: str
    old: str = ""
    new: str = ""
    words: tuple[Span, ...] = ()
    note: str = ""


def section(item: ItemChange) -> str:
    """The group of an item."""
    if item.fate != "changed":
        return "hit" if item.hit and item.fate != "unreadable" else item.fate
    if item.hits_key:
        return "hit" if item.hit else "key"
    kinds = {one.kind for one in item.changes}
    if kinds & _CONTENT or any(kind.startswith(("option-", "prompt-")) for kind in kinds):
        return "content"
    return "status" if c.STATUS in kinds else "other"


def told(change: Change) -> Told:
    """A change in words."""
    label = " ".join(filter(None, (change.kind.replace("-", " "), change.at)))
    if change.kind in (c.KEY, c.KEY_WRITTEN):
        note = "the same answer, written otherwise" if change.kind == c.KEY_WRITTEN else ""
        return Told("key", change.old_text or "no key", change.new_text or "no key", note=note)
    if change.kind in _STALE:
        return Told(label, note=_stale(change))
    what, _, how = change.kind.partition("-")
    if what in ("option", "prompt"):
        return _labelled(change, what, how)
    if change.kind == c.STATUS:
        return Told("status", str(change.old), str(change.new))
    if isinstance(change.old or "", str) and isinstance(change.new or "", str):
        return _text(label, change)
    if isinstance(change.old or [], list) and isinstance(change.new or [], list):
        return _lists(label, change.old or [], change.new or [])
    if isinstance(change.old, dict) and isinstance(change.new, dict):
        return _mappings(label, change.old, change.new)
    return Told(label, value(change.old), value(change.new))


def summary(comparison: Comparison) -> list[str]:
    """What changed, counted: "1 key changed", "2 items added"."""
    fates, kinds = comparison.fates(), comparison.kinds()
    statuses = Counter(
        _STATUS.get(str(change.new), str(change.new))
        for one in comparison.items
        for change in one.changes
        if change.kind == c.STATUS
    )
    keys = sum(one.hits_key for one in comparison.items) - kinds[c.KEY]
    stimuli, bank = len(comparison.stimuli), len(comparison.bank)
    counts = (
        (kinds[c.KEY], "key changed", "keys changed"),
        (keys, "text of a key changed", "texts of keys changed"),
        (fates["changed"], "item changed", "items changed"),
        (fates["added"], "added", "added"),
        (fates["removed"], "removed", "removed"),
        (fates["renamed"], "with another id", "with another id"),
        *((statuses[status], status, status) for status in sorted(statuses)),
        (fates["unreadable"] + fates["unreadable-before"], "not comparable", "not comparable"),
        (stimuli, "stimulus changed", "stimuli changed"),
        (bank, "field of the bank record changed", "fields of the bank record changed"),
        (kinds[c.STATISTICS_STALE], "item with stale statistics", "items with stale statistics"),
        (kinds[c.APPROVAL_STALE], "stale approval", "stale approvals"),
    )
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    return said or ["no differences"]


def verdict(comparison: Comparison) -> str:
    """The sentence about what makes the exit code 1, "" without such items."""
    lost = sum(one.fate == "unreadable" for one in comparison.hits)
    changed = len(comparison.hits) - lost
    said = []
    if changed:
        items = "an approved item" if changed == 1 else f"{changed} approved items"
        said.append(f"the key of {items} changed without a new approval")
    if lost:
        items = "an approved item" if lost == 1 else f"{lost} approved items"
        said.append(f"{items} cannot be read any more")
    return "; ".join(said)


def shortened(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Spans in which long runs that did not change show their ends only."""
    last = len(spans) - 1
    return tuple(
        Span(one.op, _ends(one.text, number > 0, number < last)) if one.op == "same" else one
        for number, one in enumerate(spans)
    )


def value(tree: Any) -> str:
    """A value as a line of text."""
    if tree is None:
        return ""
    if isinstance(tree, bool):
        return "true" if tree else "false"
    if isinstance(tree, dict) and "code" in tree and "system" in tree:
        rest = ", ".join(str(tree[name]) for name in ("role", "expect") if tree.get(name))
        return f"{tree['system']} {tree['code']}" + (f" ({rest})" if rest else "")
    if isinstance(tree, dict):
        parts = {name: value(part) for name, part in tree.items() if part not in (None, "", [], {})}
        return ", ".join(f"{name} {part}" for name, part in parts.items())
    if isinstance(tree, list):
        return "; ".join(value(part) for part in tree)
    return f"{tree:g}" if isinstance(tree, float) else str(tree)


def _ends(text: str, before: bool, after: bool) -> str:
    """A run of words cut where nothing stands beside it: `before` and `after` tell whether something does."""
    run = text.split(" ")
    if len(run) <= _KEPT * (before + after) + 2:
        return text
    start = run[:_KEPT] if before else []
    end = run[-_KEPT:] if after else []
    return " ".join((*start, "…", *end))


def _labelled(change: Change, what: str, how: str) -> Told:
    """A change of an option or a prompt."""
    label = " ".join(filter(None, (what, change.at, "(key)" if change.keyed else "")))
    if how == "order":
        return Told(f"{what}s", value(change.old), value(change.new), note="order only")
    if how == "renamed":
        return Told(label, change.old, change.new, note=f"another id for {change.new_text!r}")
    if how == "text":
        return _text(label, change)
    return Told(label, change.old or "", change.new or "", note=how)


def _text(label: str, change: Change) -> Told:
    old, new = change.old or "", change.new or ""
    if old.split() == new.split() and old != new:
        return Told(label, note="white space only")
    kept = any(one.op == "same" for one in change.words)
    return Told(label, old, new, change.words if kept else ())


def _lists(label: str, old: list[Any], new: list[Any]) -> Told:
    before, after = [value(one) for one in old], [value(one) for one in new]
    if sorted(before) == sorted(after):
        return Told(label, "; ".join(before), "; ".join(after), note="order only")
    gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
    if not gone and not come:
        return Told(label, "; ".join(before), "; ".join(after))
    return Told(label, "; ".join(gone), "; ".join(come))


def _mappings(label: str, old: dict[str, Any], new: dict[str, Any]) -> Told:
    names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return Told(
        label,
        value({name: old.get(name) for name in names}),
        value({name: new.get(name) for name in names}),
    )


def _stale(change: Change) -> str:
    facts = change.old
    if change.kind == c.APPROVAL_STALE:
        return f"the approval of {facts['date']} by {facts['by']} is about another content"
    date = f" of {facts['as_of']}" if facts["as_of"] else ""
    numbers = ", ".join(f"{name} {facts[name]:g}" for name in ("n", "p", "r") if facts[name] is not None)
    return f"the statistics{date} are about another content" + (f" ({numbers})" if numbers else "")
