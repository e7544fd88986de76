"""Flaws of any text: characters, mark-up, formulas, words."""

from __future__ import annotations

import random
import re
import string

from benchmarks.planting.core import Planted, Scene, alone, edited, in_a_text, plants
from benchmarks.planting.wording import inserted, joined, word_places
from qbank.model.item import Item

_WHITE = ("{t} ", " {t}", "\n{t}", "\t{t}", "{t}\u00a0", "{t}  ", "{t}\t")
_INVISIBLE = "\u200b\u200c\u200d\ufeff\u00ad\u2060\u2063\x07\x0b\x1f\x7f\u180e\u2061"
_BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_ALIKE = {
    "a": "а",
    "e": "е",
    "o": "оο",
    "c": "с",
    "p": "р",
    "x": "х",
    "y": "у",
    "i": "і",
    "A": "АΑ",
    "B": "ВΒ",
    "E": "ЕΕ",
    "H": "НΗ",
    "K": "КΚ",
    "M": "МΜ",
    "O": "ОΟ",
    "P": "РΡ",
    "C": "С",
    "T": "ТΤ",
    "X": "ХΧ",
    "s": "ѕ",
    "j": "ј",
    "v": "ν",
    "u": "υ",
}
_UNCLOSED = ("(", "[", "“", "**", "$x^2 +", "<b>", "<sub>", "<em>", "`", "{")
_UNOPENED = (")", "]", "”", "</b>", "</sub>", "</em>")
_DOUBLED_ON_PURPOSE = (
    "that",
    "had",
    "her",
    "no",
    "very",
    "many",
    "much",
    "so",
    "more",
    "now",
    "yes",
    "please",
)
_UNSAFE = (
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    "![a figure](http://example.org/figure.png)",
    "![a figure](https://example.org/figure.png)",
    "[the table](javascript:alert(1))",
    '<a href="data:text/html;base64,PHNjcmlwdD4=">table</a>',
    '<iframe src="https://example.org"></iframe>',
    '<svg onload="alert(1)"></svg>',
    "[the table](file:///etc/passwd)",
    "[the table](vbscript:run)",
    '<object data="movie.swf"></object>',
    "<SCRIPT SRC=//example.org/x.js></SCRIPT>",
    '<p onclick="go()">word</p>',
    '<img src="https://example.org/pixel.gif" width="1">',
    '<embed src="movie.swf">',
    '<form action="https://example.org"><input name="q"></form>',
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    '<link rel="stylesheet" href="https://example.org/x.css">',
    "[the table](data:text/html,hello)",
    '<body onload="go()">word</body>',
    "<style>p {display: none}</style>",
    '<a href=" javascript:go()">table</a>',
)
_BROKEN_MATH = (
    r"$\frac{1}$",
    r"$\sqrt{2$",
    r"$\notacommand{x}$",
    r"$x^{2$",
    r"$\left( x + 1$",
    r"$\frac{a}{b$",
    r"$x^$",
    r"$a_$",
    r"$\begin{matrix} 1 & 2$",
    r"$x}$",
    r"$\frac$",
    r"$\right) x$",
    r"$x^2^3$",
    r"$\sqrt$",
    r"$\mathrm{mg$",
    r"$\begin{cases} a \end{matrix}$",
    r"$\farc{1}{2}$",
    r"$\aplha + 1$",
    r"$$\frac{1}{2 + x$$",
)
_BIASED = (
    "a wheelchair-bound man",
    "a man confined to a wheelchair",
    "a drug abuser",
    "a drug addict",
    "an alcoholic",
    "a mentally retarded child",
    "an Oriental woman",
    "an illegal alien",
    "a crippled man",
    "a handicapped child",
    "a schizophrenic",
    "an epileptic",
    "the elderly",
    "a male nurse",
    "a lady doctor",
    "the chairman of the board",
    "the manpower of the clinic",
    "all mankind",
    "a victim of stroke",
    "the disabled",
    "the mentally ill",
    "an insane man",
    "a stroke victim",
    "a woman afflicted with arthritis",
    "a junkie",
    "a deaf-mute man",
    "a midget",
    "a gypsy",
    "a crack baby",
    "a mongoloid child",
    "a policeman",
    "a fireman",
    "a housewife",
    "a third world country",
    "a noncompliant patient",
)


