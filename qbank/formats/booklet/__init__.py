"""What printed formats share: a form as a booklet, an answer sheet and a key, ready to be set.

`compose` makes the values of `paper`, `refusals` says what cannot be printed; no format decides for itself
what stands on paper, it only sets it.
"""

from __future__ import annotations

NOTES = {
    "choose": "said under the stem",
    "reuse": "said under the stem",
    "points": "said under the stem where they are not 1",
    "unit": "after the line for the answer",
    "media": "pictures; sound and film are refused, or with --lossy only named",
    "images": "with their text alternative",
    "no-shuffle": "options stand in the form's order",
    "fixed": "options stand in the form's order",
    **dict.fromkeys(
        ("all-or-nothing", "partial-credit", "penalty", "tolerance", "accepted-texts", "case-sensitive"),
        "in the key",
    ),
    **dict.fromkeys(
        ("rubric", "rationale", "option-rationale", "references", "content-area", "cognitive-level"),
        "in the key",
    ),
    **dict.fromkeys(("attributes", "tags", "codes"), "in the key, in small print"),
}
"""Feature → where it stands on paper: what the formats say of themselves."""
