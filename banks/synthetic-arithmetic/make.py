"""Write the items and the simulated statistics of this bank: `python banks/synthetic-arithmetic/make.py`.

Parameters are drawn from a fixed seed: a ~ lognormal(-0.1, 0.3), b ~ normal(0, 1), c ~ beta(5, 17),
D = 1.702; p is the expected proportion correct of a standard normal population under those parameters.
"""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

from qbank.model.hashing import content_hash
from qbank.reading.bank import load_bank

HERE = Path(__file__).parent
SEED = 20261122
PER_CELL = 10
THINGS = (
    ("crates", "A warehouse"),
    ("tickets", "A theatre"),
    ("seedlings", "A nursery"),
    ("tiles", "A builder"),
    ("letters", "A post office"),
    ("loaves", "A bakery"),
    ("books", "A library"),
    ("chairs", "A hall"),
    ("bottles", "A dairy"),
    ("stamps", "A collector"),
)
STORIES = {
    "addition": "{who} has {a} {what} and receives {b} more. How many {what} are there then?",
    "subtraction": "{who} has {a} {what} and gives away {b} of them. How many {what} are left?",
    "multiplication": "{who} gets {b} deliveries of {a} {what} each. How many {what} arrive in all?",
    "division": "{who} shares {a} {what} equally among {b} rooms. How many {what} go to each room?",
}
BARE = {
    "addition": "What is {a} + {b}?",
    "subtraction": "What is {a} - {b}?",
    "multiplication": "What is {a} times {b}?",
    "division": "What is {a} divided by {b}?",
}
SAID = {
    "addition": "Adding {b} to {a} gives {key}.",
    "subtraction": "Taking {b} from {a} leaves {key}.",
    "multiplication": "{a} taken {b} times is {key}.",
    "division": "{key} times {b} is {a}.",
}


def numbers(area: str, draw: random.Random) -> tuple[int, int, int]:
    """Two operands and the result."""
    a, b = draw.randint(23, 89), draw.randint(3, 19)
    if area == "addition":
        return a, b, a + b
    if area == "subtraction":
        return a, b, a - b
    if area == "multiplication":
        return a, b, a * b
    return a * b, b, a


def item(area: str, level: str, number: int, draw: random.Random) -> str:
    """One item as YAML: four numbers in ascending order, the key at each place equally often."""
    a, b, key = numbers(area, draw)
    what, who = THINGS[number % len(THINGS)]
    text = (BARE if level == "recall" else STORIES)[area].format(a=a, b=b, what=what, who=who)
    place = number % 4
    values = sorted({key + step for step in range(-place, 4 - place)})
    rationale = SAID[area].format(a=a, b=b, key=key)
    options = "\n".join(f'    {letter}: "{value}"' for letter, value in zip("ABCD", values, strict=True))
    return f"""- id: syn-{area[:3]}-{level[:3]}-{number + 1:02d}
  type: multiple-choice
  status: active
  content_area: {area}
  cognitive_level: {level}
  stem: {text}
  options:
{options}
  key: {"ABCD"[place]}
  rationale: {rationale}
"""


def probability(theta: float, a: float, b: float, c: float) -> float:
    """Three-parameter logistic model with D = 1.702."""
    return c + (1 - c) / (1 + math.exp(-1.702 * a * (theta - b)))


def expected(a: float, b: float, c: float) -> float:
    """Expected proportion correct in a standard normal population, by a sum over 81 points."""
    points = [step / 10 for step in range(-40, 41)]
    weights = [math.exp(-theta * theta / 2) for theta in points]
    return sum(w * probability(t, a, b, c) for t, w in zip(points, weights, strict=True)) / sum(weights)


def main() -> None:
    """Write items/*.yaml and statistics.jsonl."""
    draw = random.Random(SEED)  # noqa: S311
    for area in STORIES:
        items = [item(area, level, n, draw) for level in ("recall", "application") for n in range(PER_CELL)]
        (HERE / "items" / f"{area}.yaml").write_text("\n".join(items), encoding="utf-8")
    bank, _ = load_bank(HERE)
    lines = []
    for one in bank.items:
        a, b, c = math.exp(draw.gauss(-0.1, 0.3)), draw.gauss(0, 1), draw.betavariate(5, 17)
        a, b, c = round(a, 4), round(b, 4), round(c, 4)
        record = {
            "item": one.id,
            "content_hash": content_hash(one, {}),
            "as_of": "2026-11-22",
            "p": round(expected(a, b, c), 4),
            "irt": {"model": "3PL", "D": 1.702, "a": a, "b": b, "c": c, "scale": "simulated"},
            "source": f"simulated by make.py, seed {SEED}; no person answered this item",
        }
        lines.append(json.dumps(record, separators=(",", ":")))
    (HERE / "statistics.jsonl").write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
