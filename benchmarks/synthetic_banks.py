"""Synthetic banks of any size for the benchmarks of assembly, made from a seed as values of qbank's model.

Domains, subdomains and levels are drawn with unequal shares; items have 3PL parameters (D = 1.702). About
11 % of the items hang on stimuli in groups of three to six of one subdomain, and about 6 % of the others are
enemies in cliques of two to four of one domain. The blueprint asks for forms of 90 items: domains exactly,
subdomains, levels and both crossed within bounds, none or two to four items of a stimulus, enemies apart, no
item twice.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.model.bank import Bank, BankRecord, ContentArea
from qbank.model.blueprint import Blueprint
from qbank.model.item import MultipleChoice
from qbank.model.statistics import Irt, Statistics
from qbank.model.stimulus import Stimulus

LENGTH = 90
DOMAINS, SUBDOMAINS, LEVELS = 5, 4, 3
SHARES = (0.28, 0.24, 0.20, 0.16, 0.12)
LEVEL_SHARES = ((0.25, 0.40), (0.35, 0.50), (0.15, 0.30))
THETAS = (-1.0, 0.0, 1.0)
TARGET = (14.0, 20.0, 16.0)
IN_SETS, IN_CLIQUES = 0.11, 0.06
Json = dict[str, Any]
Numbers = NDArray[np.int64]


def grouped(
    rng: np.random.Generator, free: Numbers, kind: Numbers, wanted: int, sizes: tuple[int, int]
) -> list[Numbers]:
    """Disjoint groups of items of one kind, of sizes from the first to the second, `wanted` items in all."""
    order = rng.permutation(free)
    queues = {int(one): list(order[kind[order] == one]) for one in np.unique(kind[order])}
    groups: list[Numbers] = []
    taken = 0
    while taken < wanted:
        size = int(rng.integers(sizes[0], sizes[1] + 1))
        ripe = [one for one, queue in queues.items() if len(queue) >= size]
        weights = np.array([len(queues[one]) for one in ripe], dtype=np.float64)
        queue = queues[ripe[int(rng.choice(len(ripe), p=weights / weights.sum()))]]
        groups.append(np.array([queue.pop() for _ in range(size)], dtype=np.int64))
        taken += size
    return groups


def synthetic_bank(count: int, seed: int = 1) -> Bank:
    """A bank of so many multiple-choice items with statistics, item sets and enemies."""
    rng = np.random.default_rng(seed)
    domain = rng.choice(DOMAINS, size=count, p=rng.dirichlet([8.0] * DOMAINS))
    shares = [rng.dirichlet([6.0] * SUBDOMAINS) for _ in range(DOMAINS)]
    part = np.array([rng.choice(SUBDOMAINS, p=shares[one]) for one in domain])
    level = rng.choice(LEVELS, size=count, p=(0.35, 0.40, 0.25))
    a = np.exp(rng.normal(-0.1, 0.3, count))
    b = rng.normal(0.0, 1.0, count) + 0.4 * (level - 1)
    c = rng.beta(5.0, 17.0, count)
    sets = grouped(rng, np.arange(count), domain * SUBDOMAINS + part, int(IN_SETS * count), (3, 6))
    in_sets = np.concatenate(sets)
    others = np.setdiff1d(np.arange(count), in_sets)
    cliques = grouped(rng, others, domain, int(IN_CLIQUES * len(others)), (2, 4))
    stimulus = {int(item): f"set-{number:06d}" for number, group in enumerate(sets) for item in group}
    enemies = {int(item): [int(one) for one in group if one != item] for group in cliques for item in group}
    items = tuple(
        MultipleChoice(
            id=f"item-{row:06d}",
            content_area=f"d{domain[row]}/s{part[row]}",
            cognitive_level=f"level{level[row]}",
            stem=f"Which of these four is right about the matter number {row}?",
            options={"A": f"First answer to {row}", "B": "Second", "C": "Third", "D": "Fourth"},
            key="ABCD"[row % 4],
            stimulus=stimulus.get(row, ""),
            enemies=tuple(f"item-{one:06d}" for one in enemies.get(row, ())),
        )
        for row in range(count)
    )
    statistics = tuple(
        Statistics(
            item=f"item-{row:06d}",
            irt=Irt(model="3PL", D=1.702, a=float(a[row]), b=float(b[row]), c=float(c[row])),
        )
        for row in range(count)
    )
    return Bank(
        info=BankRecord(
            id=f"synthetic-{count}",
            content_areas=tuple(
                ContentArea(f"d{one}", children=tuple(ContentArea(f"s{two}") for two in range(SUBDOMAINS)))
                for one in range(DOMAINS)
            ),
            cognitive_levels=tuple(f"level{one}" for one in range(LEVELS)),
        ),
        declared=True,
        items=items,
        stimuli=tuple(Stimulus(id=f"set-{number:06d}", text="A text") for number in range(len(sets))),
        statistics=statistics,
    )


def domain_counts() -> list[int]:
    """How many items of each domain a form has: shares rounded down, the remainder added to the first."""
    counts = [math.floor(share * LENGTH) for share in SHARES]
    counts[0] += LENGTH - sum(counts)
    return counts


def rows() -> list[Json]:
    """The rows of the blueprint."""
    made: list[Json] = []

    def content(label: str, where: Json, minimum: int, maximum: int) -> None:
        made.append(
            {"label": label, "kind": "content", "where": where, "minimum": minimum, "maximum": maximum}
        )

    for one, items in enumerate(domain_counts()):
        content(f"domain {one}", {"content_area": f"d{one}"}, items, items)
        for two in range(SUBDOMAINS):
            mean = items / SUBDOMAINS
            where = {"content_area": f"d{one}/s{two}"}
            content(f"subdomain {one}.{two}", where, math.floor(0.7 * mean), math.ceil(1.3 * mean))
        for two in range(LEVELS):
            where = {"content_area": f"d{one}", "cognitive_level": f"level{two}"}
            content(f"domain {one} level {two}", where, math.floor(0.15 * items), items)
    for two, (low, high) in enumerate(LEVEL_SHARES):
        where = {"cognitive_level": f"level{two}"}
        content(f"level {two}", where, math.floor(low * LENGTH), math.ceil(high * LENGTH))
    made.append({"label": "item sets", "kind": "item_set", "items_per_set": {"minimum": 2, "maximum": 4}})
    made.append({"label": "enemies apart", "kind": "enemies"})
    return made


def blueprint(forms: int, objective: Json | None = None) -> Blueprint:
    """The blueprint of the synthetic banks; by default maximin information."""
    goal = objective or {"kind": "maximin_information", "theta": list(THETAS)}
    kinds = constraint_kinds()
    return Blueprint(
        id="synthetic",
        length=LENGTH,
        forms=forms,
        objective=msgspec.convert(goal, objective_kinds()[goal["kind"]]),
        constraints=tuple(msgspec.convert(row, kinds[row["kind"]]) for row in rows()),
    )
