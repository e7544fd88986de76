"""Flaws of the stem: negative, unfocused, without a question, with a gap, too long."""

from __future__ import annotations

import random
import re

from benchmarks.planting.core import Choice, Planted, Scene, alone, edited, plants
from benchmarks.planting.wording import (
    are_phrases,
    asks,
    body_and_question,
    joined,
    lower_first,
    sentences,
    word_places,
)
from qbank.model.item import Item, Matching, MultipleChoice, MultipleResponse

_NEGATIVE = (
    "Which of the following would you {not} expect to find?",
    "All of the following are true {except}:",
    "All of the following statements about this case are correct, {except} which one?",
    "Each of the following is consistent with these facts {except}",
    "Which of the following is {least} likely?",
    "Which answer is {least} consistent with the description?",
    "Which of the following statements is {false}?",
    "Which one of these statements is {incorrect}?",
    "Which of the following does {not} apply here?",
    "Which of these does {not} belong here?",
    "Which choice is {not} supported by the facts given?",
    "Which of the following should {not} be done?",
    "Which of the following {cannot} be the reason?",
    "Which statement is {untrue}?",
    "The following are all correct {except}:",
    "All of these belong to it {except} one. Which one?",
    "Which of the following is the {exception}?",
    "Mark the {false} statement.",
    "Which of the following is {unlikely} to help?",
    "Which of these answers is {wrong}?",
    "Which is {not} a feature of what is described?",
    "Which of the following are {not} part of it?",
    "With which of the following is it {not} associated?",
)
_CONTRACTED = ("Which of the following isn't part of it?", "Which of these doesn't fit the description?")
_TURNED = (
    (r"\bmost likely\b", "{least} likely"),
    (r"\bmost (appropriate|suitable|accurate|common|effective)\b", r"{least} \1"),
    (
        r"^((?:Which|What)(?: of (?:the following|these))?(?: [a-z-]+){0,3}?"
        r" (?:is|are|was|were|would|should|could|does|do|can|will|must))\b(?! not)",
        r"\1 {not}",
    ),
)
_NEGATIVE_OPTIONS = (
    "It does not {t}",
    "Not {t}",
    "No {t}",
    "There is no {t}",
    "Never {t}",
    "{T} is not present",
    "It is not {t}",
    "Without {t}",
)
_VAGUE_QUESTIONS = (
    "Which of the following is true?",
    "Which statement is correct?",
    "Which of these statements is true?",
    "Choose the correct statement.",
    "Which one of the following is right?",
    "Which of the following statements is correct?",
    "Mark the true statement.",
    "Which is correct?",
    "What is true?",
    "Select the correct answer.",
    "Which of the following is accurate?",
)
_OPINIONS = (
    ("What do you think is {x}?", "the best answer here"),
    ("In your opinion, which of the following is {x}?", "most important"),
    ("Which of the following do you believe to be {x}?", "the right course"),
    ("Which of these do you feel is {x}?", "the best choice"),
    ("What, in your view, is {x}?", "the best answer"),
    ("Which of the following do you think explains {x} best?", "the case"),
    ("Which answer would you personally prefer for {x}?", "this case"),
    ("What is your opinion of {x}?", "this case"),
    ("Which of the following is, in your opinion, {x}?", "the reason"),
    ("Which is the best opinion on {x}?", "this matter"),
    ("Do you think that {x} is right, and which answer fits?", "this course"),
    ("Which do you consider {x}?", "most useful"),
)
_GAPS = (
    "_____",
    "____",
    "__________",
    "___",
    "______",
    "(_____)",
    "......",
    "\\_\\_\\_\\_",
    "[blank]",
    "[   ]",
)
_MARKS = (str.upper, "**{}**".format, "*{}*".format, "__{}__".format)


@plants("negative-stem", MultipleChoice, MultipleResponse)
def negative_stem(item: Choice, scene: Scene) -> Planted | None:
    """A lead-in that asks for the exception, marked or not."""
    mark = scene.draw.choice((str.upper, "**{}**".format, str, str))
    stem = _negated(item.stem, scene.draw, mark)
    return alone(edited(item, stem=stem)) if stem else None


@plants("negative-stem-unemphasised", MultipleChoice, MultipleResponse)
def negative_stem_unemphasised(item: Choice, scene: Scene) -> Planted | None:
    """The same, with nothing that marks the word."""
    stem = _negated(item.stem, scene.draw, str)
    return alone(edited(item, stem=stem)) if stem else None


@plants("double-negative", MultipleChoice, MultipleResponse)
def double_negative(item: Choice, scene: Scene) -> Planted | None:
    """A negative lead-in, and one or two options that deny something."""
    if not are_phrases(item.options.values(), 6):
        return None
    stem = _negated(item.stem, scene.draw, scene.draw.choice(_MARKS))
    chosen = scene.draw.sample(list(item.options), scene.draw.choice((1, 1, 2)))
    options = dict(item.options)
    for id in chosen:
        text = options[id]
        options[id] = scene.draw.choice(_NEGATIVE_OPTIONS).format(t=lower_first(text), T=text)
    return alone(edited(item, stem=stem, options=options)) if stem else None


