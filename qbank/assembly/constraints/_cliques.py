"""A graph's edges covered by cliques, greedily and always in the same way."""

from __future__ import annotations

from collections.abc import Mapping


def clique_cover(neighbours: Mapping[int, set[int]]) -> list[tuple[int, ...]]:
    """Maximal cliques that together hold every edge; sorted, one result for one graph.

    Cliques give the solver a tighter relaxation than pairs, and people a shorter explanation.
    """
    covered: set[tuple[int, int]] = set()
    cliques: list[tuple[int, ...]] = []
    for first in sorted(neighbours):
        for second in sorted(neighbours[first]):
            if first < second and (first, second) not in covered:
                clique = _grown([first, second], neighbours)
                cliques.append(clique)
                covered.update((a, b) for a in clique for b in clique if a < b)
    return cliques


def _grown(clique: list[int], neighbours: Mapping[int, set[int]]) -> tuple[int, ...]:
    candidates = set.intersection(*(neighbours[node] for node in clique))
    while candidates:
        best = max(sorted(candidates), key=lambda node: len(neighbours[node] & candidates))
        clique.append(best)
        candidates &= neighbours[best]
    return tuple(sorted(clique))
