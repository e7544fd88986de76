"""Cues: what gives the key away to somebody who knows nothing."""

from __future__ import annotations

import re
from collections import Counter

from benchmarks.planting.core import (
    Planted,
    Scene,
    alone,
    distractors,
    edited,
    key_id,
    plants,
    with_option,
)
from benchmarks.planting.options import lengthened
from benchmarks.planting.wording import (
    are_phrases,
    asks,
    body_and_question,
    is_phrase,
    joined,
    lower_first,
    upper_first,
    word_places,
)
from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice

_ABSOLUTE = (
    "It is always {t}",
    "{T} in every case",
    "{T} in all cases",
    "{T} is always present",
    "It is never anything but {t}",
    "It never occurs without {t}",
    "{T} is never absent",
    "Always {t}, without exception",
    "{T} is invariably found",
    "Absolutely {t} in every patient",
    "{T} must always be present",
    "Under no circumstances {t}",
)
_SWEEPS = re.compile(r"\b(?:always|never|only|every|invariably)\b", re.IGNORECASE)
_ONLY = (
    "It is only found with {t}",
    "Only {t} can explain it",
    "It can only be {t}",
    "It occurs only with {t}",
)
_AN_ENDINGS = (
    "This is called {a}",
    "What is described is {a}:",
    "The record shows {a}",
    "The best name for it is {a} _____",
    "The case is one of {a}",
    "It is best described as {a} ____.",
)
_VOWEL = (
    "hour of observation",
    "MRI scan",
    "X-ray",
    "ECG",
    "heir",
    "honest mistake",
    "NSAID",
    "eight-hour fast",
)
_CONSONANT = (
    "unit of blood",
    "university hospital",
    "European rule",
    "uterine scan",
    "one-day stay",
    "CT scan",
)
_CLANG = ("{T} of the {w}", "{T} ({w})", "{w} {t}", "{T} with {w}", "{T} for {w}", "{T} in {w}")
_NUMBER_LEADS = (
    ("What is described here is", "What are described here are"),
    ("The structure that is described is the", "The structures that are described are the"),
    ("What was found was", "What were found were"),
    ("The name of it is:", "The names of them are:"),
    ("The thing that is meant is a", "The things that are meant are"),
    ("The finding is called", "The findings are called"),
    ("What is asked for is ____", "What are asked for are ____"),
    ("The main part of it is…", "The main parts of it are…"),
)
_NOUNS = (
    ("kidney", "kidneys"),
    ("muscle", "muscles"),
    ("small vein", "small veins"),
    ("claim form", "claim forms"),
    ("salivary gland", "salivary glands"),
    ("enzyme of the liver", "enzymes of the liver"),
    ("electron", "electrons"),
    ("dwarf planet", "dwarf planets"),
    ("copper wire", "copper wires"),
    ("river delta", "river deltas"),
    ("drug label", "drug labels"),
    ("cell membrane", "cell membranes"),
    ("notice to the patient", "notices to the patient"),
    ("lens", "lenses"),
    ("box of tools", "boxes of tools"),
    ("city", "cities"),
    ("child", "children"),
    ("woman at risk", "women at risk"),
    ("bacterium", "bacteria"),
    ("nucleus", "nuclei"),
    ("vertebra", "vertebrae"),
    ("tooth", "teeth"),
)
_OPPOSITES = (
    ("Increased {x}", "Decreased {x}"),
    ("Increases {x}", "Decreases {x}"),
    ("Increase in {x}", "Decrease in {x}"),
    ("Higher {x}", "Lower {x}"),
    ("Rise in {x}", "Fall in {x}"),
    ("More {x}", "Less {x}"),
    ("Before {x}", "After {x}"),
    ("Gain of {x}", "Loss of {x}"),
    ("Activation of {x}", "Inhibition of {x}"),
    ("Presence of {x}", "Absence of {x}"),
    ("{X} is present", "{X} is absent"),
    ("{X} is required", "{X} is not required"),
    ("{X} is allowed", "{X} is forbidden"),
    ("Maximum {x}", "Minimum {x}"),
    ("Elevated {x}", "Reduced {x}"),
    ("With {x}", "Without {x}"),
    ("Excess of {x}", "Deficiency of {x}"),
    ("Positive {x}", "Negative {x}"),
    ("Hyperkalemia", "Hypokalemia"),
    ("Hyperphosphatemia", "Hypophosphatemia"),
    ("Hyperventilation", "Hypoventilation"),
    ("Hypertrophy of {x}", "Hypotrophy of {x}"),
    ("Vasodilation", "Vasoconstriction"),
    ("Upregulation of {x}", "Downregulation of {x}"),
    ("Acidosis", "Alkalosis"),
    ("Faster {x}", "Slower {x}"),
)
_COMPARES = re.compile(
    r"\b(?:in|de)creas|\b(?:normal|moderate|middle|medium|average|no|not|high|low|more|less|with|without|same)\b",
    re.IGNORECASE,
)
_FORMATS = (
    "{t} ",
    " {t}",
    "**{t}**",
    "{t} [1]",
    "{t} (Miller 2019)",
    "{t}.",
    "{t} (Smith et al., 2020)",
    "{other_case}",
    "__{t}__",
)
_SEPARATORS = (" and ", ", ", " + ", "; ", " with ", " / ")
_CONTENT = re.compile(
    "(?:tion|sion|sis|oma|itis|ity|ment|ance|ence|ogy|ous|ist|ine|ase|gram|cyte|eter|ism|phy|ide|ship|ium|oid)s?$"
)
_COUNTED = re.compile("(?:tion|ment|gram|cyte|oma|ist|ine|ase|oid|eter|ide)$")
_RARE = 3
_ROOT = 7
_SHORT = 40