@plants(
    "stray-white-space",
    without="the line break that ends a text, which YAML blocks have by nature",
)
def stray_white_space(item: Item, scene: Scene) -> Planted | None:
    """A blank before or after a text, or one between words that does not break."""
    if scene.draw.random() < 0.3:
        return in_a_text(item, scene.draw, lambda text: _between(text, "\u00a0", scene.draw))
    return in_a_text(item, scene.draw, lambda text: scene.draw.choice(_WHITE).format(t=text))


def _between(text: str, what: str, draw: random.Random) -> str | None:
    """A text with one of the blanks between its plain words replaced."""
    gaps = [found.start() for found in re.finditer(r"(?<=[a-z]) (?=[a-z])", text)]
    at = draw.choice(gaps) if gaps else -1
    return f"{text[:at]}{what}{text[at + 1 :]}" if gaps else None


def _inside(text: str, what: str, draw: random.Random) -> str | None:
    """A text with a character more, inside one of its words."""
    words = word_places(text, 3)
    if not words:
        return None
    word = draw.choice(words)
    at = draw.randrange(word.start() + 1, word.end())
    return f"{text[:at]}{what}{text[at:]}"


@plants("invisible-character")
def invisible_character(item: Item, scene: Scene) -> Planted | None:
    """A character that nobody sees."""
    return in_a_text(item, scene.draw, lambda text: _inside(text, scene.draw.choice(_INVISIBLE), scene.draw))


@plants("bidi-control")
def bidi_control(item: Item, scene: Scene) -> Planted | None:
    """A character that turns the direction."""
    return in_a_text(item, scene.draw, lambda text: _inside(text, scene.draw.choice(_BIDI), scene.draw))


@plants("mixed-script-word")
def mixed_script_word(item: Item, scene: Scene) -> Planted | None:
    """One letter of a word is the Cyrillic or Greek one that looks the same."""

    def change(text: str) -> str | None:
        places = [at for word in word_places(text, 4) for at in range(*word.span()) if text[at] in _ALIKE]
        if not places:
            return None
        at = scene.draw.choice(places)
        return f"{text[:at]}{scene.draw.choice(_ALIKE[text[at]])}{text[at + 1 :]}"

    return in_a_text(item, scene.draw, change)


@plants("replacement-character")
def replacement_character(item: Item, scene: Scene) -> Planted | None:
    """A character was lost when the text was converted."""

    def change(text: str) -> str | None:
        lost = [found.start() for found in re.finditer("['’–—éµ°“”-]", text)]
        if lost and scene.draw.random() < 0.7:
            at = scene.draw.choice(lost)
            return f"{text[:at]}\ufffd{text[at + 1 :]}"
        return _inside(text, "\ufffd", scene.draw)

    return in_a_text(item, scene.draw, change)


@plants(
    "unbalanced-markup",
    without="an escaped bracket and two underlines, which Markdown shows as they are",
)
def unbalanced_markup(item: Item, scene: Scene) -> Planted | None:
    """Something opened and not closed, or the reverse."""

    def change(text: str) -> str | None:
        pairs = [found.end() - 1 for found in re.finditer(r"\([^()]*\)|\[[^\[\]]*\]|“[^“”]*”", text)]
        if pairs and scene.draw.random() < 0.5:
            at = scene.draw.choice(pairs)
            return text[:at] + text[at + 1 :]
        words = word_places(text)
        if not words or "$" in text or "`" in text:
            return None
        word = scene.draw.choice(words)
        if scene.draw.random() < 0.6:
            opening = scene.draw.choice(_UNCLOSED)
            return f"{text[: word.start()]}{opening}{text[word.start() :]}"
        return f"{text[: word.end()]}{scene.draw.choice(_UNOPENED)}{text[word.end() :]}"

    return in_a_text(item, scene.draw, change)


