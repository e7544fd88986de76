"""Flaws of the options: sweeping, combined, double, unordered, uneven."""

from __future__ import annotations

import random
import re

from benchmarks.planting.core import (
    Choice,
    Planted,
    Scene,
    alone,
    distractors,
    edited,
    key_id,
    plants,
    with_option,
    with_options,
)
from benchmarks.planting.wording import are_phrases, body_and_question, is_phrase, joined, lower_first
from qbank.model.item import MultipleChoice, MultipleResponse

_ALL = (
    "All of the above",
    "All of these",
    "All the above",
    "all of the above.",
    "All of the above are correct",
    "Both of these",
    "All of them",
    "Each of the above",
    "All answers are correct",
    "All of the listed options",
    "All of these are true",
    "All of the above answers",
    "All of the answers above",
    "All options are correct",
    "All three of these",
    "ALL OF THE ABOVE",
    "All of the above statements are true",
    "Both of the above",
    "All the answers",
    "All are correct",
    "*All of the above*",
)
_NONE = (
    "None of the above",
    "None of these",
    "None of the above are correct",
    "Neither of the above",
    "None of them",
    "No answer is correct",
    "None of the options",
    "None of the answers is correct",
    "None of the choices listed",
    "none of the above.",
    "None of these is correct",
    "None of these answers",
    "NONE OF THE ABOVE",
    "None of the listed options",
    "Neither of these",
    "None of the above statements is true",
    "None of the others",
    "None are correct",
    "None of the other answers",
)
_UNSAFE = (
    "{a} and {b}",
    "Both {a} and {b}",
    "{a} and {b} only",
    "Both of the above",
    "Options {a} and {b}",
    "Answers {a} and {b}",
    "Either {a} or {b}",
    "{a} or {b}",
    "{a} & {b}",
    "Both {a} & {b}",
    "{a}, {b} and {c}",
    "Choices {a} and {b}",
    "Neither {a} nor {b}",
    "Two of the above",
    "The first two options",
    "Options 1 and 2",
    "Option {a} and option {b}",
    "{a} and {b} are both correct",
    "All except {a}",
    "The two options above",
    "{a} + {b}",
)
_VAGUE = (
    "{T} is often present",
    "{T} usually occurs",
    "It usually involves {t}",
    "It is rarely due to {t}",
    "Often caused by {t}",
    "Usually found with {t}",
    "Sometimes associated with {t}",
    "Rarely seen with {t}",
    "{T} may occasionally occur",
    "Frequently present with {t}",
    "It is often {t}",
    "{T} is sometimes found",
    "{T} occurs frequently",
    "{T} is rarely the cause",
    "Seldom due to {t}",
    "{T}, usually",
    "Usually {t}",
    "It frequently includes {t}",
)
_OPENINGS = (
    "The patient should be given",
    "It is caused by the",
    "A decrease in the",
    "Because of an increase in",
    "The main reason is the",
    "It is known as the",
    "This is an example of",
    "There is evidence of",
)
_ADDED = (
    "{a} and {b}",
    "{a} with {b}",
    "{a} or {b}",
    "{a} together with {b}",
    "{a}, {b}",
    "{a} due to {b}",
    "{a} in adults",
    "{a} of unknown cause",
    "{a} without {b}",
    "{a} followed by {b}",
)
_QUALIFIERS = (
    "with all the documents that the case calls for",
    "whenever every condition that was named before is met in full",
    "as described in the reference for cases of this kind and of no other kind",
    "including what was found at the first visit and at every later visit",
    "provided that nothing else explains what was found in the record",
    "in the order in which the events of the case are told in the text",
)
_UNITS = (
    "",
    " mg",
    " mL",
    " %",
    "%",
    " days",
    " years",
    " hours",
    " km",
    " mm Hg",
    " kg",
    " weeks",
    "°C",
    " units",
)
_RANGES = (
    "{a}–{b}",
    "{a}-{b}",
    "{a} to {b}",
    "{a} – {b}",
    "{a} - {b}",
    "between {a} and {b}",
    "from {a} to {b}",
)
_STATEMENTS = (
    ("I", "II", "III", "IV"),
    ("i", "ii", "iii", "iv"),
    ("1", "2", "3", "4"),
    ("a", "b", "c", "d"),
)
_LISTED = ("\n{n}. {t}", "\n({n}) {t}", "\n{n}) {t}", " {n}. {t}.", " ({n}) {t};")
_COMBINED = (
    ("{0} only", "{0} and {1}", "{1} and {2}", "{0}, {1} and {2}"),
    ("{0} and {1} only", "{0} and {2} only", "{1} and {2} only", "{0}, {1} and {2}"),
    ("{0}, {1}", "{1}, {2}", "{0}, {2}", "{0}, {1}, {2}"),
    ("Only {0}", "{0} & {1}", "{1} & {2}", "{0}, {1} & {2}"),
    ("{0} and {1}", "{0} and {2}", "{1} and {2}", "All of {0}, {1} and {2}"),
)
_OTHER_KINDS = (
    "42",
    "3.5 mg",
    "12 %",
    "1998",
    "E11.9",
    "J1885",
    "March 2019",
    "99213",
    "I10",
    "2026-03-01",
    "150",
)
_CODES = {
    "icd10cm": r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
    "hcpcs": r"[A-V]\d{4}",
    "cpt": r"\d{5}",
}
_CODE_SAMPLES = {
    "icd10cm": ("E11.9", "I10", "S82.61XA"),
    "hcpcs": ("J1885", "A0428", "G0439"),
    "cpt": ("99213", "11042"),
}