def _negated(stem: str, draw: random.Random, mark: object) -> str | None:
    """The stem with its own question turned round, or with another, negative, one."""
    body, question = body_and_question(stem)
    if not asks(question) and len(stem.split()) > 40:
        return None
    if draw.random() < 0.5:
        for pattern, new in draw.sample(_TURNED, len(_TURNED)):
            turned = re.sub(pattern, _filled(new, mark), question, count=1)
            if turned != question:
                return joined(body, turned)
    if draw.random() < 0.06:
        return joined(body, draw.choice(_CONTRACTED)) if mark is str else None
    return joined(body or _as_statement(stem), _filled(draw.choice(_NEGATIVE), mark))


def _filled(sentence: str, mark: object) -> str:
    assert callable(mark)
    return re.sub(r"\{(\w+)\}", lambda found: str(mark(found[1])), sentence)


def _as_statement(stem: str) -> str:
    return f"{stem.rstrip('?.: ')}." if not asks(stem) else ""


@plants(
    "unfocused-stem",
    MultipleChoice,
    MultipleResponse,
    without="a bare topic without a full stop, which an option may complete",
)
def unfocused_stem(item: Choice, scene: Scene) -> Planted | None:
    """A bare topic, facts without a question, or "which is true?" about nothing."""
    body, question = body_and_question(item.stem)
    kind = scene.draw.random()
    if item.stimulus:
        return None
    if kind < 0.4:
        return alone(edited(item, stem=scene.draw.choice(_VAGUE_QUESTIONS)))
    facts = sentences(body)
    if kind < 0.75 and asks(question) and facts and len(body.split()) < 60:
        return alone(edited(item, stem=body))
    topics = [text for text in item.options.values() if are_phrases([text], 4)]
    if not topics:
        return None
    topic = scene.draw.choice(topics)
    stem = scene.draw.choice(
        ("{t}.", "The {l}.", "About {l}.", "{t} and its causes.", "Concerning {l}.")
    ).format(t=topic, l=lower_first(topic))
    return alone(edited(item, stem=stem))


@plants("missing-lead-in", MultipleChoice, MultipleResponse)
def missing_lead_in(item: Choice, _: Scene) -> Planted | None:
    """A long case whose question was lost."""
    body, question = body_and_question(item.stem)
    last = sentences(body)[-1] if body else ""
    long_enough = len(body.split()) >= 62 and last.endswith(".") and not asks(last) and len(last.split()) > 4
    return alone(edited(item, stem=body)) if asks(question) and long_enough else None


@plants(
    "blank-inside-stem",
    MultipleChoice,
    MultipleResponse,
    without="gaps beside numbers, which series and formulas have, and gaps of … signs",
)
def blank_inside_stem(item: Choice, scene: Scene) -> Planted | None:
    """A statement with a gap in its middle."""
    parts = sentences(item.stem)
    statements = [at for at, part in enumerate(parts) if part.endswith(".") and len(part.split()) >= 6]
    if not statements or "_" in item.stem:
        return None
    at = scene.draw.choice(statements)
    words = parts[at].split()
    inner = [
        gap for gap in range(1, len(words) - 2) if all(word.isalpha() for word in words[gap - 1 : gap + 2])
    ]
    if not inner:
        return None
    gap = scene.draw.choice(inner)
    words[gap] = scene.draw.choice(_GAPS)
    rest = parts[at + 1 :] if scene.draw.random() < 0.5 else []
    return alone(edited(item, stem=joined(*parts[:at], " ".join(words), *rest)))


@plants("opinion-stem", MultipleChoice, MultipleResponse)
def opinion_stem(item: Choice, scene: Scene) -> Planted | None:
    """A lead-in that asks what the candidate thinks."""
    body, question = body_and_question(item.stem)
    if not asks(question):
        return None
    if scene.draw.random() < 0.4:
        said = scene.draw.choice(("In your opinion, {q}", "In your view, {q}", "What do you think: {q}"))
        return alone(edited(item, stem=joined(body, said.format(q=lower_first(question)))))
    sentence, about = scene.draw.choice(_OPINIONS)
    return alone(edited(item, stem=joined(body, sentence.format(x=about))))


@plants("long-stem", limits={"stem_words": 150})
def long_stem(item: Item, scene: Scene) -> Planted | None:
    """A stem with a story before it, or a list, or repeated material."""
    stem, words = item.stem, len(item.stem.split())
    while words <= 155:
        other = scene.draw.choice(scene.clean)
        stem = joined(other.stem, stem) if not isinstance(other, Matching) else stem
        words = len(re.findall(r"[A-Za-z]+", stem))
    return alone(edited(item, stem=stem)) if words < 500 else None


@plants("readability", limits={"grade": 16})
def readability(item: Item, scene: Scene) -> Planted | None:
    """One sentence without end, of long words."""
    long_words = [
        found[0].lower() for one in scene.draw.sample(scene.clean, 12) for found in word_places(one.stem, 9)
    ]
    if len(long_words) < 25:
        return None
    body, question = body_and_question(item.stem)
    turns = (
        "notwithstanding",
        "irrespective of",
        "in consideration of",
        "subsequent to",
        "in accordance with",
    )
    chosen = scene.draw.sample(long_words, 24)
    clause = " ".join(
        f"{scene.draw.choice(turns)} {a} {b}," for a, b in zip(chosen[::2], chosen[1::2], strict=True)
    )
    start = body.rstrip(".") if 5 < len(body.split()) < 60 else ""
    return alone(edited(item, stem=joined(start + (",") if start else "", clause, lower_first(question))))
