"""A QTI 3 player of other people shows our items in a browser and scores what is clicked, dragged and typed.

The player is @citolab/qti-components in headless Chromium. What a response must give is computed here from
the items, and by our own small player (`tests/formats/qti_player.py`) from the same files.

Known defects of the player, which the items here keep clear of:

- It takes an address of a stimulus's image that is percent-encoded for a plain one and encodes it again, so
  that it asks for `x%2520ray.png` where the file says `x%20ray.png`.
"""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbank.formats import formats
from qbank.formats.contract import Export
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    Scoring,
    ShortAnswer,
    TrueFalse,
)
from qbank.model.stimulus import Media, Stimulus
from tests import consumers
from tests.formats.qti_player import Item as Played
from tests.formats.samples import export_input

BONES = {"A": "Tibia", "B": "Fibula, the *thin* one", "C": "Talus", "D": "Calcaneus"}
PAIRS = {"P1": "C", "P2": "A", "P3": "B"}
PROMPTS = {"P1": "ankle", "P2": "shin", "P3": "beside it"}
PENALTY = Scoring("per_option", penalty=0.5, minimum=-0.25)
PAIR_PENALTY = Scoring("per_pair", penalty=0.5, minimum=-1)
CASE = Stimulus(id="case", title="Case", text="A note of the *ward*.", media=(Media("foot.svg", "Foot"),))
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'
)

Act = tuple[str, ...]


class Trial(msgspec.Struct, frozen=True):
    """What is done to an item, the response that it makes, and what that must give."""

    item: str
    acts: tuple[Act, ...]
    response: tuple[str, ...]
    score: float


ITEMS: tuple[Item, ...] = (
    MultipleChoice(id="choice", stem="Which *bone*?", options=BONES, key="B", points=2, stimulus="case"),
    TrueFalse(id="judge", stem="The tibia is a bone.", key=True),
    MultipleResponse(id="both", stem="Which two?", options=BONES, key=("D", "A"), choose=2, points=3),
    MultipleResponse(id="some", stem="Which ones?", options=BONES, key=("A", "C"), scoring=PENALTY, points=2),
    Matching(id="match", stem="Match.", prompts=PROMPTS, options=BONES, key=PAIRS, points=2),
    Matching(
        id="pairs", stem="Match.", prompts=PROMPTS, options=BONES, key=PAIRS, scoring=PAIR_PENALTY, points=3
    ),
    Matching(
        id="again",
        stem="Match.",
        prompts={"P1": "first", "P2": "second"},
        options=BONES,
        key={"P1": "B", "P2": "B"},
        reuse=True,
    ),
    Ordering(id="order", stem="From above.", options=BONES, key=("B", "A", "C", "D"), points=2),
    Numeric(id="number", stem="How many?", key=NumericKey(value=20.5, tolerance=0.5, unit="mg"), points=2),
    Numeric(id="range", stem="How much?", key=NumericKey(minimum=-2, maximum=3.25)),
    ShortAnswer(id="short", stem="Name it.", key=("shin bone", "Tibia"), points=2),
    ShortAnswer(id="strict", stem="Name it.", key=("Tibia",), case_sensitive=True),
    Essay(id="essay", stem="Explain the fracture.", rubric="SECRET", points=5),
)


def trials() -> Iterator[Trial]:
    """Every key, every distractor, and what lies between."""
    for id in BONES:
        yield Trial("choice", (("choose", id),), (id,), 2.0 * (id == "B"))
    for id in ("true", "false"):
        yield Trial("judge", (("choose", id),), (id,), float(id == "true"))
    for two in itertools.combinations(BONES, 2):
        yield Trial("both", tuple(("choose", id) for id in two), two, 3.0 * (two == ("A", "D")))
    for size in range(5):
        for some in itertools.combinations(BONES, size):
            hits = len({"A", "C"} & set(some))
            share = max(-0.25, (hits - 0.5 * (size - hits)) / 2)
            yield Trial("some", tuple(("choose", id) for id in some), some, 2 * share)
    yield from matched()
    for order in (("B", "A", "C", "D"), ("A", "B", "C", "D"), ("D", "C", "A", "B"), ("B", "A", "D", "C")):
        yield Trial("order", (("order", *order),), order, 2.0 * (order == ("B", "A", "C", "D")))
    yield from typed()