def _replaced(item: Choice, text: str, scene: Scene) -> Planted:
    """An option, more often the last, says something else."""
    ids = list(item.options)
    at = ids[-1] if scene.draw.random() < 0.6 else scene.draw.choice(ids)
    return alone(with_option(item, at, text))


@plants("all-of-the-above", MultipleChoice, MultipleResponse)
def all_of_the_above(item: Choice, scene: Scene) -> Planted | None:
    """An option that stands for all others."""
    return _replaced(item, scene.draw.choice(_ALL), scene)


@plants("none-of-the-above", MultipleChoice, MultipleResponse)
def none_of_the_above(item: Choice, scene: Scene) -> Planted | None:
    """An option that denies all others."""
    return _replaced(item, scene.draw.choice(_NONE), scene)


@plants("shuffle-unsafe-option", MultipleChoice, MultipleResponse)
def shuffle_unsafe_option(item: Choice, scene: Scene) -> Planted | None:
    """The last option points to others by letter, number or place."""
    ids = list(item.options)
    if len(ids) < 4 or not item.shuffle:
        return None
    a, b, c = sorted(scene.draw.sample(ids[:-1], 3))
    return alone(with_option(item, ids[-1], scene.draw.choice(_UNSAFE).format(a=a, b=b, c=c)))


@plants("k-type-options", MultipleChoice)
def k_type_options(item: MultipleChoice, scene: Scene) -> Planted | None:
    """Statements numbered in the stem, combined in the options."""
    texts = list(item.options.values())
    if len(texts) != 4:
        return None
    numbers = scene.draw.choice(_STATEMENTS)[:3]
    style = scene.draw.choice(_LISTED)
    listed = "".join(style.format(n=n, t=text.rstrip(".")) for n, text in zip(numbers, texts, strict=False))
    stem = joined(item.stem, "Consider these statements:") + listed.rstrip(";") + "\nWhich of them apply?"
    return alone(
        with_options(edited(item, stem=stem), [one.format(*numbers) for one in scene.draw.choice(_COMBINED)])
    )


@plants("true-false-options", MultipleChoice)
def true_false_options(item: MultipleChoice, scene: Scene) -> Planted | None:
    """True and false, or yes and no, as the options."""
    pair = scene.draw.choice(
        (("True", "False"), ("Yes", "No"), ("TRUE", "FALSE"), ("true", "false"), ("Yes.", "No."), ("T", "F"))
    )
    ids = scene.draw.sample(("A", "B"), 2)
    return alone(edited(item, options=dict(zip("AB", pair, strict=True)), key=ids[0], rationale=""))


