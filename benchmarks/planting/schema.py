"""Flaws of shape: broken files, repeated keys, wrong fields, names that nobody declared."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec

from benchmarks.planting.core import Entry, Planted, Scene, Written, alone, edited, plants, plants_file
from qbank.model.item import Item
from qbank.model.statistics import Statistics

Tree = dict[str, Any]

_RENAMED = {
    "key": ("answer", "Key", "keys"),
    "rationale": ("ratoinale", "explanation"),
    "stem": ("question", "stemm"),
    "options": ("choices", "option"),
    "references": ("refs", "reference"),
    "content_area": ("area", "content-area"),
}
_VALUES: tuple[tuple[str, Any], ...] = (
    ("type", "mcq"),
    ("type", "Multiple-choice"),
    ("type", "multiple choice"),
    ("status", "Active"),
    ("status", "published"),
    ("status", "ready"),
    ("stem", ""),
    ("stem", ["one", "two"]),
    ("shuffle", "perhaps"),
    ("points", -1),
    ("points", "two"),
    ("references", "A book"),
    ("enemies", "another-item"),
    ("enemies", ["no id at all"]),
    ("tags", "one"),
    ("review", [{"by": "automated", "date": "22/11/2026"}]),
    ("review", [{"date": "2026-11-22"}]),
    ("review", [{"by": "automated", "date": "2026-13-01"}]),
    ("review", [{"by": "automated", "date": "2026-11-22", "content_hash": "abc"}]),
    ("lint_ignore", [{"rule": "negative-stem"}]),
    ("lint_ignore", ["negative-stem"]),
    ("scoring", {"method": "all"}),
    ("scoring", "all_or_nothing"),
    ("attributes", {"seconds": [60]}),
    ("attributes", ["seconds"]),
    ("content_area", "anatomy//heart"),
    ("content_area", " anatomy"),
    ("cognitive_level", ""),
    ("fixed", "D"),
    ("options", ["one", "two", "three"]),
    ("options", {"A": "only one"}),
    ("options", {"1": "one", "2": "two"}),
    ("options", {"A)": "one", "B)": "two"}),
    ("options", {"A": {"text": "one"}, "B": {"text": "two"}}),
)
_BAD_IDS = ("1-item", "an item", "", "über-1", "item/1", "-item")


@plants("unknown-content-area")
def unknown_content_area(item: Item, scene: Scene) -> Planted | None:
    """A path that is misspelled, too deep, or of another outline."""
    area = item.content_area
    at = scene.draw.randrange(1, len(area) - 1)
    wrong = (
        area[:at] + area[at + 1 :],
        f"{area}/more",
        area.title(),
        "dermatology",
        area.replace("/", "-") + "x",
    )
    return alone(edited(item, content_area=scene.draw.choice(wrong)))


@plants("unknown-cognitive-level")
def unknown_cognitive_level(item: Item, scene: Scene) -> Planted | None:
    """A level that is misspelled, in other letters, or of another taxonomy."""
    return alone(
        edited(item, cognitive_level=scene.draw.choice(("recal", "Recall", "synthesis", "apply", "level 2")))
    )


@plants("unknown-item-reference")
def unknown_item_reference(item: Item, scene: Scene) -> Planted | None:
    """Statistics of an item that was renamed or taken out."""
    at = scene.draw.randrange(1, len(item.id))
    wrong = scene.draw.choice((f"{item.id}-old", f"{item.id[:at]}q{item.id[at:]}"))
    return Planted(said=wrong, statistics=(Statistics(item=wrong, n=400, p=0.7),))


@plants_file("schema-violation")
def schema_violation(entry: Entry, draw: random.Random) -> Written | None:
    """A field that is misspelled, missing or of another kind."""
    tree: Tree = msgspec.json.decode(entry.json)
    id = entry.id
    kind = draw.random()
    if kind < 0.25:
        name = draw.choice([name for name in _RENAMED if name in tree])
        new = draw.choice(_RENAMED[name])
        tree = {new if field == name else field: value for field, value in tree.items()}
    elif kind < 0.35:
        del tree[draw.choice([name for name in ("id", "type", "stem") if name in tree])]
        id = tree.get("id", "")
    elif kind < 0.42:
        tree["id"], id = draw.choice(_BAD_IDS), ""
    else:
        name, value = draw.choice(_VALUES)
        tree[name] = value
    return _written(tree, id, draw)


def _written(tree: Tree, id: str, draw: random.Random) -> Written:
    suffix = draw.choice((".yaml", ".yaml", ".json", ".jsonl"))
    if suffix == ".yaml":
        return Written(suffix, _yaml(tree).encode(), id)
    return Written(suffix, msgspec.json.encode([tree] if suffix == ".json" else tree), id)


def _yaml(tree: Tree) -> str:
    """A list of one item in block style, every text in double quotes."""
    lines = []
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            inner = "".join(f"\n    {_quoted(part)}: {_quoted(text)}" for part, text in value.items())
            lines.append(f"{name}:{inner}")
        else:
            lines.append(f"{name}: {_quoted(value)}")
    return "- " + "\n  ".join(lines) + "\n"


def _quoted(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _yaml_changes(text: str, draw: random.Random) -> bytes:
    """The YAML of an item with one of the ways in which such files break."""
    lines = text.splitlines()
    stem = next(at for at, line in enumerate(lines) if line.startswith("  stem:"))
    options = next(at for at, line in enumerate(lines) if line.startswith(("  options:", "  prompts:")))
    ways: list[Callable[[], str | bytes]] = [
        lambda: _with_line(lines, options + 1, "\t" + lines[options + 1].strip()),
        lambda: _with_line(lines, stem, '  stem: "A question without its second mark?'),
        lambda: _with_line(lines, stem, "  stem: [a list without its end"),
        lambda: _with_line(lines, stem, "  stem: The note says: what: is it?"),
        lambda: _with_line(lines, options, " options:"),
        lambda: _with_line(lines, options, "    options:"),
        lambda: _with_line(lines, stem, "  stem: !!python/object:os.system x"),
        lambda: _with_line(lines, stem, "  stem: !secret x"),
        lambda: _with_line(lines, stem, f"  points: .nan\n{lines[stem]}"),
        lambda: _with_line(lines, stem, "  stem: @home or `away`?"),
        lambda: _with_line(lines, stem, "  stem: % of all cases?"),
        lambda: _with_line(lines, stem, "  stem: {a: {b: c}"),
        lambda: _with_line(lines, stem, "  stem: 'It's a question?'"),
        lambda: text + "---\n- id: more\n",
        lambda: text.replace("type:", "type", 1),
        lambda: ("# Prüfung: caf\u00e9\n" + text).encode("latin-1", "replace"),
        lambda: text.encode("utf-16"),
        lambda: text.replace(" ", "\x00", 1),
        lambda: _with_line(lines, stem, "  stem: " + "[" * 200 + "]" * 200),
        lambda: "\n".join(["- &a [x, x, x, x, x, x, x, x, x]", *_aliases()]),
        lambda: text + "- *nobody\n",
        lambda: "<<<<<<< HEAD\n" + text + "=======\n>>>>>>> other\n",
    ]
    made = draw.choice(ways)()
    return made if isinstance(made, bytes) else made.encode()


def _aliases() -> list[str]:
    names = "abcdefghij"
    return [f"- &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(names)]


def _with_line(lines: list[str], at: int, new: str) -> str:
    return "\n".join([*lines[:at], new, *lines[at + 1 :]]) + "\n"


def _json_changes(text: str, draw: random.Random) -> bytes:
    ways: list[Callable[[], str | bytes]] = [
        lambda: text[: draw.randrange(20, len(text) - 5)],
        lambda: text.replace(",", ",,", 1),
        lambda: text.replace(":", " ", 1),
        lambda: text.rstrip("}") + ', "points": NaN}',
        lambda: text.rstrip("}") + ', "points": Infinity}',
        lambda: text.replace('"', "'", 2),
        lambda: text.rstrip("}") + ",}",
        lambda: text.rstrip("}") + ', "tags": ' + "[" * 300 + "]" * 300 + "}",
        lambda: "// a remark\n" + text,
        lambda: text.encode("utf-16"),
        lambda: text.replace(" ", "\x01", 1),
        lambda: text.replace("e", "\udcff", 1).encode("utf-8", "surrogateescape"),
        lambda: text.rstrip("}") + ', "author": "\\ud800"}',
    ]
    made = draw.choice(ways)()
    return made if isinstance(made, bytes) else made.encode()


@plants_file(
    "unreadable-file",
    without="a file over the size limit, which would only cost time",
)
def unreadable_file(entry: Entry, draw: random.Random) -> Written | None:
    """A file that breaks off, is of another encoding, or hides something."""
    kind = draw.random()
    if kind < 0.06:
        return Written(".yaml", b"", link=True)
    if kind < 0.65:
        text = entry.yaml or _yaml(msgspec.json.decode(entry.json))
        return Written(".yaml", _yaml_changes(text, draw))
    return Written(draw.choice((".json", ".jsonl")), _json_changes(entry.json, draw))


@plants_file("repeated-key")
def repeated_key(entry: Entry, draw: random.Random) -> Written | None:
    """A field, an option or a rationale that stands twice."""
    tree: Tree = msgspec.json.decode(entry.json)
    name = draw.choice([name for name in ("key", "stem", "options", "id", "type") if name in tree])
    if draw.random() < 0.5:
        again = f', "{name}": {_quoted(tree[name])}' + "}"
        return Written(
            draw.choice((".json", ".jsonl")),
            (entry.json.rstrip("}").rstrip() + _open(entry.json, again)).encode(),
        )
    text = _yaml(tree)
    if draw.random() < 0.5:
        return Written(".yaml", (text + "".join(f"  {name}: {_quoted(tree[name])}\n")).encode())
    option = draw.choice(list(tree["options"]))
    line = f"\n    {_quoted(option)}: "
    return Written(".yaml", text.replace(line, f"{line}Something else{line}", 1).encode())


def _open(text: str, again: str) -> str:
    """The end of a JSON object with a field more: the closing brackets that were cut, but for the last."""
    cut = len(text) - len(text.rstrip("}"))
    return "}" * (cut - 1) + again


def _odd_number(draw: random.Random) -> str:
    """A scalar that YAML reads as a number and writes in another way."""
    a, b = draw.randint(1, 99), draw.randint(1, 9)
    return draw.choice(
        (
            f"{a}e{b}",
            f"{a}E{b}",
            f"{a}.{b}0",
            f"{a}.00",
            f"0x{a:X}F",
            f"0o{b % 8}7",
            f"+{a}",
            f"{b}e+{b}",
            f"+{a}.5",
        )
    )


@plants_file("coerced-scalar")
def coerced_scalar(entry: Entry, draw: random.Random) -> Written | None:
    """A number-like text without quotes in a text, code or key field."""
    tree: Tree = msgspec.json.decode(entry.json)
    odd = _odd_number(draw)
    mark = "\x02"
    place = draw.choice(("options", "options", "rationale", "references", "codes", "tags", "stem"))
    if place in ("options", "rationale"):
        if not isinstance(tree.get(place), dict):
            return None
        tree[place][draw.choice(list(tree[place]))] = mark
    elif place == "codes":
        tree["codes"] = [{"system": "icd10cm", "code": mark}]
    else:
        tree[place] = mark if place == "stem" else [mark]
    return Written(".yaml", _yaml(tree).replace(_quoted(mark), odd).encode(), entry.id)
