"""markdown: for a comment on a pull request.

What comes from a bank stands in fenced blocks and code spans only, where nothing is read as markup, as a
link or as the name of a person to be called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qbank.comparison import describe
from qbank.comparison.changes import Change, Comparison, ItemChange, Span, StimulusChange
from qbank.comparison.describe import Told
from qbank.comparison.text import STEM, one_line
from qbank.reporters.contract import Rendering
from qbank.reporters.safe import safe

MOST = 60_000
"""A comment on GitHub holds 65,536 characters."""

LONGEST = 2000
"""A longer line is cut."""

_MARKS = {"old": ("[-", "-]"), "new": ("{+", "+}")}


def render(comparison: Comparison, rendering: Rendering) -> str:
    """A heading, what changed in numbers, then each item in a block."""
    del rendering
    old, new = comparison.old, comparison.new
    head = [
        "## Changes of the item bank",
        f"{code(old.name)} → {code(new.name)} ({old.items} → {new.items} items)",
        *(
            f"**{which} could not be read whole**; `qbank lint` says why."
            for side, which in ((old, "OLD"), (new, "NEW"))
            if not side.complete
        ),
        ", ".join(describe.summary(comparison)) + ".",
    ]
    said = describe.verdict(comparison)
    if said:
        head.append(f"**{said[0].upper()}{said[1:]}.**")
    return "\n\n".join(_within("\n\n".join(head), _blocks(comparison))) + "\n"


def code(text: str) -> str:
    """A text as a code span."""
    told = one_line(text) or " "
    ticks = "`" * (_longest_run(told) + 1)
    blank = " " if "`" in told else ""
    return f"{ticks}{blank}{told}{blank}{ticks}"


def fenced(lines: Iterable[str]) -> str:
    """Lines as a block whose removed and added lines are coloured."""
    kept = [line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in lines]
    ticks = "`" * max(3, max(map(_longest_run, kept), default=0) + 1)
    return "\n".join((f"{ticks}diff", *kept, ticks))


def _within(head: str, blocks: Iterator[str]) -> Iterator[str]:
    """As many blocks as a comment holds, and how many are left out."""
    yield head
    room = MOST - len(head)
    left = 0
    for block in blocks:
        room -= len(block) + 2
        left += room < 0
        if room >= 0:
            yield block
    if left:
        yield f"{left} more are not shown here; `qbank diff` has all."


def _blocks(comparison: Comparison) -> Iterator[str]:
    for name, title in describe.SECTIONS:
        members = [one for one in comparison.items if describe.section(one) == name]
        for number, one in enumerate(members):
            yield (f"### {title} ({len(members)})\n\n" if not number else "") + _item(one)
    for number, stimulus in enumerate(comparison.stimuli):
        yield (f"### Stimuli ({len(comparison.stimuli)})\n\n" if not number else "") + _stimulus(stimulus)
    if comparison.bank:
        yield "### Bank record\n\n" + fenced(_lines(comparison.bank))


def _item(item: ItemChange) -> str:
    facts = [f"was {code(item.old_id)}"] if item.old_id else []
    if item.approved:
        facts.append(f"approved {code(item.approval)}" if item.approval else "approved")
    if item.fate in ("added", "removed"):
        facts.append(item.status)
    if item.file:
        facts.append(code(item.file))
    head = " · ".join((f"**{code(item.id)}**", *facts))
    lines = list(_lines(item.changes))
    stem = one_line(item.stem)
    if item.fate in ("added", "removed", "renamed") and stem:
        sign = {"added": "+", "removed": "-"}.get(item.fate, " ")
        lines.insert(0, f"{sign} {stem if len(stem) <= STEM else stem[: STEM - 1] + '…'}")
    return f"{head}\n\n{fenced(lines)}" if lines else head


def _stimulus(one: StimulusChange) -> str:
    fate = f"was {code(one.old_id)}" if one.old_id else one.fate
    touched = ", ".join(map(code, one.items)) or "no item"
    lines = list(_lines(one.changes))
    head = f"**{code(one.id)}** · {fate} · touches {touched}"
    return f"{head}\n\n{fenced(lines)}" if lines else head


def _lines(changes: tuple[Change, ...]) -> Iterator[str]:
    for change in changes:
        yield from _change(describe.told(change))


def _change(one: Told) -> Iterator[str]:
    note = f" ({safe(one.note)})" if one.note else ""
    yield f"  {one_line(one.label)}{note}"
    if one.words:
        spans = describe.shortened(one.words)
        yield f"- {_side(spans, 'old')}"
        yield f"+ {_side(spans, 'new')}"
        return
    if one.old:
        yield f"- {one_line(one.old)}"
    if one.new:
        yield f"+ {one_line(one.new)}"


def _side(spans: tuple[Span, ...], op: str) -> str:
    """One of two texts, with what only it has in marks."""
    before, after = _MARKS[op]
    return " ".join(
        safe(one.text) if one.op == "same" else f"{before}{safe(one.text)}{after}"
        for one in spans
        if one.op in ("same", op)
    )


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