@plants("duplicate-option", MultipleChoice, MultipleResponse)
def duplicate_option(item: Choice, scene: Scene) -> Planted | None:
    """Two options that are one text."""
    one, other = scene.draw.sample(list(item.options), 2)
    text = item.options[one]
    ways = (
        text,
        f"{text} ",
        text.replace(" ", "  "),
        text.replace(" ", "\u00a0"),
        text.replace("fi", "\ufb01"),
    )
    return alone(with_option(item, other, scene.draw.choice(ways)))


@plants(
    "duplicate-option-ignoring-case",
    MultipleChoice,
    MultipleResponse,
    without="codes, names and texts with digits: in them case is meaning",
)
def duplicate_option_ignoring_case(item: Choice, scene: Scene) -> Planted | None:
    """Two options that differ in upper and lower case only."""
    one, other = scene.draw.sample(list(item.options), 2)
    text = item.options[one]
    if not re.search("[a-z]{5}", text) or re.search(r"[0-9_.()]", text):
        return None
    ways = {text.lower(), text.upper(), text.title(), lower_first(text)} - {text}
    return alone(with_option(item, other, scene.draw.choice(sorted(ways)))) if ways else None


@plants(
    "contained-option",
    MultipleChoice,
    without="a qualifier in front (severe pancreatitis): pulmonary hypertension is no kind of hypertension",
)
def contained_option(item: MultipleChoice, scene: Scene) -> Planted | None:
    """An option that is another one with something added."""
    if not are_phrases(item.options.values(), 4) or len(item.options) < 3:
        return None
    one, other, third = scene.draw.sample(list(item.options), 3)
    a, b = item.options[one], item.options[third]
    if not re.search("[a-z]{4}", a):
        return None
    form = scene.draw.choice(_ADDED)
    return alone(with_option(item, other, form.format(a=a, b=lower_first(b))))


@plants(
    "numeric-options-unordered",
    MultipleChoice,
    without="ratios such as 20:1, which may be times of day",
)
def numeric_options_unordered(item: MultipleChoice, scene: Scene) -> Planted | None:
    """Quantities of one unit in no order."""
    draw = scene.draw
    if len(item.options) < 3:
        return None
    texts = _quantities(draw, len(item.options))
    order = texts[:]
    while order in (texts, texts[::-1]):
        draw.shuffle(order)
    return alone(with_options(_about_amounts(item), order))


def _about_amounts(item: MultipleChoice) -> MultipleChoice:
    """The item with a question to which quantities are the answer."""
    return edited(
        item, stem=joined(body_and_question(item.stem)[0], "How large is the amount that is meant?")
    )


def _quantities(draw: random.Random, count: int) -> list[str]:
    """Quantities from the least to the greatest, written in one of the usual ways."""
    unit = draw.choice(_UNITS)
    kind = draw.choice(("whole", "whole", "decimal", "thousands", "money", "fraction", "range"))
    numbers = sorted(draw.sample(range(2, 900), count))
    if kind == "decimal":
        return [f"{number / 10}{unit}" for number in numbers]
    if kind == "thousands":
        return [f"{number * 137:,}{unit}" for number in numbers]
    if kind == "money":
        return [f"${number}" for number in numbers]
    if kind == "fraction":
        return [f"1/{number}" for number in sorted(draw.sample(range(2, 12), count), reverse=True)]
    if kind == "range":
        form = draw.choice(_RANGES[:5])
        starts = [20 * at + draw.randint(1, 9) for at in range(count)]
        return [form.format(a=start, b=start + 8) + unit for start in starts]
    return [f"{number}{unit}" for number in numbers]