@plants("stray-quotation-mark")
def stray_quotation_mark(item: Item, scene: Scene) -> Planted | None:
    """A straight quotation mark without its partner."""

    def change(text: str) -> str | None:
        marks = [found.start() for found in re.finditer('"', text)]
        if marks and scene.draw.random() < 0.7:
            at = scene.draw.choice(marks)
            return text[:at] + text[at + 1 :]
        words = word_places(text)
        if not words:
            return None
        word = scene.draw.choice(words)
        at = scene.draw.choice(word.span())
        return f'{text[:at]}"{text[at:]}'

    return in_a_text(item, scene.draw, change)


@plants("unsafe-markup")
def unsafe_markup(item: Item, scene: Scene) -> Planted | None:
    """Mark-up that runs, loads or leads somewhere."""
    return in_a_text(item, scene.draw, lambda text: inserted(text, scene.draw.choice(_UNSAFE), scene.draw))


@plants("broken-math")
def broken_math(item: Item, scene: Scene) -> Planted | None:
    """A formula with something missing or misspelled."""
    return in_a_text(
        item, scene.draw, lambda text: inserted(text, scene.draw.choice(_BROKEN_MATH), scene.draw)
    )


@plants("doubled-word")
def doubled_word(item: Item, scene: Scene) -> Planted | None:
    """A word typed twice, also over a line break or with a capital."""

    def change(text: str) -> str | None:
        starts = {0, *(found.end() for found in re.finditer(r"[.?!] ", text))}
        words = [
            word
            for word in word_places(text, 2)
            if word[0].lower() not in _DOUBLED_ON_PURPOSE and (word[0].islower() or word.start() in starts)
        ]
        if not words:
            return None
        word = scene.draw.choice(words)
        between = scene.draw.choice((" ", " ", " ", "\n", "  "))
        second = word[0].lower() if word[0].istitle() else word[0]
        return f"{text[: word.end()]}{between}{second}{text[word.end() :]}"

    return in_a_text(item, scene.draw, change)


@plants("undefined-abbreviation")
def undefined_abbreviation(item: Item, scene: Scene) -> Planted | None:
    """An abbreviation that nobody spells out."""
    letters = "".join(scene.draw.sample("BCDFGHJKLMNPQRSTVWZ", scene.draw.choice((3, 4))))
    said = scene.draw.choice(
        ("The {x} was checked.", "There was no {x}.", "An {x} test followed.", "See the {x} list.")
    )
    return alone(edited(item, stem=joined(said.format(x=letters), item.stem)))


@plants(
    "biased-language",
    without="words that depend on what is told (crazy, lame, girls), and 'suffers from'",
)
def biased_language(item: Item, scene: Scene) -> Planted | None:
    """Words that style guides ask to replace."""
    said = scene.draw.choice(_BIASED)
    form = scene.draw.choice(("The case is about {x}.", "The record names {x}.", "The text tells of {x}."))
    if scene.draw.random() < 0.3:
        return alone(edited(item, stem=joined(item.stem, f"({said})")))
    return alone(edited(item, stem=joined(form.format(x=said), item.stem)))


@plants("text-too-long")
def text_too_long(item: Item, scene: Scene) -> Planted | None:
    """A whole chapter, or a text just over the limit."""
    wanted = scene.draw.choice((32_768, 32_900, 33_500))
    filling = " ".join("".join(scene.draw.choices(string.ascii_lowercase, k=7)) for _ in range(500))

    def change(text: str) -> str | None:
        rest = wanted - len(text) - 1
        return f"{text} {(filling * (rest // len(filling) + 1))[:rest].rstrip().ljust(rest, 'x')}"

    return in_a_text(item, scene.draw, change)
