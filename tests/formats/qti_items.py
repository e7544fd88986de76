"""Hypothesis strategies for items that QTI can carry."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

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

IDS = ("A", "B", "C", "D", "E", "F")
SNIPPETS = (
    "plain words",
    "**bold** and *slanted*",
    "$x^2 + \\frac{1}{2}$",
    "$$\\sum_{i=1}^n i$$",
    "costs $5 and $6",
    "S82.61XA & <5 mg>",
    "- one\n- two\n\n1. first\n2. second",
    "| a | b |\n|---|:-:|\n| 1 | 2 |",
    "`code`",
    "> quoted\n\n***\n\n# Title",
    "<u>underlined</u> H<sub>2</sub>O",
    "<table><tr><td colspan='2'>x</td></tr></table>",
    "<ul>loose<li>item</ul><dl><dt>t<dd>d</dl>",
    "<blockquote>x<math><mi>y</mi></math></blockquote>",
    "```\nblock <b>\n```",
    "β-blocker, naïve, 漢字, \U0001f9b4",
    "]]> &amp; &lt; \"quoted\" 'single'",
    "line\\\nbreak",
    "$\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}$",
    "<div><p>a<p>b</div><h2>c</h2><pre>d  e</pre>",
)
texts = st.lists(
    st.sampled_from(SNIPPETS) | st.text("abc xyz.-_*#|[]()é", min_size=1), min_size=1, max_size=3
).map("\n\n".join)
points = st.sampled_from([0.5, 1, 2, 3, 0.1])
partials = st.builds(
    Scoring,
    method=st.just("per_option"),
    penalty=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    minimum=st.sampled_from([-1.0, -0.5, 0.0, 0.25]),
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Any item that QTI can carry."""
    kind = draw(st.sampled_from([choice, response, true_false, matching, ordering, numeric, short, essay]))
    item: Item = draw(kind(draw(_base())))
    return item


@st.composite
def _base(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "id": "item-" + draw(st.text("abcdef.-_0", min_size=1, max_size=6)),
        "stem": draw(texts),
        "points": draw(points),
        "rationale": draw(st.just("") | texts | st.dictionaries(st.sampled_from(IDS), texts, max_size=3)),
        "references": draw(st.lists(st.sampled_from(SNIPPETS), max_size=2).map(tuple)),
        "content_area": draw(st.sampled_from(["", "anatomy/skeletal", "other"])),
        "cognitive_level": draw(st.sampled_from(["", "recall"])),
    }


def _options(draw: st.DrawFn, least: int = 2) -> dict[str, str]:
    return {id: draw(texts) for id in IDS[: draw(st.integers(least, 6))]}


@st.composite
def choice(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    options = _options(draw)
    scoring = draw(st.just(Scoring()) | partials)
    return MultipleChoice(
        **base, options=options, key=draw(st.sampled_from(sorted(options))), scoring=scoring, fixed=("A",)
    )


@st.composite
def response(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    options = _options(draw)
    key = tuple(draw(st.lists(st.sampled_from(sorted(options)), min_size=1, unique=True)))
    choose = draw(st.sampled_from([None, len(key)]))
    scoring = draw(st.just(Scoring()) | partials)
    return MultipleResponse(**base, options=options, key=key, choose=choose, scoring=scoring)


@st.composite
def true_false(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    return TrueFalse(**base, key=draw(st.booleans()), scoring=draw(st.just(Scoring()) | partials))


@st.composite
def matching(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    options = _options(draw)
    reuse = draw(st.booleans())
    names = draw(st.sampled_from([("P1", "P2", "P3"), ("A", "B", "C")]))
    prompts = {id: draw(texts) for id in names[: draw(st.integers(1, min(3, len(options))))]}
    chosen = st.lists(
        st.sampled_from(sorted(options)), min_size=len(prompts), max_size=len(prompts), unique=not reuse
    )
    key = dict(zip(prompts, draw(chosen), strict=True))
    scoring = draw(
        st.just(Scoring()) | partials.map(lambda one: Scoring("per_pair", one.penalty, one.minimum))
    )
    return Matching(**base, options=options, prompts=prompts, key=key, reuse=reuse, scoring=scoring)


@st.composite
def ordering(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    options = _options(draw)
    return Ordering(**base, options=options, key=tuple(draw(st.permutations(sorted(options)))))


@st.composite
def numeric(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    value = draw(st.sampled_from([0.3, 2, -4.5, 1e-7, 12345678.25]))
    exact = NumericKey(
        value=value,
        tolerance=draw(st.sampled_from([0.0, 0.1, 0.05, 1])),
        unit=draw(st.sampled_from(["", "mg", "$\\mu$g"])),
    )
    span = NumericKey(minimum=value, maximum=draw(st.sampled_from([None, value, value + 1.5])))
    return Numeric(**base, key=draw(st.sampled_from([exact, span])))


@st.composite
def short(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    accepted = draw(
        st.lists(st.sampled_from(["tibia", "Shin bone", "ß <&>", "os  tibiale"]), min_size=1, unique=True)
    )
    return ShortAnswer(**base, key=tuple(accepted), case_sensitive=draw(st.booleans()))


@st.composite
def essay(draw: st.DrawFn, base: dict[str, Any]) -> Item:
    return Essay(**base, rubric=draw(st.just("") | texts))