@plants(
    "overlapping-ranges",
    MultipleChoice,
    without="ranges that touch at one value",
)
def overlapping_ranges(item: MultipleChoice, scene: Scene) -> Planted | None:
    """Ranges of which two hold the same values."""
    draw, count = scene.draw, len(item.options)
    if count < 3:
        return None
    form, unit = draw.choice(_RANGES), draw.choice(_UNITS)
    step = draw.choice((5, 10, 20, 50))
    starts = [step * at + 1 for at in range(count)]
    ends = [start + step - 1 for start in starts]
    at = draw.randrange(count - 1)
    ends[at] += draw.randint(2, step - 1)
    texts = [form.format(a=a, b=b) + unit for a, b in zip(starts, ends, strict=True)]
    if draw.random() < 0.25:
        texts[0] = draw.choice(
            (f"Less than {ends[0] + 3}{unit}", f"< {ends[0] + 3}{unit}", f"Up to {ends[0] + 3}{unit}")
        )
    return alone(with_options(_about_amounts(item), texts))


@plants("option-length-outlier", MultipleChoice)
def option_length_outlier(item: MultipleChoice, scene: Scene) -> Planted | None:
    """One option, key or not, that goes on and on."""
    chosen = scene.draw.choice(list(item.options))
    return lengthened(item, chosen, 3.6, scene.draw) if len(item.options) > 2 else None


def lengthened(item: Choice, chosen: str, times: float, draw: random.Random) -> Planted | None:
    """The item with one option so many times as long as the longest of the others."""
    others = sorted(len(text) for id, text in item.options.items() if id != chosen)
    text = item.options[chosen].rstrip(".")
    for qualifier in draw.sample(_QUALIFIERS, len(_QUALIFIERS)):
        if len(text) > times * others[-1]:
            break
        text = f"{text} {qualifier}"
    return alone(with_option(item, chosen, text)) if len(text) > times * others[-1] else None


@plants(
    "heterogeneous-options",
    MultipleChoice,
    without="a bare number among titles, where it may be a title (1984), and mixed modifiers (26, TC)",
)
def heterogeneous_options(item: MultipleChoice, scene: Scene) -> Planted | None:
    """A number, date or code among phrases, or a code of another system among codes."""
    if len(item.options) < 4:
        return None
    at = scene.draw.choice(list(item.options))
    texts = list(item.options.values())
    if are_phrases(texts, 8) and all(re.search("[a-z]{3}", text) for text in texts):
        titles = any(len(text.split()) > 1 and text.istitle() for text in texts)
        kinds = [kind for kind in _OTHER_KINDS if not (titles and kind.isdigit())]  # 1984 may be a title too
        return alone(with_option(item, at, scene.draw.choice(kinds)))
    for system, pattern in _CODES.items():
        if all(re.fullmatch(pattern, text) for text in texts):
            others = [one for name, samples in _CODE_SAMPLES.items() if name != system for one in samples]
            return alone(with_option(item, at, scene.draw.choice(others)))
    return None


@plants("too-few-options", MultipleChoice)
def too_few_options(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The key and one distractor."""
    if len(item.options) < 3:
        return None
    kept = {key_id(item), scene.draw.choice(distractors(item))}
    return alone(edited(item, options={id: text for id, text in item.options.items() if id in kept}))


@plants("option-count", MultipleChoice, limits={"options": 4})
def option_count(item: MultipleChoice, scene: Scene) -> Planted | None:
    """One option more or less than the bank asks for."""
    if len(item.options) != 4:
        return None
    if scene.draw.random() < 0.5:
        return alone(edited(item, options={**item.options, "E": "Something else"}))
    lost = scene.draw.choice(distractors(item))
    return alone(edited(item, options={id: text for id, text in item.options.items() if id != lost}))


@plants("vague-option", MultipleChoice)
def vague_option(item: MultipleChoice, scene: Scene) -> Planted | None:
    """An option that claims a vague frequency."""
    at = scene.draw.choice(list(item.options))
    text = item.options[at]
    if not is_phrase(text, 6):
        return None
    return alone(with_option(item, at, scene.draw.choice(_VAGUE).format(t=lower_first(text), T=text)))


@plants("repeated-words-in-options", MultipleChoice)
def repeated_words_in_options(item: MultipleChoice, scene: Scene) -> Planted | None:
    """All options begin with the words that belong in the stem."""
    texts = list(item.options.values())
    if not are_phrases(texts) or len(texts) < 3:
        return None
    opening = scene.draw.choice(_OPENINGS)
    return alone(with_options(item, [f"{opening} {lower_first(text)}" for text in texts]))