def matched() -> Iterator[Trial]:
    for first, second, third in itertools.permutations(BONES, 3):
        chosen = dict(zip(PAIRS, (first, second, third), strict=True))
        hits = sum(PAIRS[prompt] == option for prompt, option in chosen.items())
        if hits in (0, 3) and (first, third) not in {("D", "A"), ("B", "D")}:  # enough of them
            yield paired("match", chosen, 2.0 * (hits == 3))
        elif hits:
            yield paired("pairs", chosen, 3 * max(-1, (hits - 0.5 * (3 - hits)) / 3))
    yield paired("pairs", {"P2": "A"}, 1.0)
    yield paired("pairs", PAIRS, 3.0)
    for first, second in (("B", "B"), ("B", "A"), ("C", "C")):
        yield paired("again", {"P1": first, "P2": second}, float(first == second == "B"))


def paired(item: str, chosen: dict[str, str], score: float) -> Trial:
    acts = tuple(("pair", prompt, option) for prompt, option in chosen.items())
    return Trial(item, acts, tuple(f"{prompt} {option}" for prompt, option in chosen.items()), score)


def typed() -> Iterator[Trial]:
    answers: dict[str, dict[str, float]] = {
        "number": {"20": 2, "20.5": 2, "21": 2, "19.99": 0, "21.01": 0, "205": 0},
        "range": {"-2": 1, "0": 1, "3.25": 1, "-2.1": 0, "3.3": 0},
        "short": {"Tibia": 2, "TIBIA": 2, "shin bone": 2, "fibula": 0, "shinbone": 0},
        "strict": {"Tibia": 1, "tibia": 0, "fibula": 0},
        "essay": {"It broke where it is thin.": 0},
    }
    for item, scores in answers.items():
        for text, score in scores.items():
            yield Trial(item, (("type", text),), (text,), score)


TRIALS = tuple(trials())


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The items as an unpacked package."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "foot.svg").write_bytes(PICTURE)
    made = formats()["qti30"].write(export_input(ITEMS, stimuli=[CASE], media_root=str(folder)))
    assert isinstance(made, Export)
    with zipfile.ZipFile(io.BytesIO(made.files[0][1])) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def results(package: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Trial, Any]:
    """What the player made of every trial, in one browser."""
    consumers.node_packages("playwright-core", "@citolab/qti-components")
    plan = package / "plan.json"
    plan.write_bytes(msgspec.json.encode([{"item": one.item, "acts": one.acts} for one in TRIALS]))
    script = Path(__file__).with_name("play.cjs")
    profile = tmp_path_factory.mktemp("profile")
    printed = consumers.node(script, str(package), str(plan), consumers.chromium(), str(profile))
    return dict(zip(TRIALS, json.loads(printed), strict=True))


def values(response: Any) -> list[str]:
    if response is None:
        return []
    return [str(one) for one in response] if isinstance(response, list) else [str(response)]


def told(trial: Trial) -> str:
    return f"{trial.item}: {trial.acts}"


def test_what_is_clicked_dragged_and_typed_is_the_response(results: dict[Trial, Any]) -> None:
    ordered = ("order",)
    for trial, result in results.items():
        got, wanted = values(result["response"]), list(trial.response)
        if trial.item not in ordered:
            got, wanted = sorted(got), sorted(wanted)
        assert got == wanted, told(trial)


def test_responses_are_scored_as_declared(results: dict[Trial, Any]) -> None:
    wrong = {
        told(trial): (result["score"], trial.score)
        for trial, result in results.items()
        if float(result["score"] or 0) != pytest.approx(trial.score)
    }
    assert wrong == {}


def test_our_own_player_agrees(package: Path, results: dict[Trial, Any]) -> None:
    for trial, result in results.items():
        if trial.item != "essay":
            ours = Played((package / "items" / f"{trial.item}.xml").read_bytes())
            assert ours.score(trial.response) == pytest.approx(float(result["score"] or 0)), told(trial)


def test_items_are_shown_with_their_stimulus_and_without_what_is_for_staff(results: dict[Trial, Any]) -> None:
    shown = {trial.item: str(result["shown"]) for trial, result in results.items()}
    for item in ITEMS:
        assert item.stem.replace("*", "") in shown[item.id]
        assert "SECRET" not in shown[item.id]
    assert "A note of the ward." in shown["choice"]
    assert "Fibula, the thin one" in shown["choice"]
    assert "mg" in shown["number"]


def test_the_player_has_nothing_to_complain_about(results: dict[Trial, Any]) -> None:
    assert {told(trial): result["said"] for trial, result in results.items() if result["said"]} == {}


def test_trials_cover_every_objective_type_right_and_wrong() -> None:
    def scores(item: Item) -> Sequence[float]:
        return [one.score for one in TRIALS if one.item == item.id]

    for item in ITEMS:
        if not isinstance(item, Essay):
            assert max(scores(item)) == item.points
            assert min(scores(item)) <= 0
