"""Random banks with planted flaws: texts in every style, and what they must read as afterwards."""

from __future__ import annotations

import json
import random
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st

HARD = "\u00a0"
INVISIBLE = ["\u200b", "\ufeff", "\u2060"]
WORDS = [
    "bone",
    "heel",
    "talus's",
    'the "arch"',
    "5",
    "No",
    "it: is",
    "a#b",
    "- x",
    "é",
    "骨",
    "\\n",
    "{x}",
    "true",
]


class Planted(NamedTuple):
    """A text with flaws, and the same without."""

    dirty: str
    clean: str


class Written(NamedTuple):
    """A file as pieces, of which every second is a value that may change, and its tree afterwards."""

    pieces: list[str]
    wanted: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """The file."""
        return "".join(self.pieces)


@st.composite
def planted(draw: st.DrawFn) -> Planted:
    """A text of some words with white space around, hard spaces between, invisible characters inside."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
    clean = " ".join(words)
    gaps = [draw(st.sampled_from([" ", " ", " ", HARD, f" {HARD}"])) for _ in words[1:]]
    dirty = words[0]
    for word, gap in zip(words[1:], gaps, strict=True):
        belongs = gap == HARD and dirty[-1:].isdigit() and word[:1] not in ".,;:)]"
        dirty += " " + word if belongs else gap + word
    if draw(st.booleans()):
        at = draw(st.integers(0, len(dirty)))
        dirty = dirty[:at] + draw(st.sampled_from(INVISIBLE)) + dirty[at:]
    before = draw(st.sampled_from(["", "", " ", HARD, "\t ", "  "]))
    after = draw(st.sampled_from(["", "", " ", HARD, "  ", " \t"]))
    return Planted(before + dirty + after, clean)


def scalar(text: str, style: str, indent: str, width: int) -> str:
    """A text written in a style (plain, single, double, escaped, literal, folded)."""
    if style == "single":
        return "'" + _wrapped(text.replace("'", "''"), indent, width) + "'"
    if style == "double":
        return (
            '"'
            + _wrapped(text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t"), indent, width)
            + '"'
        )
    if style == "escaped":
        return json.dumps(text)
    if style in ("literal", "folded"):
        body = text if style == "literal" else _wrapped(text, indent, width)
        hint = str(len(indent)) if text[:1].isspace() else ""
        return f"{'|' if style == 'literal' else '>'}{hint}-\n{indent}{body}"
    return _wrapped(text, indent, width)


def _wrapped(text: str, indent: str, width: int) -> str:
    """A text with some of its single spaces between words as line breaks."""
    pieces = text.split(" ")
    for number in range(width, len(pieces) - 1, width):
        if all(pieces[number - 1 : number + 1]) and not any(
            part.isspace() or part[:1] in "\t#" or part[-1:] in "\t"
            for part in pieces[number - 1 : number + 1]
        ):
            pieces[number] = f"\n{indent}{pieces[number]}"
    return " ".join(pieces).replace(" \n", "\n")


@st.composite
def yaml_texts(draw: st.DrawFn) -> Written:
    """A YAML file of items whose texts have flaws; comments and odd layout everywhere."""
    pieces, wanted = ["# the head\n"], []
    for number in range(draw(st.integers(1, 3))):
        flow = draw(st.booleans())
        record: dict[str, Any] = {"id": f"x-{number}", "type": "essay"}
        fields = ["stem", "references", "rationale"]
        if flow:
            pieces[-1] += f"- {{id: x-{number}, type: essay,  # c{number}\n"
        else:
            pieces[-1] += f"- id: x-{number}   # c{number}\n  type: essay\n"
        for name in fields:
            text = draw(planted())
            listed = name == "references"
            record[name] = [text.clean] if listed else text.clean
            indent = "      " if listed else "    "
            styles = ["single", "double", "escaped", "plain"] + (
                [] if flow or listed else ["literal", "folded"]
            )
            style = draw(st.sampled_from(styles))
            written = scalar(text.dirty, style, indent, draw(st.integers(1, 9)))
            if not _reads(written, text.dirty, flow or listed):
                written = scalar(text.dirty, "escaped", indent, 9)
            comment = "" if "\n" in written and style in ("literal", "folded") else f"  # {name} {number}"
            if flow:
                opening, closing = (
                    (f"  {name}: [", f" ],{comment}\n") if listed else (f"  {name}:  ", f" ,{comment}\n")
                )
            elif listed:
                opening, closing = f"  {name}: [ ", f" ]{comment}\n"
            else:
                opening, closing = f"  {name}:  ", f"{comment}\n"
            pieces[-1] += opening
            pieces += [written, closing]
        pieces[-1] += "  points: 2 }\n" if flow else f"\n  # between {number}\n  points: 2\n"
        record["points"] = 2
        wanted.append(record)
    pieces[-1] += "# the end"
    return Written(pieces, wanted)


def _reads(written: str, value: str, flow: bool) -> bool:
    text = f"{{a: {{b: {written} }}}}" if flow else f"a:\n  b: {written}\n  c: 1\n"
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    return bool(tree["a"]["b"] == value and len(tree["a"]) == (1 if flow else 2))


@st.composite
def json_texts(draw: st.DrawFn) -> Written:
    """A JSON file, or a JSON Lines file, of items whose texts have flaws."""
    pieces, wanted = [""], []
    wide, colon = draw(st.sampled_from([("", ":"), (" ", ": "), ("\n    ", " : ")]))
    ascii = draw(st.booleans())
    count = draw(st.integers(1, 3))
    for number in range(count):
        record: dict[str, Any] = {"id": f"x-{number}", "type": "essay"}
        pieces[-1] += f'{{{wide}"id"{colon}"x-{number}",{wide}"type"{colon}"essay"'
        for name in ("stem", "references", "rationale"):
            text = draw(planted())
            listed = name == "references"
            record[name] = [text.clean] if listed else text.clean
            pieces[-1] += f',{wide}"{name}"{colon}{"[ " if listed else ""}'
            pieces += [json.dumps(text.dirty, ensure_ascii=ascii), " ]" if listed else ""]
        pieces[-1] += wide + "}" + ("\n\n" if number < count - 1 else "")
        wanted.append(record)
    return Written(pieces, wanted)


def shuffled_numbers(seed: int, count: int) -> list[int]:
    """Numbers that are in no order."""
    chosen = random.Random(seed)
    numbers = chosen.sample(range(1, 400), count)
    while numbers in (sorted(numbers), sorted(numbers, reverse=True)):
        chosen.shuffle(numbers)
    return numbers