@plants("key-longest", MultipleChoice)
def key_longest(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The key alone is spelled out with all its qualifications."""
    longest = max(len(text) for text in item.options.values())
    if longest > 120:
        return None
    return lengthened(item, key_id(item), 1.7, scene.draw)


@plants(
    "absolute-term-cue",
    MultipleChoice,
    without="completely, exclusively and the like, which tell facts as often",
)
def absolute_term_cue(item: MultipleChoice, scene: Scene) -> Planted | None:
    """Sweeping words in the distractors, or in the key alone."""
    if not are_phrases(item.options.values(), 8) or _SWEEPS.search(item.stem):
        return None
    wrong = distractors(item)
    several = scene.draw.sample(wrong, min(len(wrong), scene.draw.choice((2, 3, 3))))
    options = dict(item.options)
    if scene.draw.random() < 0.7:
        chosen, forms = several, [*_ABSOLUTE, *_ONLY]
    else:
        chosen, forms = [key_id(item)], list(_ABSOLUTE)
    for id in chosen:
        options[id] = scene.draw.choice(forms).format(t=lower_first(options[id]), T=options[id])
    return alone(edited(item, options=options))


_COUNTS: dict[str, Counter[str]] = {}


def _counts(bank: Bank) -> Counter[str]:
    """How a word begins → in how many stems of the bank such a word stands."""
    if bank.id not in _COUNTS:
        words = ({found[0].lower()[:_ROOT] for found in word_places(one.stem, 4)} for one in bank.items)
        _COUNTS[bank.id] = Counter(word for each in words for word in each)
    return _COUNTS[bank.id]


@plants(
    "clang-cue",
    MultipleChoice,
    without="words of a long case outside its question, words without a noun's ending, and negative stems",
)
def clang_cue(item: MultipleChoice, scene: Scene) -> Planted | None:
    """A rare word of a short stem, or of the question of a long one, comes back in the key."""
    counts = _counts(scene.bank)
    options = " ".join(item.options.values()).lower()
    question = body_and_question(item.stem)[1].splitlines()[-1]
    asked = item.stem if len(item.stem.split()) < _SHORT else question
    words = {found[0] for found in word_places(asked, 7) if found[0].islower()}
    rare = sorted(word for word in words if counts[word[:_ROOT]] <= _RARE and word[:5] not in options)
    rare = [word for word in rare if _CONTENT.search(word)]
    key = item.options[key_id(item)]
    if not rare or not is_phrase(key, 6) or re.search(r"\b(?:not|except)\b", asked, re.IGNORECASE):
        return None
    word = scene.draw.choice(rare)
    if scene.draw.random() < 0.4:
        word = word[:-1] if re.search("[^sui]s$", word) else f"{word}s" if _COUNTED.search(word) else word
    return alone(
        with_option(item, key_id(item), scene.draw.choice(_CLANG).format(w=word, t=lower_first(key), T=key))
    )


@plants("article-cue", MultipleChoice)
def article_cue(item: MultipleChoice, scene: Scene) -> Planted | None:
    """A stem that ends in a or an, and options that begin with both sounds."""
    body, question = body_and_question(item.stem)
    if not asks(question) or not body:
        return None
    article = scene.draw.choice(("a", "an"))
    stem = joined(body, scene.draw.choice(_AN_ENDINGS).format(a=article))
    if scene.draw.random() < 0.4:
        fits, others = (_VOWEL, _CONSONANT) if article == "an" else (_CONSONANT, _VOWEL)
        texts = dict(zip(distractors(item), scene.draw.sample(others, len(distractors(item))), strict=True))
        options = {id: texts.get(id, scene.draw.choice(fits)) for id in item.options}
        return alone(edited(item, stem=stem, options=options))
    if not are_phrases(item.options.values(), 5):
        return None
    sounds = {id: _begins_with_vowel(text) for id, text in item.options.items()}
    if None in sounds.values() or sounds[key_id(item)] is not (article == "an"):
        return None
    return alone(edited(item, stem=stem)) if len(set(sounds.values())) == 2 else None


def _begins_with_vowel(text: str) -> bool | None:
    """Whether a text begins with a vowel sound; None when its letters leave it open."""
    word = text.split()[0]
    if word[:1] in "hHuUyYxX" or word.isupper() or word.lower().startswith(("eu", "one", "once", "ew")):
        return None
    return word[0].lower() in "aeio"


@plants(
    "number-cue",
    MultipleChoice,
    without="questions: the verb at the end of an open stem is what decides",
)
def number_cue(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The verb is singular or plural, and the key alone agrees with it."""
    body, question = body_and_question(item.stem)
    if not asks(question) or len(item.options) < 3:
        return None
    plural = scene.draw.random() < 0.5
    lead = scene.draw.choice(_NUMBER_LEADS)[plural]
    nouns = iter(scene.draw.sample(_NOUNS, len(item.options)))
    article = "" if lead.endswith((" a", " the")) else scene.draw.choice(("A ", "A ", "The "))
    options = {}
    for id in item.options:
        many = (id == key_id(item)) is plural
        text = next(nouns)[many]
        options[id] = upper_first(_with_article(text, article, many))
    return alone(edited(item, stem=joined(body, lead), options=options))


def _with_article(noun: str, article: str, many: bool) -> str:
    if article == "A ":
        return noun if many else f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
    return article.lower() + noun


@plants("convergence-cue", MultipleChoice)
def convergence_cue(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The key is made of the elements that come back most often."""
    elements = _elements(item, scene)
    if len(elements) < 6 or len(item.options) != 4:
        return None
    a, b, c, d, e, f = elements[:6]
    three = scene.draw.random() < 0.5
    rows = ((a, b, c), (a, b, d), (a, e, c), (f, b, c)) if three else ((a, b), (a, c), (d, b), (e, b))
    between = scene.draw.choice(_SEPARATORS)
    texts = [between.join(row) for row in rows]
    wrong = scene.draw.sample(texts[1:], 3)
    options = {id: texts[0] if id == key_id(item) else wrong.pop() for id in item.options}
    return alone(edited(item, options=options))


def _elements(item: MultipleChoice, scene: Scene) -> list[str]:
    """Short phrases of this item and of others, each once."""
    found = dict.fromkeys(text for text in item.options.values() if _is_element(text))
    for _ in range(20):
        other = scene.draw.choice(scene.clean)
        found.update(dict.fromkeys(text for text in other.option_texts.values() if _is_element(text)))
    return scene.draw.sample(list(found), len(found))


def _is_element(text: str) -> bool:
    return is_phrase(text, 2) and not re.search(r"\b(?:and|with|or)\b", text)


@plants(
    "opposites-cue",
    MultipleChoice,
    without="pairs that leave a third way, such as left and right",
)
def opposites_cue(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The key and one distractor are a pair of opposites, the others are not."""
    key = item.options[key_id(item)]
    if len(item.options) < 4 or not are_phrases(item.options.values(), 4):
        return None
    if any(_COMPARES.search(text) for text in item.options.values()):
        return None
    pair = scene.draw.sample(scene.draw.choice(_OPPOSITES), 2)
    one, other = (form.format(x=lower_first(key), X=key) for form in pair)
    item = with_option(item, key_id(item), one)
    return alone(with_option(item, scene.draw.choice(distractors(item)), other))


@plants("format-cue", MultipleChoice)
def format_cue(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The key alone is typed in another way."""
    key = key_id(item)
    texts = item.options
    if len(texts) < 3:
        return None
    if len({text[:1].isupper() for text in texts.values()}) != 1 or any(
        text.endswith(".") for text in texts.values()
    ):
        return None
    if not all(re.match(r"[A-Z][a-z]+|[a-z]+", text) for text in texts.values()):
        return None
    text = texts[key]
    new = scene.draw.choice(_FORMATS).format(t=text, other_case=text[0].swapcase() + text[1:])
    return alone(with_option(item, key, new))
