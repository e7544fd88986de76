"""text: for people at a terminal, items grouped by what weighs most in them."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.comparison import describe
from qbank.comparison.changes import Change, Comparison, ItemChange, Span, StimulusChange
from qbank.comparison.describe import Told
from qbank.reporters.contract import Rendering
from qbank.reporters.safe import safe, width

STEM = 90
"""So many characters of a stem tell which item is meant."""

LINE = 100
"""Old and new stand on one line up to this width."""

_STYLES = {"old": "error", "new": "good"}
_MARKS = {"old": ("[-", "-]"), "new": ("{+", "+}")}


def render(comparison: Comparison, rendering: Rendering) -> str:
    """Groups of items, then stimuli, the bank's record and one line that sums up."""
    blocks = [
        *_items(comparison, rendering),
        *_stimuli(comparison, rendering),
        *_bank(comparison, rendering),
        "\n".join(_end(comparison, rendering)),
    ]
    return "\n\n".join(blocks) + "\n"


def one_line(text: str) -> str:
    """A text of a bank on one line, fit for a terminal."""
    return safe(" ".join(text.split()))


def _items(comparison: Comparison, rendering: Rendering) -> Iterator[str]:
    for name, title in describe.SECTIONS:
        members = [one for one in comparison.items if describe.section(one) == name]
        if members:
            role = "error" if name in ("hit", "unreadable") else "warning" if name == "key" else "info"
            head = rendering.style(f"{title} ({len(members)})", role)
            yield "\n".join((head, *(line for one in members for line in _item(one, rendering))))


def _item(item: ItemChange, rendering: Rendering) -> Iterator[str]:
    facts = [f"was {safe(item.old_id)}"] if item.old_id else []
    if item.approved:
        facts.append(f"approved {one_line(item.approval)}".rstrip())
    if item.fate in ("added", "removed"):
        facts.append(item.status)
    facts.append(safe(item.file))
    yield f"  {rendering.style(safe(item.id), 'place')}  {', '.join(filter(None, facts))}".rstrip()
    if item.fate in ("added", "removed", "renamed"):
        stem = one_line(item.stem)
        if stem:
            yield f"    {stem if len(stem) <= STEM else stem[: STEM - 1] + '…'}"
    yield from _changes(item.changes, rendering)


def _stimuli(comparison: Comparison, rendering: Rendering) -> Iterator[str]:
    if comparison.stimuli:
        head = rendering.style(f"Stimuli ({len(comparison.stimuli)})", "info")
        lines = [line for one in comparison.stimuli for line in _stimulus(one, rendering)]
        yield "\n".join((head, *lines))


def _stimulus(one: StimulusChange, rendering: Rendering) -> Iterator[str]:
    fate = f"was {safe(one.old_id)}" if one.old_id else one.fate
    touched = f", touches {safe(', '.join(one.items))}" if one.items else ", no item hangs on it"
    yield f"  {rendering.style(safe(one.id), 'place')}  {fate}{touched}"
    yield from _changes(one.changes, rendering)


def _bank(comparison: Comparison, rendering: Rendering) -> Iterator[str]:
    if comparison.bank:
        yield "\n".join((rendering.style("Bank record", "info"), *_changes(comparison.bank, rendering)))


def _changes(changes: tuple[Change, ...], rendering: Rendering) -> Iterator[str]:
    told = [describe.told(one) for one in changes]
    room = max((width(one_line(one.label)) for one in told), default=0)
    for one in told:
        yield from _change(one, min(room, 24), rendering)


def _change(one: Told, room: int, rendering: Rendering) -> Iterator[str]:
    label = one_line(one.label)
    start = f"    {rendering.style(label, 'rule')}{' ' * max(0, room - width(label))}  "
    note = rendering.style(f"({safe(one.note)})", "hint") if one.note else ""
    if one.words:
        yield f"{start}{_inline(one.words, rendering)} {note}".rstrip()
        return
    sides = [
        rendering.style(one_line(text), role)
        for text, role in ((one.old, "error"), (one.new, "good"))
        if text
    ]
    if len(sides) == 2 and width(one_line(one.old)) + width(one_line(one.new)) > LINE:
        yield f"{start}{sides[0]}"
        yield f"    {' ' * room}  → {sides[1]} {note}".rstrip()
    elif len(sides) == 2:
        yield f"{start}{sides[0]} → {sides[1]} {note}".rstrip()
    elif sides:
        sign = "-" if one.old else "+"
        yield f"{start}{sign} {sides[0]} {note}".rstrip()
    else:
        yield f"{start}{note}".rstrip()


def _inline(spans: tuple[Span, ...], rendering: Rendering) -> str:
    return " ".join(_span(one, rendering) for one in describe.shortened(spans))


def _span(one: Span, rendering: Rendering) -> str:
    if one.op == "same":
        return safe(one.text)
    before, after = _MARKS[one.op]
    return rendering.style(f"{before}{safe(one.text)}{after}", _STYLES[one.op])


def _end(comparison: Comparison, rendering: Rendering) -> Iterator[str]:
    old, new = comparison.old, comparison.new
    for side, which in ((old, "OLD"), (new, "NEW")):
        if not side.complete:
            yield rendering.style(f"{which} could not be read whole; `qbank lint` says why.", "warning")
    sides = f"{safe(old.name)} → {safe(new.name)}"
    items = f"{old.items} → {new.items} items"
    role = "error" if comparison.hits else "good" if comparison.is_empty else "place"
    yield f"{sides} ({items}): {rendering.style(', '.join(describe.summary(comparison)), role)}"
    said = describe.verdict(comparison)
    if said:
        yield rendering.style(said, "error")
